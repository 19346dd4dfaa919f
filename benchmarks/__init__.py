"""What things cost, as ratios in one run. Each module is a program: `python -m benchmarks.smtp`."""

"""What arrives, read: bounces, complaints, commands, answers of machines. Pure; never raises."""

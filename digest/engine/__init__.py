"""Who drives the stages: this process alone, or a fleet."""

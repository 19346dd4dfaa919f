"""The nightly run's four verbs: each knows what is pending and performs it."""

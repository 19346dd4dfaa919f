"""Listeners to events: progress bars and the log."""

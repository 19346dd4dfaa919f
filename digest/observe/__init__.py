"""Listeners to events: progress bars and the log."""

from digest.observe.fan_out import fan_out
from digest.observe.log import EventLog, LogFormat, configure
from digest.observe.progress import ProgressBars

__all__ = ["EventLog", "LogFormat", "ProgressBars", "configure", "fan_out"]

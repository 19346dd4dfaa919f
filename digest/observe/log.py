"""The log: one line an event, as text or as JSON, and no address in it unless debugging."""

import json
import logging
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import TextIO

from digest.model import CONSEQUENCES, Advanced, Event, Finished, Judged, Stage, Started

ROOT = "digest"
_ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]{}]+@[^\s<>\"'(),:;=\[\]{}]+")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PLAIN = re.compile(r"[A-Za-z0-9_./:+-]+")
FIELDS = "fields"
"""Name of the attribute under which a record carries its fields: `extra={"fields": {…}}`."""


class LogFormat(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


class LineFormatter(logging.Formatter):
    """One record, one line: instant, level, event, fields. Addresses are hidden from info up."""

    def __init__(self, log_format: LogFormat) -> None:
        super().__init__()
        self._format = log_format

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = {
            "at": at,
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, FIELDS, {}),
        }
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        shown = {name: _shown(value, record.levelno) for name, value in fields.items()}
        if self._format is LogFormat.JSON:
            return json.dumps(shown, ensure_ascii=False)
        head = [str(shown.pop(name)) for name in ("at", "level", "event")]
        return " ".join([*head, *(f"{name}={_quoted(value)}" for name, value in shown.items())])


def _shown(value: object, level: int) -> object:
    """A field's value: on one line, and without addresses when it is no debugging."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if level > logging.DEBUG:
        text = _ADDRESS.sub("[address]", text)
    return _BREAKS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _quoted(value: object) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def configure(
    log_format: LogFormat = LogFormat.TEXT,
    level: int = logging.INFO,
    file: TextIO | None = None,
) -> logging.Handler:
    """Writes what the program logs to `file` (default: standard error); replaces what did so."""
    logger = logging.getLogger(ROOT)
    for former in list(logger.handlers):
        logger.removeHandler(former)
    handler = logging.StreamHandler(file or sys.stderr)
    handler.setFormatter(LineFormatter(log_format))
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    return handler


class EventLog:
    """An observer that logs the stages: how much there was, and what it came to."""

    def __init__(self, logger: logging.Logger | None = None) -> None:
        self._log = logger or logging.getLogger(f"{ROOT}.stages")
        self._outcomes: dict[Stage, Counter[str]] = {}

    def __call__(self, event: Event) -> None:
        """Takes one event; logging itself never raises."""
        match event:
            case Started(stage, total):
                self._outcomes.setdefault(stage, Counter())
                self._line(logging.INFO, "started", stage, total=total)
            case Advanced(stage, count, outcome):
                self._outcomes.setdefault(stage, Counter())[outcome or "done"] += count
                named = {"outcome": outcome} if outcome else {}
                self._line(logging.DEBUG, "advanced", stage, count=count, **named)
            case Judged(fetch):
                level = logging.WARNING if CONSEQUENCES[fetch.verdict].alert else logging.DEBUG
                told = {"source": fetch.source, "day": fetch.day, "verdict": fetch.verdict.value}
                self._line(level, "judged", Stage.COLLECT, **told, detail=fetch.detail)
            case Finished(stage):
                counts = self._outcomes.pop(stage, Counter())
                self._line(logging.INFO, "finished", stage, **dict(sorted(counts.items())))

    def _line(self, level: int, what: str, stage: Stage, **fields: object) -> None:
        self._log.log(level, what, extra={FIELDS: {"stage": stage.value, **fields}})

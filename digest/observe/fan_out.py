"""Lets several observers listen to the same events."""

import logging
from collections.abc import Sequence

from digest.model import Event
from digest.ports import Observer

_log = logging.getLogger(__name__)


def fan_out(observers: Sequence[Observer]) -> Observer:
    """One observer that passes each event to all, whatever becomes of one of them."""

    def tell(event: Event) -> None:
        for observer in observers:
            try:
                observer(event)
            except Exception:  # noqa: BLE001 - who listens must not stop who works
                _log.warning("an observer failed at %r", event, exc_info=True)

    return tell

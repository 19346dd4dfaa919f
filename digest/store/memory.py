"""Whether the store knows all that was sent from here: a restored one does not.

The store counts how often something was sent from it, and a small file outside it keeps the highest
count. A store that counts less is an older copy: nothing is sent from it until a person has said
that it is to be taken as it is.
"""

import os
from datetime import date
from pathlib import Path

from digest.errors import Restored, StoreError
from digest.store.database import Database, Queries


class Memory:
    """The count in the store, and its mark beside it."""

    def __init__(self, database: Database, mark: Path) -> None:
        """`mark` is the file; it must not be part of what is backed up with the store."""
        self._db, self._mark = database, mark
        self._sql = Queries("memory", database.dialect)

    @property
    def forgotten(self) -> date:
        """The last day whose deliveries are no longer known: no edition up to it is sent."""
        return date.fromordinal(max(1, self._number("forgotten")))

    def check(self) -> None:
        """Raises Restored when the store knows less than was sent from here."""
        if self._number("generation") < self._marked():
            raise Restored(
                f"the store is an older copy than the one last sent from, says {self._mark}: it "
                "would send again what was sent since. `digest db adopt --sent DAY` takes it as it "
                "is, and counts every edition up to DAY as sent"
            )

    def advance(self) -> None:
        """Something is about to be sent, or has been. Only under the run lock."""
        self._db.execute(self._sql["advance"])
        self._write(self._number("generation"))

    def adopt(self, sent: date) -> None:
        """Takes the store as it is; every edition up to `sent` counts as sent."""
        generation = max(self._marked(), self._number("generation"))
        params = {"generation": generation, "forgotten": sent.toordinal()}
        self._db.execute(self._sql["adopt"], params)

    def _number(self, name: str) -> int:
        number: int = self._db.all(self._sql[name])[0][0]
        return number

    def _marked(self) -> int:
        try:
            return int(self._mark.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self._mark} cannot be read, so nobody knows whether the store is an older copy "
                f"({error}): remove it if it is not"
            ) from error

    def _write(self, generation: int) -> None:
        unfinished = self._mark.with_name(self._mark.name + ".unfinished")
        try:
            with unfinished.open("w", encoding="ascii") as file:
                file.write(f"{generation}\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._mark)
        except OSError as error:
            raise StoreError(f"{self._mark} cannot be written: {error.strerror}") from error

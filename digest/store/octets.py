"""Many rows of octets at once: each row's fields of varying length, without a loop over rows."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Sheet:
    """Rows side by side, filled field by field from left to right."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._octets: list[NDArray[np.uint8]] = []
        self._kept: list[Bools] = []

    def octet(self, values: NDArray[np.integer], kept: Bools | None = None) -> None:
        """One octet a row, only in the rows that are kept."""
        self._octets.append(values.astype(np.uint8))
        self._kept.append(np.ones(self._rows, dtype=np.bool_) if kept is None else kept)

    def number(self, values: NDArray[np.integer], kept: Bools | None = None) -> None:
        """An unsigned number a row as LEB128: seven bits an octet, the least first."""
        there = np.ones(self._rows, dtype=np.bool_) if kept is None else kept
        left = np.where(there, values, 0).astype(np.int64)
        while True:
            rest = left >> 7
            self.octet((left & 0x7F) | ((rest > 0) << 7), there)
            there, left = there & (rest > 0), rest
            if not there.any():
                return

    def rows(self) -> list[bytes]:
        """The rows, each as long as what was kept of it."""
        octets, kept = np.stack(self._octets, axis=1), np.stack(self._kept, axis=1)
        flat = octets[kept].tobytes()
        ends = np.cumsum(kept.sum(axis=1)).tolist()
        return [flat[a:b] for a, b in zip([0, *ends], ends, strict=False)]


def zigzag(numbers: Ints) -> Ints:
    """Signed numbers as unsigned ones, small where they were near 0."""
    return np.where(numbers >= 0, numbers << 1, (-numbers << 1) - 1)

"""Rows of unequal length in flat arrays (compressed sparse rows), and sums over them."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def spans(starts: Ints, ends: Ints) -> Ints:
    """The positions start..end-1 of each span, one span after the other."""
    lengths = ends - starts
    offsets = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    return np.asarray(np.arange(int(lengths.sum())) + offsets, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Rows:
    """A sparse matrix: row i holds `columns` and `values` at starts[i]..starts[i+1]-1."""

    starts: Ints
    columns: Ints
    values: Floats
    width: int

    @classmethod
    def of(cls, rows: Ints, columns: Ints, values: Floats, shape: tuple[int, int]) -> "Rows":
        """From entries in any order, each (row, column) once."""
        order = np.argsort(rows * shape[1] + columns, kind="stable")
        starts = np.zeros(shape[0] + 1, dtype=np.int64)
        np.cumsum(np.bincount(rows, minlength=shape[0]), out=starts[1:])
        return cls(starts, columns[order], values[order], shape[1])

    @property
    def height(self) -> int:
        """How many rows."""
        return len(self.starts) - 1

    @property
    def rows(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(self.height), np.diff(self.starts))

    def transposed(self) -> "Rows":
        """Columns as rows."""
        return Rows.of(self.columns, self.rows, self.values, (self.width, self.height))

    def dense(self, rows: Ints) -> Floats:
        """Some rows in full: (len(rows), width)."""
        full = np.zeros((len(rows), self.width), dtype=np.float32)
        at = spans(self.starts[rows], self.starts[rows + 1])
        which = np.repeat(np.arange(len(rows)), np.diff(self.starts)[rows])
        full[which, self.columns[at]] = self.values[at]
        return full

    def dense_row(self, row: int) -> Floats:
        """One row in full: (width,)."""
        full = np.zeros(self.width, dtype=np.float32)
        at = slice(int(self.starts[row]), int(self.starts[row + 1]))
        full[self.columns[at]] = self.values[at]
        return full

    def times(self, right: Floats) -> Floats:
        """The product with a dense (width, k) matrix, a row at a time: ten times reduceat."""
        product = np.zeros((self.height, right.shape[1]), dtype=np.float32)
        starts = self.starts.tolist()
        for row, (start, end) in enumerate(pairwise(starts)):
            if start < end:
                columns = self.columns[start:end]
                np.dot(self.values[start:end], right[columns], out=product[row])
        return product

    def times_vector(self, right: Floats) -> Floats:
        """The product with a dense (width,) vector."""
        weights = self.values * right[self.columns]
        return np.bincount(self.rows, weights, minlength=self.height).astype(np.float32)


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1; rows of nothing stay so."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(length, 1e-9), dtype=np.float32)

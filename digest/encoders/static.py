"""The static table that the wordllama wheel ships: 32,000 subwords × 256 numbers, 16 MB, offline.

Only its two data files are read, so of what the wheel asks for numpy and tokenizers suffice.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WEIGHTS = "weights/l2_supercat_256.safetensors"
TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"


class StaticVectors:
    """A word's vector is the sum of its subwords' vectors."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._table = read_tensor(folder / WEIGHTS)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()

    def __call__(self, words: Sequence[str]) -> NDArray[np.float32]:
        """(len(words), 256)."""
        vectors = np.zeros((len(words), self._table.shape[1]), dtype=np.float32)
        found = self._tokenizer.encode_batch(list(words), add_special_tokens=False)
        for row, encoding in enumerate(found):
            vectors[row] = self._table[encoding.ids].sum(0, dtype=np.float32)
        return vectors


@cache
def installed() -> StaticVectors | None:
    """The table, when its wheel and tokenizers are installed."""
    wheel = find_spec("wordllama")
    if wheel is None or wheel.origin is None or find_spec("tokenizers") is None:
        return None
    folder = Path(wheel.origin).parent
    complete = all((folder / name).is_file() for name in (WEIGHTS, TOKENIZER))
    return StaticVectors(folder) if complete else None


def read_tensor(path: Path) -> NDArray[np.float16]:
    """The only tensor of a safetensors file: 8 bytes of header length, JSON header, numbers."""
    with path.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        content = file.read()
    tensor = next(value for name, value in header.items() if name != "__metadata__")
    if tensor["dtype"] != "F16":
        raise ValueError(f"{path}: expected 16-bit numbers, found {tensor['dtype']}")
    return np.frombuffer(content, dtype="<f2").reshape(tensor["shape"])

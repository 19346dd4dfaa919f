"""What is made once and used again, within bounds."""

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memo(dict[Key, Value]):
    """Values made from their keys when first asked for: `memo[key]`.

    A dictionary and not `lru_cache`, for a hit costs a third; when it is full it forgets all.
    """

    def __init__(self, make: Callable[[Key], Value], most: int) -> None:
        """`most`: how many values it holds."""
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._make(key)
        return value

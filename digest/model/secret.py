"""A value that must never be printed."""

from dataclasses import dataclass

HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A password or key: whoever means to use it says so with `reveal()`.

    It prints, formats and logs as `[hidden]`; compared and pickled it is its value.
    """

    value: str = ""

    def reveal(self) -> str:
        """The value itself."""
        return self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(HIDDEN, spec)

"""Binds what is written in files, environment and flags to dataclasses of settings."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from digest.config.convert import NOTHING, Unfit, Written, convert
from digest.config.schema import Key, Names, is_section, keys, settable, written_name
from digest.errors import BadSetting, BadSettings, Misuse

S = TypeVar("S")
Layer = Mapping[Names, Written]
"""What one place sets, by key path."""
LONGEST_SHOWN = 60


def bind(section: type[S], layers: Sequence[Layer], problems: list[BadSetting]) -> S:
    """Makes the settings: for each key the first layer that has it, else the default.

    Raises BadSetting, or BadSettings for several, with the `problems` found so far among them.
    """
    values: dict[Names, Any] = {}
    for path, key in keys(section).items():
        written = first(layers, path)
        if written is not None:
            try:
                values[path] = fit(key, written)
            except BadSetting as error:
                problems.append(error)
    settings = None if problems else _build(section, (), values, layers, problems)
    raise_all(problems)
    return settings  # type: ignore[return-value]  # None only with problems


def raise_all(problems: Sequence[BadSetting]) -> None:
    """Raises what was found, if anything was: one problem as itself, several together."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        raise BadSettings(problems)


def fit(key: Key, written: Written) -> Any:
    """The value of a key, converted and within its bounds. Raises BadSetting."""
    try:
        value = convert(key.kind, written)
        _bounded(key, value)
        return key.check(value) if key.check else value
    except Unfit as error:
        wanted, hint, item = error.wanted, error.hint, error.item
    except Misuse as error:  # a topic, an address: it says so itself
        raise BadSetting(written.where, str(error)) from error
    except ValueError as error:
        wanted, hint, item = str(error), "", NOTHING
    shown = show(written.value if item is NOTHING else item)
    found = "what stands there" if key.hidden else shown
    raise BadSetting(written.where, f"{found} is not {wanted}", hint)


def _bounded(key: Key, value: Any) -> None:
    """No number may be negative, unless its part says so."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        low = 0 if key.low is None else key.low
        if key.high is None and value < low:
            raise Unfit(f"at least {low}")
        if key.high is not None and not low <= value <= key.high:
            raise Unfit(f"between {low} and {key.high}")


def show(value: object) -> str:
    """A found value in an error: one line, printable, not too long."""
    if isinstance(value, dict):
        return "a section"
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _build(
    section: type, above: Names, values: Mapping[Names, Any], layers: Sequence[Layer],
    problems: list[BadSetting],
) -> Any:  # fmt: skip
    given: dict[str, Any] = {}
    for field, kind in settable(section):
        path = (*above, written_name(field))
        if path in values:
            given[field.name] = values[path]
        elif is_section(kind) and any(known[: len(path)] == path for known in values):
            given[field.name] = _build(kind, path, values, layers, problems)
    try:
        return section(**given)
    except ValueError as error:
        problems.append(BadSetting(_place(above, layers), str(error)))
    except BadSetting as error:  # the section names a key
        problems.append(located(error, layers))
    return None


def located(error: BadSetting, layers: Sequence[Layer]) -> BadSetting:
    """An error about a key, with the place where the key was written."""
    written = first(layers, tuple(error.where.split(".")))
    return BadSetting(written.where, error.problem, error.hint) if written else error


def first(layers: Sequence[Layer], path: Names) -> Written | None:
    """What the first layer that has it says about a key."""
    return next((layer[path] for layer in layers if path in layer), None)


def _place(above: Names, layers: Sequence[Layer]) -> str:
    """Where a section whose values do not go together was written: its first key's place."""
    for layer in layers:
        for path, written in layer.items():
            if path[: len(above)] == above:
                return written.where
    return ".".join(above)

"""Settings from the environment: `DIGEST__SECTION__KEY`, and `…_FILE` for what must stay secret."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from digest.config.convert import Written
from digest.config.permissions import open_to_others
from digest.config.schema import Key, Names, keys
from digest.config.spelling import suggestion
from digest.errors import BadSetting

PREFIX = "DIGEST__"
SHORT = {"DIGEST_HOME": ("home",)}
"""Variables with a name of their own."""
LONGEST_FILE = 65_536
"""Bytes of a file that holds a secret."""


def variable(path: Names) -> str:
    """The name of the variable that sets a key."""
    return PREFIX + "__".join(part.upper() for part in path)


def read_environment(
    section: type,
    environ: Mapping[str, str],
    anchor: Callable[[str], Path],
    problems: list[BadSetting],
    warnings: list[str],
) -> dict[Names, Written]:
    """What the environment sets. Variables of ours that set nothing are added to `problems`."""
    known = _known(section)
    found: dict[Names, tuple[str, Written]] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) and name not in SHORT:
            continue
        where = "environment, " + name.encode("ascii", "backslashreplace").decode()
        if name not in known:
            problems.append(BadSetting(where, "sets nothing", suggestion(name, known)))
            continue
        path, from_file = known[name]
        try:
            value = _content(where, anchor(environ[name]), warnings) if from_file else environ[name]
        except BadSetting as error:
            problems.append(error)
            continue
        if path in found and found[path][1].value != value:
            problems.append(BadSetting(where, f"says otherwise than {found[path][0]}", "unset one"))
        found[path] = name, Written(value, where, anchor, textual=True)
    return {path: written for path, (_, written) in found.items()}


def _known(section: type) -> dict[str, tuple[Names, bool]]:
    """Variable → the key it sets, and whether it names a file that holds the value."""
    names = {variable(key.path): (key.path, False) for key in keys(section).values()}
    hidden: Iterator[Key] = (key for key in keys(section).values() if key.hidden)
    files = {variable(key.path) + "_FILE": (key.path, True) for key in hidden}
    return names | files | {name: (path, False) for name, path in SHORT.items()}


def _content(where: str, path: Path, warnings: list[str]) -> str:
    """The text of a secret's file, without the newline that editors leave at the end."""
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        raise BadSetting(where, f"{str(path)!r} cannot be read: {reason}") from error
    if len(raw) > LONGEST_FILE:
        raise BadSetting(where, f"{str(path)!r} is longer than {LONGEST_FILE} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # not chained: it holds the bytes
        raise BadSetting(where, f"{str(path)!r} is not UTF-8") from None
    if open_to_others(path):
        warnings.append(f"{path} holds a secret and can be read by others: chmod 600 {path}")
    return text.removesuffix("\n").removesuffix("\r")

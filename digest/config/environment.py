"""Settings from the environment: `DIGEST__SECTION__KEY`, and `…_FILE` for what must stay secret."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from digest.config.convert import Written
from digest.config.permissions import open_to_others
from digest.config.plugins import plugin_path
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
    layer: dict[Names, Written] = {}
    for name in sorted(name for name in environ if name.startswith(PREFIX) or name in SHORT):
        where = "environment, " + name.encode("ascii", "backslashreplace").decode()
        path, from_file = known.get(name) or (plugin_path(name.split("__")[1:]), False)
        if path is None:
            problems.append(BadSetting(where, "sets nothing", suggestion(name, known)))
            continue
        try:
            value = _content(where, anchor(environ[name]), warnings) if from_file else environ[name]
        except BadSetting as error:
            problems.append(error)
            continue
        if path in layer and layer[path].value != value:
            problem = f"is set, and so is {layer[path].where}"
            problems.append(BadSetting(where, problem, "unset one"))
        layer[path] = Written(value, where, anchor, textual=True)
    return layer


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

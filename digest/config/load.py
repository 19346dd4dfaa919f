"""Finds and reads the settings: flags, environment, `digest.toml`, defaults, in this order."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from digest.config.binder import Layer, bind, raise_all
from digest.config.checks import check
from digest.config.convert import Written
from digest.config.environment import read_environment, variable
from digest.config.permissions import open_to_others
from digest.config.schema import Names, keys, sections
from digest.config.settings import DEFAULT_HOME, Settings
from digest.config.spelling import suggestion
from digest.config.toml import Document, read_toml, spell
from digest.errors import BadSetting

NAME = "digest.toml"
CONFIG = "DIGEST_CONFIG"
LONGEST = 1_000_000
"""Bytes of a digest.toml that are read."""


def load(
    config_path: Path | str | None,
    environ: Mapping[str, str],
    overrides: Mapping[str, object],
    cwd: Path,
) -> Settings:
    """The settings. Raises BadSetting, or BadSettings for several at once.

    `config_path` is what `--config` names; `overrides` are flags by key ("smtp.port"), None for
    one that was not given. A relative path in a file starts from the file's directory, in a flag
    or variable from `cwd`; `home` not being set anywhere, it lies beside the file, or in `cwd`.
    """
    problems: list[BadSetting] = []
    warnings: list[str] = []
    here = _anchor(cwd, environ)
    document = _find(config_path, environ, cwd)
    there = _anchor(_directory(document, cwd), environ)
    layers: list[Layer] = [
        _flags(overrides, here),
        read_environment(Settings, environ, here, problems, warnings),
        _file(document, there, problems),
        {("home",): Written(DEFAULT_HOME, "default", there)},
    ]
    settings = bind(Settings, layers, problems)
    check(settings, layers, problems)
    raise_all(problems)
    if document is not None:
        warnings += _exposed(document, layers[2])
    file = Path(document.name) if document else None
    return replace(settings, file=file, warnings=tuple(warnings))


def _find(config_path: Path | str | None, environ: Mapping[str, str], cwd: Path) -> Document | None:
    named = config_path or environ.get(CONFIG)
    if named:
        return read_toml(cwd / named, LONGEST)
    path = cwd / NAME
    return read_toml(path, LONGEST) if path.exists() or path.is_symlink() else None


def _directory(document: Document | None, cwd: Path) -> Path:
    return Path(document.name).parent if document else cwd


def _anchor(base: Path, environ: Mapping[str, str]) -> Callable[[str], Path]:
    def anchor(written: str) -> Path:
        if written == "~" or written.startswith("~/"):
            return Path(environ.get("HOME", "~") + written[1:])
        return base / written

    return anchor


def _flags(overrides: Mapping[str, object], anchor: Callable[[str], Path]) -> Layer:
    known = keys(Settings)
    layer = {}
    for dotted, value in overrides.items():
        path = tuple(dotted.split("."))
        if path not in known:
            hint = suggestion(dotted, (key.dotted for key in known.values()))
            raise BadSetting(f"command line, {dotted}", "is no setting", hint)
        if value is not None:
            layer[path] = Written(value, f"command line, {dotted}", anchor, textual=True)
    return layer


def _file(
    document: Document | None, anchor: Callable[[str], Path], problems: list[BadSetting]
) -> dict[Names, Written]:
    layer: dict[Names, Written] = {}
    if document is not None:
        _walk(document, document.data, (), anchor, layer, problems)
    return layer


def _walk(
    document: Document,
    table: Mapping[str, Any],
    above: Names,
    anchor: Callable[[str], Path],
    layer: dict[Names, Written],
    problems: list[BadSetting],
) -> None:
    """Adds what a table of the file sets to `layer`, and what nobody knows to `problems`."""
    for name, value in table.items():
        path = (*above, name)
        where = document.where(*path)
        if path in keys(Settings):
            layer[path] = Written(value, where, anchor)
        elif path not in sections(Settings):
            problems.append(BadSetting(where, "is no setting", _meant(path)))
        elif isinstance(value, dict):
            _walk(document, value, path, anchor, layer, problems)
        else:
            hint = f"write [{spell(path)}] and its keys below"
            problems.append(BadSetting(where, "is a section, not a value", hint))


def _meant(path: Names) -> str:
    """What an unknown key probably is: of the same name elsewhere, or spelt alike."""
    known = [".".join(names) for names in [*keys(Settings), *sections(Settings)]]
    elsewhere = [dotted for dotted in known if dotted.rpartition(".")[2] == path[-1]]
    if len(elsewhere) == 1:
        return f"did you mean {elsewhere[0]!r}?"
    inside = [dotted for dotted in known if dotted.startswith(".".join(path[:-1]) + ".")]
    return suggestion(".".join(path), known) or suggestion(".".join(path), inside)


def _exposed(document: Document, layer: Layer) -> list[str]:
    secrets = [path for path in layer if keys(Settings)[path].hidden]
    if not secrets or not open_to_others(Path(document.name)):
        return []
    named = f"{spell(secrets[0])} stands in {document.name}, which others can read"
    return [f"{named}: chmod 600 it, or set {variable(secrets[0])}_FILE"]

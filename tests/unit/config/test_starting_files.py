"""The files that an installation begins with, and what is said of every key."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from digest.config import Settings, load
from digest.config.schema import keys, sections
from digest.config.starting_files import (
    settings_template,
    subscribers_example,
    write_starting_files,
)
from digest.config.subscriber_fields import KEYS
from digest.config.subscribers_file import parse_subscribers, read_subscribers
from digest.errors import Misuse
from digest.model import Rhythm, TopicKind

ROOT = Path(__file__).resolve().parents[3]
# What is worked out when it is not set stands in the template with an example instead.
EXAMPLES = {
    "delivery.retry_after": 900,
    "mail.theme": "theme",
    "web.blocked_domains": "blocked.txt",
}
_COMMENTED = re.compile(r"^# (?=[a-z_]+ = )", re.MULTILINE)


def uncommented():
    return _COMMENTED.sub("", settings_template())


def defaults(path=Path("/srv")):
    return load(None, {}, {}, path)


def test_the_template_as_it_is_changes_nothing(tmp_path):
    (tmp_path / "digest.toml").write_text(settings_template())
    assert load(None, {}, {}, tmp_path) == defaults(tmp_path)
    assert not any(isinstance(v, str) for v in tomllib.loads(settings_template()).values())


def test_the_template_uncommented_has_every_key_with_its_default(tmp_path):
    examples = r'^(?:retry_after = 900|theme = "theme")\n'
    text = re.sub(examples, "", uncommented(), flags=re.MULTILINE)
    (tmp_path / "digest.toml").write_text(text)
    assert load(None, {}, {}, tmp_path) == defaults(tmp_path)
    found = tomllib.loads(uncommented())
    assert set(_leaves(found)) == set(keys(Settings))


def _leaves(table, above=()):
    for name, value in table.items():
        path = (*above, name)
        if path in sections(Settings):
            yield from _leaves(value, path)
        else:
            yield path


def test_every_key_of_the_template_stands_under_a_sentence():
    lines = settings_template().splitlines()
    for number, line in enumerate(lines):
        if _COMMENTED.match(line) and not _COMMENTED.match(lines[number - 1]):
            said = lines[number - 1]
            section_says = re.fullmatch(r"\[sources\.\w+\]", said)
            assert section_says or re.match(r"# .*[.:]$", said), line


def test_both_files_are_written_and_can_be_used_at_once(tmp_path):
    settings, subscribers = write_starting_files(tmp_path / "new")
    assert load(settings, {}, {}, tmp_path) == defaults(tmp_path / "new")
    (reader,) = read_subscribers(subscribers)
    assert reader.address == "you@example.org"
    assert {stat.S_IMODE(path.stat().st_mode) for path in (settings, subscribers)} == {0o600}
    whole = subscribers.read_text().replace("\n# ", "\n")
    assert '[[subscriber]]\nemail = "bob@example.org"' in whole


@pytest.mark.parametrize("name", ["digest.toml", "subscribers.toml"])
def test_nothing_is_overwritten_and_then_nothing_written(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(Misuse, match=f"{name} is there already"):
        write_starting_files(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_not_followed(tmp_path):
    (tmp_path / "subscribers.toml").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Misuse, match="is there already"):
        write_starting_files(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_when_the_second_cannot_be_written_the_first_is_taken_back(tmp_path, monkeypatch):
    import os

    real = os.open

    def full(path, *args):
        if Path(path).name == "subscribers.toml":
            raise OSError(28, "No space left on device")
        return real(path, *args)

    monkeypatch.setattr("digest.config.starting_files.os.open", full)
    with pytest.raises(Misuse, match="nothing was written: No space left"):
        write_starting_files(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_directory(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(Misuse, match="nothing was written"):
        write_starting_files(tmp_path / "file")


def test_the_example_shows_every_key_and_every_kind_of_topic():
    readers = parse_subscribers(subscribers_example(), "subscribers.example.toml")
    text = subscribers_example()
    assert all(re.search(rf"^{key} = ", text, re.MULTILINE) for key in KEYS)
    assert {topic.kind for reader in readers for topic in reader.topics} == set(TopicKind)
    assert {reader.rhythm for reader in readers} == set(Rhythm)
    assert all(reader.address.endswith("@example.org") for reader in readers)  # RFC 2606


def test_the_documentation_tells_every_key_with_its_default():
    text = _documentation().partition("## Subscribers")[0]
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    told = {dotted: (default, meaning) for dotted, default, meaning in rows}
    assert list(told) == [key.dotted for key in keys(Settings).values()]
    values = tomllib.loads(uncommented())
    for path, key in keys(Settings).items():
        default, meaning = told[key.dotted]
        assert len(meaning) > 20
        written = re.fullmatch(r"`(.*?)`.*", default)
        if key.dotted in EXAMPLES:
            assert not written
            continue
        value = values
        for name in path:
            value = value[name]
        assert written, key.dotted
        assert tomllib.loads(f"x = {written[1]}")["x"] == value, key.dotted


def test_the_documentation_tells_every_key_of_a_subscriber():
    told = re.findall(r"^\| `([a-z_]+)` \|", _documentation().partition("## Subscribers")[2], re.M)
    assert told == list(KEYS)


def _documentation():
    return (ROOT / "docs/configuration.md").read_text(encoding="utf-8")

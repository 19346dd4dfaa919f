"""Sources by name: ours, and those that other distributions bring."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from digest.errors import Misuse, Unknown
from digest.sources import registry
from digest.sources.huggingface import HuggingFace
from digest.sources.registry import load, names

PLUGIN = """
class Source:
    def __init__(self, url="none"):
        self.name, self.url = "plugged", url
"""


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real distribution on the path, with an entry point of the group, and a broken one."""
    (tmp_path / "plugged_in.py").write_text(PLUGIN)
    info = tmp_path / "plugged-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[digest.sources]\nplugged = plugged_in:Source\nbroken = plugged_in:Absent\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("plugged_in", None)


def test_ours_is_there_from_a_checkout_too():
    assert "huggingface" in names()
    (source,) = load(["huggingface", "huggingface"], {})
    assert isinstance(source, HuggingFace)
    assert source.url == "https://huggingface.co"


def test_the_built_in_entry_points_are_those_of_the_distribution():
    import tomllib

    root = Path(registry.__file__).resolve().parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    declared = project["entry-points"][registry.GROUP]
    assert {point.name: point.value for point in registry.BUILT_IN} == declared
    assert all(isinstance(point, EntryPoint) for point in registry.BUILT_IN)


def test_settings_reach_the_source():
    settings = {"huggingface": {"url": "http://mirror.example"}}
    (source,) = load(["huggingface"], settings)
    assert source.first.__self__.url == "http://mirror.example"


@pytest.mark.usefixtures("plugged")
def test_others_enter_by_the_same_door():
    assert "plugged" in names()
    settings = {"plugged": {"url": "http://x.example"}}
    (source,) = load(["plugged"], settings)
    assert (source.name, source.url) == ("plugged", "http://x.example")


@pytest.mark.usefixtures("plugged")
def test_one_that_does_not_load_is_named():
    with pytest.raises(Misuse, match=r"'broken' \(plugged_in:Absent\) does not load"):
        load(["broken"], {})


def test_the_nearest_spelling_is_offered():
    with pytest.raises(Unknown, match="'HugingFace'; did you mean 'huggingface'"):
        load(["HugingFace"], {})
    with pytest.raises(Unknown, match=r"'zzz'. There are: "):
        load(["zzz"], {})

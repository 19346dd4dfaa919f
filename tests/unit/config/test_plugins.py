"""Settings of sources that other distributions bring, with a real one on the path."""

import sys

import pytest

from digest.config import load
from digest.errors import BadSetting
from digest.sources.registry import load as load_sources

PLUGIN = """
class Source:
    def __init__(self, url="none", key=""):
        self.name, self.url, self.key = "plugged", url, key
"""


@pytest.fixture
def plugged(tmp_path, monkeypatch):
    """A distribution that brings the source `plugged`."""
    (tmp_path / "plugged_source.py").write_text(PLUGIN)
    info = tmp_path / "plugged-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[digest.sources]\nplugged = plugged_source:Source\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("plugged_source", None)


def test_its_section_reaches_the_source_the_environment_first(plugged):
    (plugged / "digest.toml").write_text("[sources.plugged]\nurl = 'a'\nkey = 'k-e-y'\n")
    environ = {"DIGEST__SOURCES__PLUGGED__URL": "b"}
    settings = load(None, environ, {}, plugged)
    (source,) = load_sources(["plugged"], settings.sources.tables())
    assert (source.url, source.key) == ("b", "k-e-y")
    assert "k-e-y" not in repr(settings)
    assert settings.sources.tables()["huggingface"] == {"url": "https://huggingface.co"}


def test_a_section_of_a_source_that_is_not_installed_is_a_mistake(tmp_path):
    (tmp_path / "digest.toml").write_text("[sources.plugged]\nurl = 'a'\n")
    with pytest.raises(BadSetting, match=r"line 1, sources.plugged: is no setting"):
        load(None, {}, {}, tmp_path)
    (tmp_path / "digest.toml").unlink()
    with pytest.raises(BadSetting, match="DIGEST__SOURCES__PLUGGED__URL: sets nothing"):
        load(None, {"DIGEST__SOURCES__PLUGGED__URL": "b"}, {}, tmp_path)

"""Saved files: whose they are, of which day, and from when."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.errors import Misuse
from digest.model import Request, Response
from digest.sources.arxiv import Arxiv
from digest.sources.huggingface import HuggingFace
from digest.sources.sample import sample
from digest.sources.saved import day_of, instant_of, open_saved

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = date(2026, 6, 12)


class Other:
    """Another source, which knows its own answers by their first word."""

    name = "other"

    def first(self, day: date) -> Request:
        raise NotImplementedError

    def fallbacks(self, day: date) -> tuple[()]:
        return ()

    def read(self, response: Response) -> None:
        raise NotImplementedError

    def recognises(self, body: bytes) -> bool:
        return body.startswith(b"other")


BOTH = [HuggingFace(), Other()]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("2026-06-12.json", DAY),
        ("papers_daily_2026-06-12.html", DAY),
        ("2026-06-12/20260613T035001Z.json", DAY),
        ("2026-06-11/papers-2026-06-12.html", DAY),
        ("12026-06-123.json", None),
        ("2026-13-12.json", None),
        ("20260613T035001Z.json", None),
        ("until-2026-06-12/page.html", None),
        ("page.html", None),
    ],
)
def test_the_day_that_a_name_tells(name: str, day: date | None):
    assert day_of(Path("/somewhere") / name) == day


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("20240612T170641Z.json", datetime(2024, 6, 12, 17, 6, 41, tzinfo=UTC)),
        ("20249912T170641Z.json", None),
        ("120240612T170641Z.json", None),
        ("2024-06-12.json", None),
    ],
)
def test_the_instant_that_a_name_tells(name: str, instant: datetime | None):
    assert instant_of(Path(name)) == instant


def test_source_day_and_instant_are_found(tmp_path: Path):
    path = tmp_path / "2026-06-12" / "20260613T035001Z.json"
    path.parent.mkdir()
    path.write_bytes(sample())
    saved = open_saved(path, BOTH, None, NOW)
    assert (saved.source, saved.asked, saved.named) == ("huggingface", None, DAY)
    assert saved.response.at == datetime(2026, 6, 13, 3, 50, 1, tzinfo=UTC)
    assert saved.response.url == str(path)
    (tmp_path / "x").write_bytes(b"other words")
    saved = open_saved(tmp_path / "x", BOTH, DAY, NOW)
    assert (saved.source, saved.asked, saved.named) == ("other", DAY, None)
    assert saved.response.at == NOW


def test_what_nobody_knows_is_taken_for_the_main_source_unless_its_path_names_one(tmp_path: Path):
    path = tmp_path / "2026-06-12.json"
    path.write_text(json.dumps({"error": "no"}))
    assert open_saved(path, BOTH, None, NOW).source == "huggingface"
    assert open_saved(path, BOTH[1:], None, NOW).source == "other"
    there = tmp_path / "other" / "2026-06-12.json"
    there.parent.mkdir()
    there.write_text("{}")
    assert open_saved(there, BOTH, None, NOW).source == "other"


def test_an_empty_list_is_everybodys(tmp_path: Path):
    for folder, source in (("arxiv", "arxiv"), ("hf", "huggingface"), ("x", "huggingface")):
        path = tmp_path / folder / "2026-06-13.json"
        path.parent.mkdir()
        path.write_text("[]")
        assert open_saved(path, [Arxiv(), HuggingFace()], None, NOW).source == source


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str):
    with pytest.raises(Misuse, match="cannot be read"):
        open_saved(tmp_path / name, BOTH, None, NOW)

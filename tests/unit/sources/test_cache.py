"""Answers kept on disk: whole, or not at all."""

from pathlib import Path

import pytest

from digest.sources.cache import KEPT, Cache

URL = "https://a.example/x"


def test_what_is_put_comes_back_with_the_conditions_to_ask_by(tmp_path: Path):
    cache = Cache(tmp_path / "deep" / "cache")
    cache.put(URL, {"etag": 'W/"1"', "last-modified": "Fri", "date": "x", "link": "<y>"}, b"a\nb")
    stored = cache.get(URL)
    assert stored is not None
    assert stored.body == b"a\nb"
    assert stored.headers == {"etag": 'W/"1"', "last-modified": "Fri", "link": "<y>"}
    assert stored.conditions == {"If-None-Match": 'W/"1"', "If-Modified-Since": "Fri"}
    assert cache.get(URL + "?p=1") is None


def test_what_cannot_be_asked_about_is_not_kept(tmp_path: Path):
    Cache(tmp_path).put(URL, {"content-type": "text/html"}, b"a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n", b"{}\nbody", b"\xff\n", b'{"url":1}\n'])
def test_damage_is_absence(tmp_path: Path, content: bytes):
    cache = Cache(tmp_path)
    cache.put(URL, {"etag": "1"}, b"a")
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert cache.get(URL) is None


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    cache.put(URL, {"etag": "1"}, b"a")
    assert cache.get(URL) is None


def test_the_oldest_go(tmp_path: Path):
    cache = Cache(tmp_path)
    for number in range(KEPT + 10):
        cache.put(f"{URL}/{number}", {"etag": "1"}, b"a")
    assert len(list(tmp_path.iterdir())) == KEPT

"""How votes grew: a line of blocks for a terminal, a small picture for a page."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.series import BLOCKS, HEIGHT, WIDTH, polyline, sparkline, svg


@pytest.mark.parametrize(
    ("values", "line"),
    [([], ""), ([3], "▁"), ([0, 7], "▁█"), ([5, 5, 5], "▁▁▁"), ([0, 1, 2, 3, 4, 5, 6, 7], BLOCKS)],
)
def test_the_least_is_lowest_and_the_most_highest(values: list[float], line: str):
    assert sparkline(values) == line


def test_a_picture_goes_from_left_to_right_and_up():
    assert polyline([(0, 0), (6, 5), (12, 10)]) == "0.0,28.0 60.0,14.0 120.0,0.0"
    assert polyline([(0, 1)]) == ""


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**6)), min_size=2, max_size=50))
def test_every_point_lies_within_the_picture(points: list[tuple[int, int]]):
    root = ET.fromstring(svg(sorted(points), "a < b & c"))  # noqa: S314 - our own
    [line] = [element for element in root if element.tag.endswith("polyline")]
    for pair in line.attrib["points"].split():
        x, y = map(float, pair.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert root[0].text == "a < b & c"

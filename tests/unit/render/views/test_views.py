"""What clients make of a page."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.colour import Colour, colour, contrast
from digest.render.views.bare import without_css, without_images
from digest.render.views.inversion import Inversion, inverted, turned
from digest.render.views.sheets import as_preferred, without_media
from digest.render.views.word import as_word

PAGE = """<html><head><style>
a:hover { color: #111111; }
@media (max-width: 480px) { .pad { padding: 0; } }
@media (prefers-color-scheme: dark) { .ink { color: #e4e7ea !important; } }
</style></head>
<body bgcolor="#ffffff" style="background-color:#ffffff">
<!--[if mso]><table width="600"><tr><td>for Word<![endif]-->
<p class="ink" style="color:#1d2329; padding:4px; border-radius:3px; max-width:9px">Text</p>
<table bgcolor="#eeeeee"><tr>
<td style="padding:8px; background:#b4431f url(x.png)">Cell</td></tr></table>
<img src="https://a.example/x.png" alt="A plot" width="8"><img src="https://a.example/y.png" alt="">
</body></html>"""

colours = st.builds(Colour, *[st.integers(0, 255)] * 3)


def test_full_inversion_turns_every_colour_and_drops_the_author_s_dark():
    page = inverted(PAGE, Inversion.FULL)
    assert "prefers-color-scheme" not in page
    assert "max-width: 480px" in page
    assert 'bgcolor="#121212"' in page
    assert "#1d2329" not in page
    assert "background:#e" in page  # rust becomes lighter, not blue


def test_partial_inversion_leaves_dark_grounds_and_light_text():
    page = inverted(PAGE.replace("#1d2329", "#dddddd"), Inversion.PARTIAL)
    assert "color:#dddddd" in page
    assert "background:#b4431f" in page
    assert 'bgcolor="#121212"' in page


@given(colours)
def test_turning_keeps_grey_grey_and_never_leaves_the_range(one):
    other = turned(one)
    assert all(0 <= part <= 255 for part in other)
    assert min(other) > 0 or max(other) > min(other)


@given(colours, colours)
def test_contrast_has_no_direction_and_its_bounds(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("#abc", "#aabbcc"),
        ("#A1B2C3", "#a1b2c3"),
        ("rgb(1, 2, 300)", "#0102ff"),
        ("white", "#ffffff"),
        ("url(x.png) #123456", "#123456"),
        ("#12345", None),
        ("inherit", None),
        ("whitespace", None),
    ],
)
def test_colours_as_they_are_written(written, seen):
    found = colour(written)
    assert (str(found) if found else None) == seen


def test_a_preference_holds_whatever_the_machine_prefers():
    light, dark = as_preferred(PAGE, "light"), as_preferred(PAGE, "dark")
    assert "@media not all { .ink" in light
    assert "@media all { .ink" in dark
    assert "color-scheme: dark" in dark


def test_only_the_named_media_go():
    page = without_media(PAGE, "max-width")
    assert "480px" not in page
    assert "prefers-color-scheme" in page
    assert without_media("<style>@media x { a { </style>", "x") == "<style></style>"


def test_word_reads_its_comments_and_drops_what_it_does_not_know():
    page = as_word(PAGE)
    assert "for Word" in page
    assert "[if mso]" not in page
    assert "@media" not in page
    assert 'style="color:#1d2329"' in page
    assert 'style="padding:8px"' in page


def test_images_leave_their_words():
    page = without_images(PAGE)
    assert "<img" not in page
    assert ">A plot</span>" in page
    assert "url(" not in page


def test_nothing_of_the_looks_is_left():
    page = without_css(PAGE)
    assert not re.search(r"style|class=|bgcolor|<!--", page)
    assert "<p>Text</p>" in page


@given(st.text(max_size=200))
def test_no_page_is_too_strange(text):
    for view in (as_word, without_css, without_images):
        view(text)
    for kind in Inversion:
        inverted(text, kind)
    as_preferred(text, "dark")

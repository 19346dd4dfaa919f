"""A theme changes colours, logo, footer or templates; a mistake in it is told with its line."""

import re

import example_mails
import pytest
from jinja2 import ChoiceLoader, DictLoader

from digest.errors import RenderError
from digest.render.examples import Example
from digest.render.html import Html
from digest.render.lint import Document, Level, check
from digest.render.lint.templates import broken
from digest.render.message import Renderer
from digest.render.templates import environment, templates
from digest.render.text import Text
from digest.render.themes import Theme

WHOLE = """\
footer = "An example lab's own line."
[light]
accent = "#0B5394"
[dark]
accent = "#ffcc00"
[logo]
url = "https://lab.example.org/logo.png"
width = 120
height = 40
text = "Example Lab"
"""


def loader(**files):
    own = DictLoader({name.replace("_", "."): text for name, text in files.items()})
    return ChoiceLoader([own, templates()])


def mail(**files):
    pages = environment(loader(**files))
    one = Example.load("one-paper")
    renderer = Renderer(
        example_mails.IDENTITY, example_mails.SIGNER, example_mails.BASE, Html(pages), Text(pages)
    )
    return example_mails.render(renderer, one)


def test_colours_logo_and_footer():
    plain, themed = mail(), mail(theme_toml=WHOLE)
    assert "#a03a19" in plain.html
    assert "#a03a19" not in themed.html
    assert "color:#0b5394" in themed.html
    assert ".accent { color: #ffcc00 !important; }" in themed.html
    assert '<img src="https://lab.example.org/logo.png" width="120" height="40"' in themed.html
    assert 'alt="Example Lab"' in themed.html
    assert "An example lab's own line." in themed.text
    assert "An example lab&#39;s own line." in themed.html
    assert themed.message.seal != plain.message.seal


def test_a_theme_passes_every_check():
    found = check(Document.of_mail("themed", mail(theme_toml=WHOLE).message.content))
    assert [one for one in found if one.level is not Level.NOTE] == []


def test_a_colour_that_cannot_be_read_is_found_by_lint():
    pale = '[light]\naccent = "#f0f0f0"\n'
    found = check(Document.of_mail("pale", mail(theme_toml=pale).message.content))
    assert any(one.check == "contrast" and one.level is Level.ERROR for one in found)


def test_no_colour_is_left_for_clients_to_look_up():
    for name in ("digest.html", "card.html"):
        source = environment().loader.get_source(environment(), name)[0]
        assert "var(" not in source
        assert re.search("#[0-9a-f]{6}", source)


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("x = 1\n", r"theme.toml, line 1: x: no such key"),
        ("\n[light]\nacent = '#112233'\n", r"theme.toml, line 3: light.acent: no such colour"),
        ("[dark]\naccent = 'red'\n", r"theme.toml, line 2: dark.accent: 'red' is no colour"),
        ("[dark]\n[light]\nink = '#12345'\n", r"theme.toml, line 3: light.ink: .* is no colour"),
        ("a = \n", r"theme.toml, line 1: Invalid value"),
        ("footer = 7\n", r"theme.toml, line 1: footer: must be text"),
        ("light = 7\n", r"theme.toml, line 1: light: must be a table"),
        ("[logo]\nurl = 'http://x.org/a.png'\n", r"theme.toml, line 2: logo.url: .* no https"),
        ("[logo]\nurl = 'https://x.org/a.png'\nwidth = true\n", r"line 3: logo.width: must be 1"),
        ("[logo]\nsize = 3\n", r"theme.toml, line 2: logo.size: no such key"),
        ("[logo]\nurl='https://x.org/a'\nwidth=9\nheight=9\n", r"logo.text: must say"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(toml, said):
    with pytest.raises(RenderError, match=said):
        mail(theme_toml=toml)
    (found,) = broken(loader(theme_toml=toml)) if "acent" not in toml else [None]
    if found is not None:
        assert re.match(r"theme\.toml, line \d", found.where)


def test_a_colour_that_no_palette_has_is_told_where_it_is_used():
    style = templates().get_source(environment(), "style.css")[0]
    with pytest.raises(RenderError, match=r"style\.css, line \d+: var\(--light-nothing\)"):
        mail(style_css=style.replace("var(--light-said)", "var(--light-nothing)"))


def test_without_a_file_nothing_is_otherwise():
    assert Theme.of(templates()) == Theme()

import re
import shutil

import example_mails
import pytest
from jinja2 import DictLoader, FileSystemLoader
from markupsafe import Markup

from digest.errors import RenderError
from digest.render import templates
from digest.render.html import Html
from digest.render.templates import CHECKOUT, environment, inline

STYLE = ".a { color: #112233; } h1 { margin: 0; }"


def test_constructs_come_back_where_they_were():
    source = (
        '{% for x in y %}\n<table><tr>{% if x.z < 1 %}<td class="a" title="{{ x["q"] }}">'
        "{{ x.text }}</td>{% endif %}</tr></table>\n{% endfor %}{# <b> #}"
    )
    inlined = inline(source, STYLE, "x.html")
    assert 'style="color:#112233"' in inlined
    assert re.findall(r"\{[{%#].*?[}%#]\}", inlined) == re.findall(r"\{[{%#].*?[}%#]\}", source)


def test_a_whole_page_keeps_doctype_and_its_own_style_block():
    page = (
        '<!doctype html>\n<html><head><title>{{ t }}</title><style data-premailer="ignore">'
        "@media (prefers-color-scheme: dark) { .a { color: #fff !important; } }</style></head>"
        '<body><h1 class="a">{{ t }}</h1></body></html>'
    )
    inlined = inline(page, STYLE, "page.html")
    assert inlined.startswith("<!doctype html>\n<html>")
    assert "prefers-color-scheme: dark" in inlined
    assert (
        'style="margin:0; color:#112233"' in inlined or 'style="color:#112233; margin:0"' in inlined
    )


def test_a_construct_inside_a_tag_is_refused_by_name():
    with pytest.raises(RenderError, match=r"card\.html: a Jinja construct"):
        inline('<td class="a"{% if x %} dir="rtl"{% endif %}>x</td>', STYLE, "card.html")


def test_a_broken_template_is_named_with_its_line():
    broken = {"digest.html": "<html><body>\n{% if %}</body></html>", "style.css": STYLE}
    with pytest.raises(RenderError, match=r"digest\.html, line \d"):
        Html(environment(DictLoader(broken)))


def test_an_undefined_name_is_an_error_not_a_blank(editions):
    source = {
        "digest.html": "<html><body>{{ digest.nothing }}</body></html>",
        "card.html": "<p></p>",
        "near.html": "<p></p>",
        "style.css": STYLE,
    }
    with pytest.raises(RenderError, match="nothing"):
        Html(environment(DictLoader(source))).page(editions["one-paper"].digest)


def test_css_is_inlined_when_loaded_and_never_when_rendered(monkeypatch, editions):
    html = Html(environment())
    monkeypatch.setattr(templates, "inline", lambda *_: pytest.fail("premailer ran for a mail"))
    for edition in editions.values():
        assert html.page(edition.digest)


def test_a_card_is_rendered_once_for_all_its_readers(monkeypatch, editions):
    cards, renderer = [], example_mails.renderer()

    def printed(self, card, words, feedback):
        cards.append(card)
        return Markup(f"<p>{feedback}</p>")  # noqa: S704 - no stranger's text

    monkeypatch.setattr(Html, "card", printed)
    for reader in range(3):
        example_mails.render(renderer, editions["rich-day"].example, reader)
    assert len(cards) == 10


def test_a_folder_of_ones_own_can_take_their_place(tmp_path, editions):
    shutil.copytree(CHECKOUT, tmp_path / "templates")
    html = Html(environment(FileSystemLoader(tmp_path / "templates")))
    assert html.page(editions["rich-day"].digest) == editions["rich-day"].html

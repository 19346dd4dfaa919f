"""`digest lint` as a person or a pipeline calls it."""

# ruff: noqa: E501 - mark-up and its fault stand side by side

import shutil
from pathlib import Path

import pytest
from commands import ROOT, Installation


@pytest.fixture
def digest(tmp_path: Path) -> Installation:
    return Installation(tmp_path, {"DIGEST_HOME": str(tmp_path / "var")})


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "templates", tmp_path / "theme"))


def test_all_examples_pass_and_nothing_is_opened(digest):
    said = digest("lint")
    assert said.status == 0, said.out
    assert said.last.startswith("digest lint: 0 errors, 0 warnings, ")
    assert said.last.endswith(" in 8 documents")
    assert not (digest.directory / "var").exists()


def test_findings_have_the_promised_fields(digest):
    records = digest("lint", "--json").records
    assert records
    assert all(set(record) == {"check", "level", "message", "where"} for record in records)
    assert {record["level"] for record in records} == {"note"}


def test_a_mail_and_a_page_are_told_apart_by_their_content(digest):
    page = digest.directory / "page.eml"
    page.write_text("\n<!doctype html><p>Hello")
    said = digest("lint", str(page), "--json")
    assert said.status == 1
    assert {"check": "leaving", "level": "error"}.items() <= said.records[-1].items() or any(
        record["check"] == "leaving" for record in said.records
    )
    assert not any(record["check"] == "fields" for record in said.records)


def test_what_is_neither_is_misuse(digest):
    (digest.directory / "notes").write_text("just some words\n")
    said = digest("lint", "notes")
    assert said.status == 2
    assert "neither a mail" in said.last


def test_a_theme_in_the_settings_is_checked_and_a_broken_one_sends_nothing(digest):
    folder = digest.directory / "theme"
    (digest.directory / "digest.toml").write_text('[mail]\ntheme = "theme"\n')
    said = digest("lint")
    assert said.status == 2
    assert "digest.toml, line 2, mail.theme" in said.err
    folder.mkdir()
    (folder / "theme.toml").write_text('footer = "Ours"\n[light]\naccent = "#0b5394"\n')
    assert digest("lint").status == 0
    (folder / "theme.toml").write_text('footer = "Ours"\n[light]\naccent = "blue"\n')
    (found,) = digest("lint", "--json").records
    assert found["where"].endswith("theme.toml, line 3")
    digest("subscribers", "add", "ada@reader.example")
    day = ROOT / "digest" / "sources" / "sample"
    sample = next(day.rglob("*.json"))
    assert digest("collect", "--from", str(sample)).status == 0
    said = digest("run", "--day", "2026-08-21")
    assert said.status == 1
    assert "theme.toml, line 3: light.accent: 'blue' is no colour" in said.err
    assert not list((digest.directory / "var" / "outbox").rglob("new/*"))


def test_a_preview_is_clean(digest, theme):
    del theme
    source = ROOT / "tests" / "golden" / "one-paper" / "digest.html"
    assert digest("lint", str(source)).status == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "said"),
    [
        ("digest.html", "{% if digest.notice %}", "{% if %}", "digest.html, line ", "xpected"),
        ("card.html", "{{ card.title }}", "{{ card.titel }}", "card.html, line ", "titel"),
        ("digest.txt", "| wrap }}", "| warp }}", "digest.txt, line ", "warp"),
        ("card.html", '<td class="paper pad sheet-bg"', '<td class="paper"{% if 1 %} dir="rtl"{% endif %}', "card.html", "construct"),
    ],
)  # fmt: skip
def test_a_broken_template_is_told_with_file_and_line(digest, theme, file, old, new, where, said):
    source = (theme / file).read_text()
    assert old in source
    (theme / file).write_text(source.replace(old, new, 1))
    told = digest("lint", "--templates", str(theme), "--json")
    assert told.status == 1
    first = told.records[0]
    assert first["check"] == "template"
    assert where in first["where"]
    assert said in first["message"]


def test_the_line_of_an_undefined_name_is_the_template_s(digest, theme):
    lines = (theme / "digest.html").read_text().splitlines()
    number = next(i for i, line in enumerate(lines, 1) if "digest.lead" in line)
    lines[number - 1] = lines[number - 1].replace("digest.lead", "digest.leed")
    (theme / "digest.html").write_text("\n".join(lines) + "\n")
    records = digest("lint", "--templates", str(theme), "--json").records
    assert f"digest.html, line {number}" in records[0]["where"]


def test_a_theme_s_poor_contrast_is_told(digest, theme):
    style = theme / "style.css"
    style.write_text(style.read_text().replace("#5b626b", "#c0c4c8"))
    said = digest("lint", "--templates", str(theme))
    assert said.status == 1
    assert "contrast" in said.out
    assert "in light, #c0c4c8 on #ffffff" in said.out

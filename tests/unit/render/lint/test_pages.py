"""Each check of a page: a page that passes it, and one small change that does not."""

# ruff: noqa: E501 - mark-up and its fault stand side by side

import pytest

from digest.render.lint import OF_PAGES, Document, Finding, Level, check

GOOD = """<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>A day</title>
<style>
@media (prefers-color-scheme: dark) {
  .page { background-color: #101316 !important; }
  .ink { color: #e4e7ea !important; }
}
</style>
</head>
<body class="page" style="background-color:#ffffff" bgcolor="#ffffff">
<!--[if mso]><table role="presentation" width="600"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr>
<td style="padding:8px; font-family:Georgia, serif">
<h1 class="ink" style="color:#1d2329; font-size:30px">Two papers</h1>
<h2 class="ink" style="color:#1d2329">One topic</h2>
<h3 class="ink" style="color:#1d2329">A title &amp; more</h3>
<p class="ink" style="color:#1d2329; margin:0 0 4px"><a class="ink" href="https://a.example.org/1" style="color:#1d2329">PDF 1</a></p>
<p class="ink" style="color:#1d2329"><a class="ink" href="https://a.example.org/unsubscribe" style="color:#1d2329">Unsubscribe</a></p>
<img src="https://a.example.org/1.png" alt="A plot" width="80" height="80">
</td>
</tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</body>
</html>
"""

TITLE = '<h3 class="ink" style="color:#1d2329">A title &amp; more</h3>'
LINK = '<a class="ink" href="https://a.example.org/1" style="color:#1d2329">PDF 1</a>'
IMAGE = '<img src="https://a.example.org/1.png" alt="A plot" width="80" height="80">'
LEAVE = (
    '<a class="ink" href="https://a.example.org/unsubscribe" style="color:#1d2329">Unsubscribe</a>'
)
TABLE = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">'

BROKEN = [
    # check, level, what is replaced, by what, a part of the message
    ("html", "error", TITLE, TITLE.replace("</h3>", ""), "still open"),
    ("html", "error", TITLE, TITLE + "</em>", "closes nothing"),
    ("html", "error", TITLE, '<h3 class="ink" class="x">A</h3>', "class twice"),
    ("html", "error", LINK, f"<div>{LINK}</div>", "<div> may not stand in <p>"),
    ("html", "error", LINK, f'<a href="https://a.example.org/2">{LINK}</a>', "inside a link"),
    ("html", "error", "<tr>\n<td s", "<tr>stray\n<td s", "text right inside <tr>"),
    ("html", "error", "A title &amp; more", "A title &amp; 1 < 2", "bare <"),
    ("html", "error", "A title &amp; more", "A title &nosuch; it", "bare &"),
    ("html", "error", TITLE, TITLE + "<h3/>", "does not close"),
    ("html", "error", TITLE, '<b id="x">A</b><b id="x">B</b>', "'x' stands 2 times"),
    ("html", "error", TITLE, "<blink>A</blink>", "<blink> is no element"),
    ("html", "error", "</body>\n</html>", "", "never closed"),
    ("opening", "error", "<!doctype html>\n", "", "quirks"),
    ("opening", "error", ' lang="en"', "", "no lang"),
    ("opening", "error", ' dir="ltr"', "", "no dir"),
    ("opening", "error", '<meta charset="utf-8">\n', "", "charset"),
    ("opening", "error", '<meta name="viewport" content="width=device-width">\n', "", "viewport"),
    ("opening", "error", '<meta name="color-scheme" content="light dark">\n', "", "color-scheme"),
    ("opening", "error", "<title>A day</title>", "<title></title>", "no title"),
    ("headings", "error", "h1", "h2", "0 h1"),
    ("headings", "error", "h2", "h4", "h4 after h1"),
    ("headings", "error", "A title &amp; more", "", "empty h3"),
    ("images", "error", ' alt="A plot"', "", "without alt"),
    ("images", "error", ' width="80"', "", "width and height"),
    ("images", "error", "https://a.example.org/1.png", "data:image/png;base64,AA", "only https"),
    ("images", "error", IMAGE, f'<a href="https://a.example.org/3">{IMAGE.replace("A plot", "")}</a>', "no words"),
    ("active", "error", TITLE, TITLE + "<script>1</script>", "<script>"),
    ("active", "error", "<meta name=", '<meta http-equiv="refresh" content="1"><meta name=', "<meta>"),
    ("active", "error", '<h2 class="ink"', '<h2 onclick="x()" class="ink"', "onclick"),
    ("active", "error", 'https://a.example.org/1"', 'javascript:x"', "javascript:x"),
    ("active", "error", "margin:0 0 4px", "background:url(https://x.example.org)", "fetches"),
    ("unseen", "error", "A title", "A \u202etitle", "U+202E"),
    ("targets", "error", 'https://a.example.org/1"', 'ftp://a.example.org/1"', "only http(s)"),
    ("targets", "error", 'https://a.example.org/1"', 'http://a.example.org/1"', "unencrypted"),
    ("targets", "error", 'https://a.example.org/1"', 'https://arxiv.org@b.example/1"', "user"),
    ("targets", "error", 'https://a.example.org/1"', 'https://a.example.org/a b"', "percent"),
    ("targets", "error", 'https://a.example.org/1"', 'https://[::1/"', "IPv6"),
    ("targets", "error", 'https://a.example.org/1"', '"', "leads nowhere"),
    ("targets", "error", 'https://a.example.org/1"', f'https://a.example.org/{"x" * 3000}"', "longer"),
    ("purpose", "error", "PDF 1", "", "without words"),
    ("purpose", "error", "PDF 1", "Click here", "does not say"),
    ("purpose", "error", "PDF 1", "arxiv.org/abs/1", "shows arxiv.org"),
    ("purpose", "error", LINK, LINK + LINK.replace("/1", "/2"), "different places"),
    ("leaving", "error", LEAVE, "", "no visible link to unsubscribe"),
    ("leaving", "error", LEAVE, f'<span style="display:none">{LEAVE}</span>', "no visible link"),
    ("contrast", "error", '<h2 class="ink" style="color:#1d2329"', '<h2 class="ink" style="color:#aaaaaa"', "in light, #aaaaaa on #ffffff"),
    ("contrast", "error", "#e4e7ea", "#333333", "in dark, #333333 on #101316"),
    ("contrast", "error", '<h2 class="ink" style="color:#1d2329"', '<h2 style="color:#1d2329"', "in dark, #1d2329"),
    ("contrast", "error", '<h2 class="ink" style="color:#1d2329"', '<h2 class="ink" style="color:#000000; background-color:#ffff00"', "full inversion"),
    ("contrast", "error", '<h2 class="ink" style="color:#1d2329"', '<h2 class="ink" style="color:#767676"', "partial inversion"),
    ("contrast", "warning", "prefers-color-scheme: dark", "print", "no styles of its own for the dark"),
    ("type", "error", "font-size:30px", "font-size:11px", "text of 11px"),
    ("size", "error", "A plot", "x" * 91_000, "the budget is 90,000"),
    ("size", "error", "A plot", "x" * 103_000, "clips at 102,400"),
    ("styles", "error", "<style>", "<style>" + ".x { color: #000000; }\n" * 800, "drops all past"),
    ("styles", "error", "<style>", "<style>@import 'x';", "@import"),
    ("styles", "error", "<body class", "<body><style>.x {}</style><div class", "outside <head>"),
    ("clients", "error", "margin:0 0 4px", "transform:rotate(3deg)", "css-transform is not shown by"),
    ("clients", "error", "margin:0 0 4px", "min-height:calc(1px + 2px)", "css-unit-calc"),
    ("clients", "error", IMAGE, IMAGE + "<svg></svg>", "html-svg"),
    ("clients", "error", "1.png", "1.webp", "image-webp is not shown by outlook.windows"),
    ("clients", "note", "margin:0 0 4px", "border-radius:4px", "css-border-radius: polish"),
    ("values", "error", "margin:0 0 4px", "width:var(--w)", "a CSS function"),
    ("values", "error", "margin:0 0 4px", "width:3rem", "write px"),
    ("values", "error", "margin:0 0 4px", "color:rgba(0,0,0,1)", "write #rrggbb"),
    ("values", "error", "margin:0 0 4px", "float:left", "use a table"),
    ("values", "error", "margin:0 0 4px", "display:inline-flex", "use a table"),
    ("values", "error", "margin:0 0 4px", "margin:-4px 0", "negative margins"),
    ("tables", "error", TABLE, TABLE.replace(' role="presentation"', ""), "presentation"),
    ("tables", "warning", TABLE, TABLE.replace(' cellpadding="0"', ""), "cellpadding"),
    ("tables", "error", TABLE, '<table style="max-width:600px">', "max-width without a width"),
    ("word", "warning", '<td style="', '<td style="background-color:#ffffff; ', "without bgcolor"),
    ("word", "warning", "margin:0 0 4px", "padding:0 0 4px", "padding on <p>"),
    ("word", "warning", LINK, LINK.replace(' style="color:#1d2329"', ""), "inline colour"),
    ("word", "warning", "; font-family:Georgia, serif", "", "font-family"),
    ("conditional", "error", "<![endif]-->\n</body>", "-->\n</body>", "begin and 1 end"),
    ("conditional", "error", "<!--[if mso]></td></tr>", "<!--[if mso]></tr>", "1 <td> open, 0 close"),
]  # fmt: skip


def found(html: str) -> list[Finding]:
    return check(Document.of_page("page.html", html))


def test_the_good_page_passes():
    assert [finding for finding in found(GOOD) if finding.level is not Level.NOTE] == []


@pytest.mark.parametrize(
    ("name", "level", "old", "new", "said"), BROKEN, ids=[f"{b[0]}: {b[4]}" for b in BROKEN]
)
def test_a_broken_page_is_found_out(name, level, old, new, said):
    assert old in GOOD
    findings = found(GOOD.replace(old, new))
    mine = [one for one in findings if one.check == name and said in one.message]
    assert mine, findings
    assert mine[0].level == level
    assert mine[0].where.startswith("page.html")


def test_every_check_of_pages_has_a_page_that_fails_it():
    failing = {
        one
        for one in OF_PAGES
        for _, level, old, new, _ in BROKEN
        if any(
            finding.level == level
            for finding in one(Document.of_page("page.html", GOOD.replace(old, new)))
        )
    }
    assert failing == set(OF_PAGES)


def test_a_finding_names_its_line():
    line = GOOD.splitlines().index(TITLE) + 1
    (finding,) = [
        one for one in found(GOOD.replace(TITLE, "<blink>A</blink>")) if "blink" in one.message
    ]
    assert finding.where == f"page.html: html line {line}"


@pytest.mark.parametrize(
    "html", ["", "<", "<<<>>>", "&", "</p></p>", "<a", "<p style='", "\0", "<!--"]
)
def test_whatever_is_checked_nothing_is_raised(html):
    found(html)

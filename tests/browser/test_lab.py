"""The lab as somebody uses it. Every test also holds that no request leaves this machine."""

import re

import pytest
from lab_server import READER

from digest.render.colour import colour, contrast
from digest.web.lab.panes import PANES, WIDTHS

sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright for Python")


expect = sync_api.expect
expect.set_options(timeout=30_000)  # a click leads to a page that takes its time


def frame(page, key):
    """The page inside a pane."""
    return page.frame_locator(f'iframe[src^="/pane/{key}?"]')


def painted(page, key, selector="body"):
    """Ground and ink of an element in a pane, as the browser painted them."""
    found = frame(page, key).locator(selector).first
    style = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    ground, ink = found.evaluate(style)
    return colour(ground), colour(ink)


def test_a_subscriber_is_chosen_by_keyboard(page, lab):
    page.goto(lab.url)
    page.get_by_label("Subscriber").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Day").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**for=**")
    expect(page.get_by_label("Subscriber")).to_have_value(READER)
    expect(page.locator(".letter p")).to_contain_text(READER)
    assert frame(page, "light").locator("h1").inner_text()


def test_every_pane_is_toggled_and_shows_its_kind(page, lab):
    page.goto(lab.page(example="rich-day", view="text"))
    for one in PANES:
        page.get_by_role("link", name=one.name, exact=True).click()
        expect(frame(page, one.key).locator("h1")).to_contain_text("Ten papers")
        expect(page.locator("iframe")).to_have_count(1)
        ground, _ = painted(page, one.key)
        if one.key != "css":  # without CSS the body has no colour of its own
            assert (ground.luminance < 0.05) is one.dark, one.key


def test_dark_panes_can_be_read(page, lab):
    for key in ("dark", "inverted", "darkened"):
        page.goto(lab.page(example="rich-day", view=key))
        ground, _ = painted(page, key, "td.sheet-bg")
        for selector in ("h1", "h2", "h3 a", "p.summary"):
            _, ink = painted(page, key, selector)
            assert contrast(ground, ink) >= 4.5, (key, selector)


def test_panes_do_not_depend_on_what_this_machine_prefers(browser, lab):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(lab.page(example="note-day"))
    light, _ = painted(page, "light", "td.sheet-bg")
    dark, _ = painted(page, "dark", "td.sheet-bg")
    context.close()
    assert light.luminance > 0.8
    assert dark.luminance < 0.05


def test_widths_are_exact_and_nothing_scrolls_sideways(page, lab):
    page.goto(lab.page(example="rich-day", view="light"))
    for width in WIDTHS:
        page.get_by_role("link", name=str(width), exact=True).click()
        framed = page.locator(f'iframe[width="{width}"]')
        framed.wait_for()
        inside = framed.content_frame.locator("html")
        assert inside.evaluate("e => [innerWidth, e.scrollWidth]") == [width, width]


def test_text_headers_source_and_changes(page, lab):
    page.goto(lab.page(example="rich-day"))
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator("#stage pre")).to_contain_text("Why now: 163 votes")
    page.get_by_role("link", name="Headers", exact=True).click()
    expect(page.locator("#stage")).to_contain_text("List-Unsubscribe-Post")
    page.get_by_role("link", name="Source", exact=True).click()
    expect(page.locator("#L1")).to_have_text("<!doctype html>")
    page.get_by_role("link", name="Changes", exact=True).click()
    expect(page.locator("#stage")).to_contain_text("Nothing to compare with")


def test_the_size_meters_tell_the_mail_s_own_sizes(page, lab):
    page.goto(lab.page(example="forty-papers"))
    meters = page.locator(".meter")
    html, style = meters.all_inner_texts()
    octets = int(re.search(r"([\d,]+) of 102,400", html)[1].replace(",", ""))
    assert 80_000 < octets <= 90_000
    assert "of 16,384 characters" in style
    share = meters.first.locator(".used").evaluate("e => e.getBBox().width / 1000")
    assert share == pytest.approx(octets / 102_400, abs=0.002)
    assert "near" in meters.first.get_attribute("class")


def test_an_edited_template_shows_by_itself(page, lab):
    page.goto(lab.page(example="one-paper", view="light"))
    page.locator(".live").wait_for(state="visible")
    file = lab.templates / "digest.html"
    source = file.read_text()
    try:
        file.write_text(source.replace("Unsubscribe", "Leave this list"))
        anew = frame(page, "light").get_by_text("Leave this list")
        anew.wait_for(state="attached")
    finally:
        file.write_text(source)
    frame(page, "light").get_by_text("Unsubscribe").wait_for(state="attached")


def test_lint_is_inline_and_leads_to_the_line(page, lab):
    file = lab.templates / "digest.html"
    source = file.read_text()
    try:
        file.write_text(source.replace("<h1 class", '<h2 class="x">Extra</h2>\n<h1 class'))
        page.goto(lab.page(example="one-paper"))
        said = page.locator(".findings li").first
        assert "h2 after nothing" in said.inner_text()
        said.get_by_role("link").click()
        expect(page.locator("li:target")).to_contain_text("Extra")
        assert "marked" in page.locator("li:target").get_attribute("class")
    finally:
        file.write_text(source)


def test_links_in_a_pane_open_nothing(page, lab):
    page.goto(lab.page(example="rich-day", view="light"))
    frame(page, "light").locator("h3 a").first.click()
    page.wait_for_timeout(200)
    assert len(page.context.pages) == 1
    expect(frame(page, "light").locator("h1")).to_contain_text("Ten papers")
    page.complaints.clear()  # Chromium says that it blocked the window


def test_a_hostile_digest_does_nothing(page, lab):
    page.goto(lab.page(example="hostile-day"))
    for one in PANES:
        assert frame(page, one.key).locator("h1").inner_text()
    assert page.evaluate("typeof window.pwn") == "undefined"
    assert page.locator("main script, main img").count() == 0


def test_it_works_without_script(browser, lab):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(lab.page(example="note-day", view="headers"))
    page.get_by_label("Example").select_option("maths-day")
    page.locator(".picker").first.get_by_role("button").click()
    page.get_by_role("link", name="Text", exact=True).click()
    expect(page.locator("#stage pre")).to_be_visible()
    assert "example=maths-day" in page.url
    context.close()


def test_a_test_copy_is_sent_from_the_page(page, lab):
    page.goto(lab.page(example="one-paper"))
    page.get_by_label("Address").fill("me@home.example")
    page.get_by_role("button", name="Send a test copy").click()
    expect(page.locator(".said")).to_contain_text("Accepted for me@home.example")
    assert lab.relay.received[-1].recipient == "me@home.example"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_lab_itself_fits_and_can_be_read(browser, lab, scheme, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(lab.page(example="rich-day", view="text"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    soft = "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    for selector in (".letter p", ".letter h1", ".meter span"):
        ink, ground = page.locator(selector).first.evaluate(soft)
        assert contrast(colour(ink), colour(ground)) >= 4.5, selector
    context.close()


def test_any_digest_is_seen_in_any_language(page, lab):
    page.goto(lab.page(example="rich-day", view="light"))
    page.get_by_label("Language").select_option("ar")
    page.get_by_label("Language").locator("xpath=..").get_by_role("button", name="Show").click()
    page.wait_for_url("**locale=ar**")
    expect(frame(page, "light").locator("html")).to_have_attribute("dir", "rtl")
    expect(frame(page, "light").locator("h1")).to_contain_text("أوراق")
    page.get_by_role("link", name="Dark", exact=True).click()
    expect(frame(page, "dark").locator("html")).to_have_attribute("lang", "ar")

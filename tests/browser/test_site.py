"""The site in a browser: from the first page to undo, with JavaScript and without; its looks.

axe's verdict is that of ../shared/judges, where they are; the rest is checked here.
"""

import os
import re
import subprocess

import pytest
from shared import shared
from site_server import PASSWORD, serving

sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright for Python")
expect = sync_api.expect


@pytest.fixture(scope="module")
def site(browser, tmp_path_factory):
    del browser  # nothing is started where it is absent
    with serving(tmp_path_factory.mktemp("site")) as server:
        yield server


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(request, browser, site):
    """A page that notes what it asked for, and what went wrong."""
    context = browser.new_context(java_script_enabled=request.param)
    shown = context.new_page()
    asked, complaints = [], []
    context.on("request", lambda request: asked.append(request.url))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    shown.script, shown.complaints = request.param, complaints
    yield shown
    context.close()
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
    assert complaints == []


def join(site, page, address, topics):
    page.goto(site.url)
    page.get_by_label("Your email address").fill(address)
    page.get_by_label("Your topics").fill(topics)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.locator("h1")).to_have_text("Look into your inbox")
    page.goto(site.link(site.mail(address, "Please confirm"), "confirm"))
    page.get_by_role("button", name="Yes, send it to me").click()
    expect(page.locator("h1")).to_have_text("Welcome")


def test_subscribe_confirm_manage_pause_unsubscribe_undo(site, page):
    address = f"ann-{page.script}@reader.example".lower()
    join(site, page, address, "agents, video generation")
    page.get_by_role("link", name="Open my page").click()
    expect(page.get_by_label("Your topics")).to_have_value("agents\nvideo generation")
    expect(page.locator("#sample")).to_contain_text("TUA-Bench")
    first = site.mail(address, "more")  # before the pause, which would keep it back

    page.get_by_label("Your topics").fill("robots")
    page.get_by_label("On weekdays").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_label("Your topics")).to_have_value("robots")
    expect(page.get_by_label("On weekdays")).to_be_checked()

    page.get_by_label("a week", exact=True).check()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="You are having a pause")).to_be_visible()
    page.get_by_role("button", name="Send it to me again").click()
    expect(page.get_by_role("status")).to_contain_text("comes to you again")

    page.goto(site.link(first, "unsubscribe"))
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.locator("h1")).to_have_text("You get no more mail from us")
    page.get_by_role("button", name="That was a mistake").click()
    expect(page.locator("h1")).to_have_text("You are here again")
    shown = site.installation("subscribers", "show", address, "--json").records[0]
    assert (shown["state"], shown["topics"]) == ("active", ["robots"])


def test_a_sample_of_what_is_typed(site, page):
    page.goto(site.url)
    page.get_by_label("Your topics").fill("video generation")
    if not page.script:
        page.get_by_role("button", name="Show me").click()
    expect(page.locator("#sample h2.heading").first).to_have_text("video generation")
    expect(page.get_by_role("heading", name="What you would have got today")).to_be_visible()
    expect(page.get_by_label("Your topics")).to_have_value("video generation")


def test_a_mistake_is_told_beside_its_field(site, page):
    page.goto(site.url)
    page.get_by_label("Your email address").fill("nowhere")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("alert")).to_contain_text("does not look like an address")
    expect(page.get_by_label("Your email address")).to_have_value("nowhere")
    page.complaints.clear()  # Chromium says so of any answer but 200


def test_a_library_teaches_and_a_paper_is_saved(site, page):
    address = f"bob-{page.script}@reader.example".lower()
    join(site, page, address, "agents")
    page.get_by_role("link", name="Open my page").click()
    mine = page.url
    content = b"@misc{a, title={Tool Agents}, eprint={2406.01234}, keywords={tools}}"
    page.get_by_label("A file").set_input_files(
        {"name": "mine.bib", "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Learn from these").click()
    expect(page.get_by_role("status")).to_contain_text("We read 1 work.")
    expect(page.get_by_label("arxiv:2406.01234")).to_be_visible()
    digest = site.mail(address, "more")
    link = re.search(r"/feedback/[\w-]+/arxiv:[\d.]+", digest.get_body(("html",)).get_content())[0]
    page.goto(site.url + link)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Save")).to_have_attribute("aria-pressed", "true")
    page.goto(mine)
    page.get_by_role("link", name="My saved papers").click()
    expect(page.locator("article")).to_have_count(1)
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("article")).to_have_count(0)


@pytest.fixture(scope="module")
def paths(site, browser):
    """One page of every kind."""
    address = "cem@reader.example"
    page = browser.new_context(java_script_enabled=False).new_page()
    join(site, page, address, "agents")
    mine = page.get_by_role("link", name="Open my page").get_attribute("href")
    digest = site.mail(address, "more")
    feedback = re.search(r"/feedback/[\w-]+/[^\"]+", digest.get_body(("html",)).get_content())[0]
    links = [site.link(digest, kind).removeprefix(site.url) for kind in ("unsubscribe", "digest")]
    saved = mine.replace("manage", "saved")
    page.context.close()
    return ["/", "/asked", "/operator", "/archive/", "/nowhere", mine, feedback, saved, *links]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("locale", ["en", "ar", "de"])
def test_nothing_scrolls_sideways(site, browser, paths, scheme, width, locale):
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=locale
    )
    page = context.new_page()
    for path in paths:
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()


def test_the_operator_s_page_has_its_plots(site, browser):
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(f"{site.url}/operator")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    # The cookie is for https alone; Chromium counts 127.0.0.1 among what can be trusted.
    expect(page.get_by_role("heading", name="How it goes")).to_be_visible()
    assert page.locator("svg.plot").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


@pytest.mark.slow
@pytest.mark.shared
def test_axe_finds_nothing(site, paths):
    """In ten views, light and dark: ../shared/judges/a11y.sh needs node, and its packages."""
    judge = shared("judges/a11y.sh")
    home = os.environ.get("JUDGE_HOME") or os.path.expanduser("~/.cache/mail-judges")  # noqa: PTH111
    if not os.path.isdir(f"{home}/node_modules/axe-core"):  # noqa: PTH112
        pytest.skip(f"needs axe-core below {home}: run {judge} once")
    for path in paths:
        said = subprocess.run(
            ["bash", str(judge), site.url + path],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert said.returncode == 0, (path, said.stdout[-2000:])

"""The system's own Chromium, driven by Playwright; without either, these tests are skipped."""

import os
import shutil
from pathlib import Path

import pytest
from lab_server import serving

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="module")  # while Playwright is open, nobody else may run a loop
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright for Python")
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs Chromium: there is none at {CHROMIUM} (CHROMIUM names another)")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield opened
        opened.close()


@pytest.fixture(scope="module")  # while Playwright is open, nobody else may run a loop
def lab(browser, tmp_path_factory):
    del browser  # nothing is started where it is absent
    with serving(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def page(browser, lab):
    """A page that notes what it asked for, and what went wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    shown = context.new_page()
    shown.asked, shown.complaints = [], []
    context.on("request", lambda request: shown.asked.append(request.url))
    shown.on("pageerror", lambda error: shown.complaints.append(str(error)))
    shown.on(
        "console",
        lambda said: shown.complaints.append(said.text) if said.type == "error" else None,
    )
    yield shown
    context.close()
    assert [url for url in shown.asked if not url.startswith((lab.url, "data:"))] == []
    assert shown.complaints == []

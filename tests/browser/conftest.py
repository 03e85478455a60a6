"""A real browser without a screen: Debian's Chromium, which may speak to nobody."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def chromium():
    """Closed with its module: while playwright is at work, its event loop is the thread's, and processes run for it."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Opened:
    """A page in a browser, and everything that it asked for or complained of."""

    def __init__(self, context, path):
        self.requests, self.complaints = [], []
        self.page = context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        self.page.on("dialog", lambda dialog: (self.complaints.append("dialog"), dialog.dismiss()))
        self.page.goto(path.as_uri())
        self.only = [path.as_uri()]

    def quiet(self):
        """Whether the page asked for nothing but itself, and complained of nothing."""
        return self.requests == self.only and self.complaints == []


@pytest.fixture
def opened(chromium, tmp_path):
    """A function that opens HTML in a window of its own; `scheme` and `width` are those of the device."""
    contexts = []

    def open_html(html, scheme="light", width=1280):
        path = tmp_path / "page.html"
        path.write_bytes(html.encode("utf-8", "replace"))
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
        contexts.append(context)
        return Opened(context, path)

    yield open_html
    for context in contexts:
        context.close()

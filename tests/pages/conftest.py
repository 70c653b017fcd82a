"""A real Chromium, and a hub behind the real server for it to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, sync_playwright

from freehold.core.accounts.actor import SYSTEM
from tests.kit.hub import TestHub
from tests.web.browsing import PASSWORD

PLACES = (Path("/usr/bin/chromium"), Path("/usr/bin/chromium-browser"))
CHROMIUM = next((str(path) for path in PLACES if path.exists()), "")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


def follow(what: Locator) -> None:
    """Click what leads to a page and wait until that page stands whole; a click alone ends at its first bytes."""
    with what.page.expect_navigation():
        what.click()


@dataclass
class Window:
    """A page under watch: what it asked of others, what it complained about, and what popped up."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._popped)

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.url).netloc:
            self.foreign.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        # An answer of 4xx is reported as an error too; pages that are such answers are looked at on purpose.
        text = message.text
        if message.type in ("error", "warning") and "server responded with a status" not in text:
            self.complaints.append(text)

    def _popped(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, name: str = "alice") -> None:
        self.go("/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        follow(self.page.locator("main button").first)

    def assert_quiet(self) -> None:
        assert (self.foreign, self.complaints, self.dialogs) == ([], [], [])


@pytest.fixture(scope="package")  # its event loop must not outlive these tests: others run loops of their own
def chromium() -> Iterator[Browser]:
    """One browser for these tests; each window has a context, and so cookies, of its own."""
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def served(hub: TestHub) -> Iterator[str]:
    """The address of the hub; alice has a password."""
    hub.rooms.people.set_password(SYSTEM, "alice", PASSWORD)
    with hub.serve() as url:
        yield url


@pytest.fixture
def opened(chromium: Browser, served: str):
    """Opens a window with the options of a browser context."""

    @contextmanager
    def open_window(**options: object) -> Iterator[Window]:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        try:
            yield Window(context.new_page(), served)
        finally:
            context.close()

    return open_window

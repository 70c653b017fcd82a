"""How soon somebody sees a page: first contentful paint in Chromium, its cache empty, on the example hub."""

from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.measure import Row, Samples, take_turns
from tests.kit.demo import told
from tests.pages.conftest import CHROMIUM, FLAGS

PAGES = {"home": "/", "the list of models": "/models", "a model": "/aviary/which-language"}
AIM = "≤ 300 ms"

_PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") done(entry.startTime / 1000);
}).observe({type: "paint", buffered: true}))"""


@dataclass
class Paint:
    """Each page in turn."""

    folder: Path

    def run(self, rounds: int) -> list[Row]:
        with told(self.folder) as demo, demo.serve() as url:
            taken = paints(url, PAGES, rounds)
        return [Row(f"first contentful paint, {name}", taken[name].text("s"), "", "", AIM) for name in PAGES]


def paints(url: str, pages: Mapping[str, str], rounds: int) -> dict[str, Samples]:
    """Seconds for each page of the hub at `url`; `pages` are paths by name."""
    # The hub prints every request; a measurement's own lines would be lost among them.
    with redirect_stdout(StringIO()), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        try:
            runs = {name: _painter(browser, url + path) for name, path in pages.items()}
            take_turns(runs, 1)  # templates are compiled and facts are kept from the first look on
            return take_turns(runs, rounds)
        finally:
            browser.close()


def _painter(browser: Browser, address: str) -> Callable[[int], float]:
    """Opens the address in a browser that has never been here; seconds until something is seen."""

    def paint(_: int) -> float:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        try:
            page = context.new_page()
            page.goto(address)
            return float(page.evaluate(_PAINTED))
        finally:
            context.close()

    return paint

"""Every page, in both themes, narrow and wide: usable by everybody, quiet, still, small."""

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response

from freehold.web.entering import HALFWAY_COOKIE
from tests.clients.javascript import MODULES
from tests.kit.demo import DemoHub
from tests.pages.conftest import follow
from tests.pages.every_page import NO_PAGES, PAGES, halfway, ids_in, page_routes

pytestmark = pytest.mark.pages

AXE = MODULES / "axe-core" / "axe.min.js"
"""Part of the JavaScript clients' environment (MPL-2.0; used by these tests, and no part of the hub)."""

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""What differs from theme to theme."""

STILL = 0.01
"""A layout shift that nobody sees; 0.1 is called good."""

WIDTHS = (1280, 360)
MOST_BYTES = 60_000
"""Of a page's style sheets and scripts, compressed."""

_WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
_ASK = """(rules) => axe.run(rules).then((found) => found.violations.map(
  (one) => `${one.id}: ${one.help}: ` + one.nodes.slice(0, 4).map(
    (node) => `${node.target.join(" ")} (${(node.any[0] || node.all[0] || node.none[0] || {message: ""}).message})`
  ).join(" | ")))"""


class Tour:
    """Looks at one page after another, by whoever it is for, and gathers what is wrong with it."""

    def __init__(self, chromium: Browser, url: str, demo: DemoHub) -> None:
        self.chromium, self.url, self.demo, self.password = chromium, url, demo, demo.password
        self.ids = ids_in(demo)
        self.faults: list[str] = []
        self._pages: dict[str, Page] = {}
        self._answers: list[Response] = []

    def page_of(self, who: str) -> Page:
        if who not in self._pages:
            context = self.chromium.new_context(viewport={"width": WIDTHS[0], "height": 900})
            context.add_init_script(_WATCH)
            context.add_init_script(path=AXE)
            page = self._pages[who] = context.new_page()
            page.on("response", self._note)
            name, _, state = who.partition(", ")
            if state:
                secret = halfway(self.demo, name)
                context.add_cookies([{"name": HALFWAY_COOKIE, "value": secret, "url": self.url}])
            elif name:
                self._sign_in(page, name)
        return self._pages[who]

    def _sign_in(self, page: Page, who: str) -> None:
        page.goto(self.url + "/login")
        page.fill("#name", who)
        page.fill("#password", self.password)
        follow(page.locator("main button").first)

    def _note(self, answer: Response) -> None:
        self._answers.append(answer)

    def look(self, who: str, path: str) -> None:
        page, path = self.page_of(who), path.format(**self.ids) if "{" in path else path
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        page.emulate_media(color_scheme="light")
        self._answers.clear()
        answer = page.goto(self.url + path, wait_until="load")
        here = f"{who or 'nobody'} at {path}"
        if answer is None or answer.status != 200:
            self.faults.append(f"{here}: {answer and answer.status}")
            return
        if answer.request.redirected_from is not None:
            self.faults.append(f"{here}: leads to {answer.url}")
        self._weigh(here)
        if (shifted := page.evaluate("window.shifted")) > STILL:
            self.faults.append(f"{here}: the layout shifts by {shifted:.3f}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for theme, rules in (("light", RULES), ("dark", CONTRAST)):
                page.emulate_media(color_scheme=theme)
                self._check(page, f"{here}, {theme}, {width} px", rules)
        self._in_german(page, path, here)

    def _check(self, page: Page, here: str, rules: dict[str, object]) -> None:
        page.evaluate("document.getAnimations().forEach((one) => one.finish())")  # the colours of a theme fade in
        self._fits(page, here)
        self.faults += [f"{here}: {said}" for said in page.evaluate(_ASK, rules)]

    def _fits(self, page: Page, here: str) -> None:
        wide, width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if wide > width:
            self.faults.append(f"{here}: scrolls sideways, {wide} px")

    def _in_german(self, page: Page, path: str, here: str) -> None:
        """Its words are longer."""
        page.set_extra_http_headers({"Accept-Language": "de"})
        page.goto(self.url + path, wait_until="load")
        self._fits(page, f"{here}, in German")
        page.set_extra_http_headers({})

    def _weigh(self, here: str) -> None:
        size = 0
        for answer in self._answers:
            if not answer.url.startswith(self.url) and not answer.url.startswith("data:"):
                self.faults.append(f"{here}: asks {answer.url}")
            if answer.request.resource_type in ("stylesheet", "script"):
                size += len(gzip.compress(answer.body()))
        if size > MOST_BYTES:
            self.faults.append(f"{here}: {size} bytes of style and script")


@pytest.fixture(scope="module")
def tour(chromium: Browser, demo: DemoHub) -> Iterator[Tour]:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; ./dev clients installs it where npm is")
    with demo.serve(sign_up="open") as url:
        yield Tour(chromium, url, demo)


def test_no_page_is_left_out(demo):
    assert set(page_routes(demo)) == {*PAGES, *NO_PAGES}


@pytest.mark.parametrize("name", PAGES)
def test_it_is_for_everybody(tour, name):
    tour.faults.clear()
    for who, path in PAGES[name]:
        tour.look(who, path)
    assert tour.faults == []

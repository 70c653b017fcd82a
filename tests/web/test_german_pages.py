"""Every page in German: nothing on it is said in English that the catalogue has German for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from freehold.app import House, build
from freehold.web.entering import HALFWAY_COOKIE
from tests.kit.demo import DemoHub
from tests.kit.hub import URL
from tests.kit.inprocess import InProcess
from tests.pages.every_page import PAGES, halfway, ids_in
from tests.web.browsing import Browser
from tests.web.reading import Reader, Untranslated

SAME_IN_BOTH = {"upload": {"Upload files"}, "gate": {"Purpose"}, "access": {"Purpose"}}
"""By the name of a page: what somebody wrote there, or a commit will say, in the very words of the hub."""


@dataclass(frozen=True)
class Door:
    """The example hub, as browsers without windows come to it."""

    house: House
    portal: BlockingPortal

    def client(self) -> httpx.Client:
        return httpx.Client(transport=InProcess(self.house.app, self.portal), base_url=URL)


class Tour:
    """Opens pages by whoever they are for."""

    def __init__(self, door: Door, demo: DemoHub) -> None:
        self.door, self.ids, self._demo = door, ids_in(demo), demo
        self.untranslated = Untranslated("de")
        self._browsers: dict[str, Browser] = {}

    def get(self, who: str, path: str, language: str) -> Reader:
        answer = self._browser(who).get(path.format(**self.ids) if "{" in path else path, language)
        if answer.status_code == 303:
            answer = self._browser(who).get(answer.headers["location"], language)
        assert answer.status_code == 200, f"{who} at {path}: {answer.status_code}"
        return Reader(answer.text)

    def _browser(self, who: str) -> Browser:
        if who not in self._browsers:
            browser = self._browsers[who] = Browser(self.door)
            name, _, state = who.partition(", ")
            if state:
                browser.client.cookies.set(HALFWAY_COOKIE, halfway(self._demo, name))
            elif name:
                assert browser.post("/login", name=name, password=self._demo.password).status_code == 303
        return self._browsers[who]


@pytest.fixture(scope="module")
def tour(demo: DemoHub) -> Iterator[Tour]:
    house = build(replace(demo.settings, sign_up="open"))
    try:
        with start_blocking_portal() as portal:
            yield Tour(Door(house, portal), demo)
    finally:
        house.rooms.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_said_in_english(tour, name):
    for who, path in PAGES[name]:
        page = tour.get(who, path, "de")
        assert page.lang == "de"
        said = set(tour.untranslated.among(page.texts)) & set(tour.get(who, path, "en").texts)
        assert sorted(said - SAME_IN_BOTH.get(name, set())) == [], f"{who or 'nobody'} at {path}"

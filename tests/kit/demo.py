"""The example hub, made once for all tests that look at it; they change nothing in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from anyio.from_thread import start_blocking_portal

from freehold.app import House, build
from freehold.core.accounts.actor import SYSTEM
from freehold.demo.seeding import seed
from freehold.settings import Settings
from tests.kit.hub import URL
from tests.kit.inprocess import InProcess
from tests.kit.live import live


@dataclass(frozen=True)
class DemoHub:
    """A folder in which the story was told, and the house around it."""

    settings: Settings
    password: str
    house: House

    @contextmanager
    def visitor(self, name: str = "") -> Iterator[httpx.Client]:
        """A browser without windows, signed in as somebody of the story."""
        with start_blocking_portal() as portal:
            client = httpx.Client(transport=InProcess(self.house.app, portal), base_url=URL)
            client.headers["Accept"] = "text/html"
            if name:
                account = self.house.rooms.people.by_name(name)
                assert account is not None
                token = self.house.rooms.tokens.add(SYSTEM, account.id, "for tests", "write")[1]
                client.headers["Authorization"] = f"Bearer {token}"
            yield client

    @contextmanager
    def serve(self, **settings: object) -> Iterator[str]:
        """The address of the hub behind the real server, with other settings where they are given."""
        with live(build(replace(self.settings, **settings)).app) as url:  # type: ignore[arg-type]
            yield url


@contextmanager
def told(folder: Path) -> Iterator[DemoHub]:
    """Make it."""
    settings = Settings(data=folder / "demo")
    note = seed(settings).note
    house = build(settings)
    try:
        yield DemoHub(settings, note.password, house)
    finally:
        house.rooms.close()

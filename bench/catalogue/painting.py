"""How soon pages of a hub with all these repositories are seen: first contentful paint in Chromium, its cache empty."""

from pathlib import Path

from bench.paint import paints
from freehold.app import build
from freehold.settings import Settings
from tests.kit.live import live

_PAGES = {
    "home": "/",
    "the list of models": "/models",
    "models with two facets": "/models?license=apache-2.0&language=en",
    "a search": "/search?q=whisper+small",
}
_ROUNDS = 20


def painted(folder: Path, database: str) -> list[tuple[str, str]]:
    """The figures of each page; `database` is empty for the SQLite in `folder`."""
    house = build(Settings(data=folder, database=database, jobs=False, rate_limits=""))
    try:
        with live(house.app) as url:
            taken = paints(url, _PAGES, _ROUNDS)
    finally:
        house.rooms.close()
    return [(f"first paint of {name}", taken[name].text("s")) for name in _PAGES]

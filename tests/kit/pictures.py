"""Takes the pictures of the README from the example hub: `./dev pictures`."""

import base64
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from freehold.app import build
from tests.kit.demo import DemoHub, told
from tests.kit.live import live

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
PORT = 8000
"""The one that newcomers will see."""
MOST_BYTES = 150_000


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: who looks at which page; `height` is that of the window."""

    name: str
    who: str
    path: str
    height: int = 800


SHOTS = (
    Shot("home", "", "/"),
    Shot("models", "", "/models"),
    Shot("model", "carol", "/aviary/which-language"),
    Shot("lineage", "", "/aviary/letters-en/lineage", 620),
    Shot("pull-request", "dave", "/datasets/dave/bird-colours/discussions/2/files", 620),
    Shot("gate", "frank", "/harbour/tides-1/access"),
)


def take(browser: Browser, url: str, demo: DemoHub) -> int:
    """Every picture in both themes; how many are too large."""
    too_large = 0
    for theme in ("light", "dark"):
        for shot in SHOTS:
            size = {"width": 1280, "height": shot.height}
            context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page = context.new_page()
            if shot.who:
                _sign_in(page, url, shot.who, demo.password)
            page.goto(url + shot.path, wait_until="networkidle")
            picture = _webp(page)
            (FOLDER / f"{shot.name}-{theme}.webp").write_bytes(picture)
            print(f"{shot.name}-{theme}.webp: {len(picture)} bytes")
            too_large += len(picture) > MOST_BYTES
            context.close()
    return too_large


def _sign_in(page: Page, url: str, who: str, password: str) -> None:
    page.goto(url + "/login")
    page.fill("#name", who)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url(lambda there: "/login" not in there)


def _webp(page: Page) -> bytes:
    asked = {"format": "webp", "quality": 82}
    return base64.b64decode(page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)["data"])


def main() -> int:
    """Take them; 1 if one is too large."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        told(Path(folder)) as demo,
        live(build(demo.settings).app, port=PORT) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        try:
            return 1 if take(browser, url, demo) else 0
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())

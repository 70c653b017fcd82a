"""The gate in a real Chromium: asked and decided without script, narrow and wide, in both themes."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_model
from tests.pages.conftest import follow
from tests.web.browsing import PASSWORD
from tests.web.pages.test_gates import CARD

pytestmark = pytest.mark.pages


@pytest.fixture
def birds(hub):
    hub.rooms.people.set_password(SYSTEM, "carol", PASSWORD)
    repo = a_model(hub, files={"README.md": CARD, "a.txt": b"song"})
    hub.rooms.repos.admin(hub.actor("alice"), repo).update(gated="manual")
    return repo


def fill(page) -> None:
    page.fill("#q0", "Birds & Co")
    page.select_option("#q1", "FR")
    page.fill("#q2", "2000-01-01")
    page.select_option("#q4", "other")
    page.check("[name=q5]")


def look(window, name: str) -> None:
    """Nothing scrolls sideways."""
    width = window.page.viewport_size["width"]
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_asking_and_deciding_fits_every_window_and_needs_no_script(opened, birds, theme, width):
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": theme, "java_script_enabled": False}
    with opened(**options) as carol, opened(**options) as alice:
        carol.sign_in("carol")
        carol.go("/alice/birds")
        look(carol, f"gate-{theme}-{width}")
        fill(carol.page)
        follow(carol.page.get_by_role("button", name="I agree to this"))
        assert "awaiting a review" in carol.page.inner_text(".gate")
        look(carol, f"pending-{theme}-{width}")
        alice.sign_in("alice")
        alice.go("/alice/birds")
        follow(alice.page.get_by_role("link", name="Access", exact=True))
        look(alice, f"access-{theme}-{width}")
        follow(alice.page.get_by_role("button", name="Accept carol"))
        alice.go("/alice/birds/access?status=accepted")
        look(alice, f"accepted-{theme}-{width}")
        carol.go("/settings/gated-repos")
        assert "you have access" in carol.page.inner_text("main")
        look(carol, f"requests-{theme}-{width}")
        carol.go("/alice/birds/blob/main/a.txt")
        assert "song" in carol.page.inner_text("main")
        alice.go("/alice/birds/settings")
        look(alice, f"settings-{theme}-{width}")
        carol.assert_quiet()
        alice.assert_quiet()

"""The page of SSH keys in a real browser: it fits, and works without script."""

import pytest

from tests.core.accounts.test_keys import line
from tests.kit.process import free_port
from tests.pages.conftest import follow

pytestmark = [
    pytest.mark.pages,
    pytest.mark.parametrize("hub", [{"ssh_port": free_port(), "port": free_port()}], indirect=True),
]


def test_a_key_is_registered_and_removed_without_script(opened, hub):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/settings/keys")
        window.page.fill("#key", line())
        window.page.check("input[value=read]")
        follow(window.page.get_by_role("button", name="Register key"))
        assert "laptop" in window.page.inner_text("table.data") and "SHA256:" in window.page.inner_text("table.data")
        follow(window.page.get_by_role("button", name="Remove laptop"))
        assert window.page.locator("table.data").count() == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits(opened, hub, theme, width):
    alice = hub.actor("alice")
    hub.rooms.keys.add(alice, alice.account_id, "x" * 100, line())
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.sign_in()
        window.go("/settings/keys")
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        window.assert_quiet()

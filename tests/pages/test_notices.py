"""The pages of webhooks and notifications in a real Chromium: quiet, themed, narrow and wide, without a mouse."""

import os
from pathlib import Path

import pytest

from tests.features.notices.conftest import a_webhook, say
from tests.features.notices.conftest import opened as discussed
from tests.kit.builders import a_commit, a_model
from tests.kit.receiver import Receiver

pytestmark = [
    pytest.mark.pages,
    pytest.mark.parametrize("hub", [{"outbound_networks": "127.0.0.1/32"}], indirect=True, ids=["loopback"]),
]


@pytest.fixture
def paths(hub):
    """Pages with something on them: deliveries and a notice."""
    birds = a_model(hub)
    with Receiver() as receiver:
        hook = a_webhook(hub, receiver, "user:alice", "model:alice/birds", secret="hush")
        a_commit(hub, birds, {"a.txt": b"a"})
        say(hub, discussed(hub, birds, "carol", "alice"))
        hub.work()
        yield ["/settings/webhooks", f"/settings/webhooks/{hook.id}", "/notifications"]
    hub.rooms.notices.webhooks.delete(hub.actor("alice"), hook.id)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_quiet_and_fit(opened, paths, theme, width):
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.sign_in("alice")
        for path in paths:
            window.go(path)
            for summary in window.page.locator("main summary").all():
                summary.click()
            wide = window.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} scrolls sideways"
            if folder := os.environ.get("SCREENSHOTS"):
                name = f"{path.strip('/').split('/')[-1][:16]}-{theme}-{width}.png"
                window.page.screenshot(path=Path(folder) / name, full_page=True)
        window.assert_quiet()


def test_a_webhook_is_made_from_the_keyboard_without_script(opened, paths):
    with opened(java_script_enabled=False) as window:
        window.sign_in("alice")
        window.go(paths[0])
        window.page.focus("#url")
        window.page.keyboard.type("https://receiver.example/")
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**/settings/webhooks/*")
        assert window.page.inner_text("h1") == "https://receiver.example/"
    window.assert_quiet()

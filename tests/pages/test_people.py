"""Profiles, likes and collections in a real Chromium: whole without script, and fitting every window."""

import re

import pytest

from freehold.features.collections.collections import Draft
from tests.kit.builders import a_model
from tests.pages.conftest import follow

pytestmark = pytest.mark.pages


@pytest.fixture
def garden(hub):
    a_model(hub, files={"README.md": b"# Birds"})
    a_model(hub, "alice/" + "long-" * 18 + "x")
    collections, alice = hub.rooms.collections, hub.actor("alice")
    made = collections.create(alice, Draft("alice", "Garden " + "w" * 80, "d" * 150))
    for name in ("birds", "long-" * 18 + "x"):
        collections.editor(alice, made.slug).add(collections.target(alice, "model", f"alice/{name}"), "n" * 500)
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(alice, hub_birds(hub)), likes=True)
    return made


def hub_birds(hub):
    return next(
        repo.repo_id
        for repo in hub.rooms.repos.owned_by(hub.actor("alice"), hub.actor("alice").account_id)
        if repo.name == "birds"
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_quiet_and_fit(opened, garden, theme, width):
    paths = [
        "/alice",
        "/acme",
        "/collections",
        "/collections/new",
        f"/collections/{garden.slug}",
        "/alice/birds/likers",
    ]
    paths += [f"/alice?view={view}" for view in ("collections", "likes", "activity", "followers", "following")]
    paths += ["/collections/add?kind=model&id=alice/birds"]
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.sign_in()
        for path in paths:
            window.go(path)
            for details in window.page.locator("main details").all():
                details.evaluate("one => { one.open = true; }")
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
            ground = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) == (theme == "dark")
        assert window.page.locator("img.face").count() == 0 or window.page.evaluate(
            "[...document.querySelectorAll('img.face')].every(one => !one.complete || one.naturalWidth > 0)"
        )
        window.assert_quiet()


def test_a_repository_is_liked_and_collected_without_script(opened, garden):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/alice/birds")
        follow(window.page.get_by_role("button", name="Liked"))
        follow(window.page.get_by_role("button", name="Like", exact=True))
        assert window.page.locator("button[aria-pressed=true]").count() == 1
        follow(window.page.get_by_role("link", name="Collect", exact=True))
        window.page.fill("#title", "Sung without script")
        follow(window.page.get_by_role("button", name="Add"))
        window.page.wait_for_url("**/collections/alice/sung-without-script-*")
        window.page.locator("summary", has_text="Add a note").click()
        window.page.fill("textarea[name=note] >> nth=0", "quietly")
        follow(window.page.get_by_role("button", name="Save the note"))
        assert window.page.inner_text(".item-note") == "quietly"
        follow(window.page.get_by_role("button", name="Remove"))
        assert window.page.locator(".item").count() == 0
        window.assert_quiet()


def test_items_are_moved_by_keyboard(opened, garden):
    with opened(viewport={"width": 1280, "height": 900}) as window:
        window.sign_in()
        window.go(f"/collections/{garden.slug}")
        before = window.page.locator(".item .repo-line").all_inner_texts()
        window.page.get_by_role("button", name="Move down").focus()
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**#item-*")
        assert window.page.locator(".item .repo-line").all_inner_texts() == before[::-1]
        window.assert_quiet()

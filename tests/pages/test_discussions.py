"""The Community pages in a real Chromium: they fit and stay quiet, and a story can be told without script."""

import pytest

from freehold.core.repos.requests import AddFile, CommitRequest
from tests.kit.builders import a_commit, a_model
from tests.pages.conftest import follow
from tests.web.hostile import SCRIPTS

pytestmark = pytest.mark.pages

LONG = b"x = '" + b"y" * 400 + b"'\n"


@pytest.fixture
def birds(hub):
    """A model with a discussion full of harm (1), a pull request (2) and one that conflicts (3)."""
    model = a_model(hub, files={"a.txt": b"one\n", "code.py": LONG})
    rooms = hub.rooms
    writer = rooms.repos.proposer(hub.actor("carol"), model)
    rooms.discussions.open(
        writer, "<script>alert(1)</script>" + "w" * 150, "\n\n".join(SCRIPTS).replace("\0", "")[:60_000]
    )
    for files in ({"b.txt": b"b\n", "code.py": LONG + LONG}, {"a.txt": b"theirs\n", "d" * 90: b"x"}):
        operations = [AddFile(path, content) for path, content in files.items()]
        writer.commit("main", CommitRequest("Change " + "it" * 60, "See #1", operations=operations), create_pr=True)
    a_commit(hub, model, {"a.txt": b"ours\n"})
    return model


PATHS = ("", "/new", "/new?kind=pull", "/1", "/2", "/2/commits", "/2/files", "/3", "/3/files")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_they_fit_and_are_quiet_whatever_they_hold(opened, birds, theme, width):
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.sign_in()
        for path in PATHS:
            window.go(f"/alice/birds/discussions{path}")
            assert window.page.locator("h2, .talk-list").count(), path
            for fold in window.page.locator("details:not(.menu) > summary").all():
                fold.click()
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, path
        window.assert_quiet()


def test_a_pull_request_is_answered_and_merged_without_script(opened, birds):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        page = window.page
        window.go("/alice/birds")
        follow(page.get_by_role("link", name="Community"))
        follow(page.get_by_role("link", name="Change").last)
        page.get_by_label("Say something").fill("Thank **you**")
        follow(page.get_by_role("button", name="Comment"))
        assert page.locator(".comment strong").inner_text() == "you"
        follow(page.get_by_role("link", name="Files changed"))
        assert page.locator(".diff").count() == 2
        follow(page.get_by_role("link", name="Conversation"))
        follow(page.get_by_role("button", name="Merge by a merge commit"))
        assert page.locator(".status").inner_text().strip() == "Merged"


def test_a_discussion_is_opened_and_closed_by_keyboard(opened, birds):
    with opened() as window:
        window.sign_in()
        page = window.page
        window.go("/alice/birds/discussions/new")
        page.focus("#title")
        page.keyboard.type("A question")
        page.keyboard.press("Tab")
        page.keyboard.type("How?")
        page.keyboard.press("Tab")  # to the pictures
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**/discussions/4")
        page.get_by_role("button", name="Close").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".status-closed")
        window.assert_quiet()

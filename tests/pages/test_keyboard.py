"""The ways that people take most, with the keyboard alone: every stop shows that it has the focus."""

import pytest

from tests.kit.builders import a_commit, a_model
from tests.web.browsing import PASSWORD

pytestmark = pytest.mark.pages

GATE = b"---\nextra_gated_fields:\n  Purpose: text\n---\n# Birds\n"
_FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {name: (one.innerText || "").trim(), id: one.id, shown: style.outlineStyle !== "none",
          covered: box.width > 1 && seen !== null && !one.contains(seen) && !seen.contains(one)
                   && !(one.labels && [...one.labels].some((label) => label.contains(seen)))};
}"""


def tab_to(page, wanted):
    """Press Tab until the focus is on what is called, or has the id, `wanted`."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focus = page.evaluate(_FOCUS)
        assert focus["shown"], focus
        assert not focus["covered"], focus
        if wanted in (focus["name"], focus["id"]):
            return
    pytest.fail(f"{wanted} cannot be reached by Tab")


def fill(page, field, text):
    tab_to(page, field)
    page.keyboard.type(text)


@pytest.fixture
def keyed(opened):
    with opened(viewport={"width": 1280, "height": 800}) as window:
        yield window
        window.assert_quiet()


def enter(window):
    window.go("/login")
    fill(window.page, "name", "alice")
    fill(window.page, "password", PASSWORD)
    tab_to(window.page, "Sign in")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(lambda url: "/login" not in url)


def test_signing_in(keyed):
    enter(keyed)
    keyed.go("/settings/tokens")
    assert "/login" not in keyed.page.url


def test_searching(keyed, hub):
    a_model(hub, files={"README.md": b"# Birds"})
    keyed.go("/")
    keyed.page.keyboard.press("/")
    keyed.page.keyboard.type("bird")
    keyed.page.keyboard.press("Enter")
    keyed.page.wait_for_url("**/search?q=bird*")
    assert "alice/birds" in keyed.page.inner_text("main")


def test_liking(keyed, hub):
    birds = a_model(hub, files={"README.md": b"# Birds"})
    enter(keyed)
    keyed.go("/alice/birds")
    tab_to(keyed.page, "Like")
    keyed.page.keyboard.press("Enter")
    keyed.page.wait_for_selector("button[aria-pressed=true]")
    assert hub.rooms.catalog.likes.count(hub.rooms.repos.reader(hub.actor("alice"), birds)) == 1


def test_making_a_repository(keyed):
    enter(keyed)
    keyed.go("/new")
    fill(keyed.page, "name", "nest")
    tab_to(keyed.page, "Create")
    keyed.page.keyboard.press("Enter")
    keyed.page.wait_for_url("**/alice/nest")


def test_asking_at_a_gate(keyed, hub):
    birds = a_model(hub, "bob/birds")
    a_commit(hub, birds, {"README.md": GATE})
    hub.rooms.repos.admin(hub.actor("bob"), birds).update(gated="manual")
    enter(keyed)
    keyed.go("/bob/birds")
    field = keyed.page.get_by_label("Purpose").get_attribute("id")
    fill(keyed.page, field, "Counting")
    tab_to(keyed.page, "Agree and send request to access repo")
    keyed.page.keyboard.press("Enter")
    keyed.page.get_by_role("button", name="Take the request back").wait_for()
    desk = hub.rooms.gating.keeper(hub.rooms.repos.writer(hub.actor("bob"), birds))
    assert [one.person.name for one in desk.requests("pending")] == ["alice"]

"""Pages in a real Chromium: whole without script, quiet, themed, narrow and wide, and usable from the keyboard."""

import re

import pytest

from tests.kit.builders import a_commit, a_dataset, a_model
from tests.pages.conftest import follow
from tests.web.hostile import REMOTE, SCRIPTS

pytestmark = pytest.mark.pages

CARD = b"""---
license: mit
pipeline_tag: fill-mask
---
# Birds

![pic](pic.svg) ![remote](https://evil.example/x.png)

## Use

```python
print("a long line that is longer than any narrow window is wide, to see that it scrolls by itself")
```

| a | b | c |
|---|---|---|
| a-cell-without-any-space-in-it-at-all | another-cell-without-any-space | a-third-one-of-these |
"""
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
    b'<script>alert(1)</script><rect width="9" height="9"/></svg>'
)
PATHS = (
    "/",
    "/models",
    "/alice",
    "/alice/birds",
    "/alice/birds/tree/main",
    "/alice/birds/blob/main/code.py",
    "/alice/birds/blob/main/pic.svg",
    "/alice/birds/commits/main",
    "/login",
    "/nobody/nothing",
)


@pytest.fixture
def birds(hub):
    a_dataset(hub)
    return a_model(hub, files={"README.md": CARD, "pic.svg": PICTURE, "code.py": b"x = '" + b"y" * 300 + b"'\n"})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_quiet_and_fit(opened, birds, theme, width):
    with opened(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        for path in PATHS:
            window.go(path)
            wide = window.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, path
            ground = window.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) == (theme == "dark")
        window.assert_quiet()


def test_a_picture_of_the_repository_is_drawn_and_its_script_is_not_run(opened, birds):
    with opened() as window:
        window.go("/alice/birds")
        window.page.locator(".prose img").scroll_into_view_if_needed()
        window.page.wait_for_function("document.querySelector('.prose img').naturalWidth === 20")
        window.assert_quiet()
        window.go("/alice/birds/resolve/main/pic.svg")
        assert window.dialogs == []


def test_signing_in_and_making_a_token_works_without_script(opened, hub):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/settings/tokens")
        window.page.fill("#name", "laptop")
        window.page.check("input[value=write]")
        follow(window.page.get_by_role("button", name="Create token"))
        assert re.search(r"hf_[A-Za-z0-9]{40}", window.page.inner_text(".fresh"))
        window.page.click(".menu summary")
        follow(window.page.get_by_role("button", name="Sign out"))
        assert window.page.get_by_role("link", name="Sign in").count()


def test_the_theme_changes_without_script_and_with_it(opened, birds):
    for script in (False, True):
        with opened(java_script_enabled=script, color_scheme="light") as window:
            window.go("/alice/birds")
            window.page.click("form.theme button")
            window.page.wait_for_selector("html[data-theme=dark]")
            window.page.wait_for_selector("form.theme button[value=light]")
            assert window.page.url.endswith("/alice/birds")
            window.go("/models")
            assert window.page.get_attribute("html", "data-theme") == "dark"


def test_the_search_key_and_copy_buttons_are_there_with_script(opened, birds):
    with opened() as window:
        window.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=window.url)
        window.go("/alice/birds")
        window.page.keyboard.press("/")
        assert window.page.evaluate("document.activeElement.id") == "site-search"
        window.page.keyboard.type("birds")
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**/search?q=birds")
        assert window.page.locator(".repo-row").count() == 1
        window.go("/alice/birds")
        window.page.locator(".prose .copied").hover()
        window.page.click(".prose .copy")
        assert window.page.evaluate("navigator.clipboard.readText()").startswith("print(")
        window.assert_quiet()


def test_a_visitor_gets_from_home_to_a_file_by_keyboard_alone(opened, birds):
    with opened(viewport={"width": 1280, "height": 800}) as window:
        window.go("/")
        window.page.keyboard.press("Tab")
        assert window.page.evaluate("document.activeElement.className") == "skip"
        for name, url in (("alice/birds", "/alice/birds"), ("Files", "/tree/main"), ("code.py", "/code.py")):
            tab_to(window.page, name)
            window.page.keyboard.press("Enter")
            window.page.wait_for_url(f"**{url}")
        window.assert_quiet()


def tab_to(page, name):
    """Press Tab until the focus is on what is called `name`; every stop on the way must be visibly focused."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focus = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.innerText || '', s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        assert focus[1] != "none", focus
        assert focus[2] >= 1
        if focus[0].strip() == name:
            return
    pytest.fail(f"{name} cannot be reached by Tab")


def test_hostile_cards_do_nothing_in_a_real_browser(opened, hub):
    repo = a_model(hub, "mallory/birds")
    corpus = [*SCRIPTS, *REMOTE]
    with opened() as window:
        for start in range(0, len(corpus), 8):
            text = "\n\n".join(corpus[start : start + 8])
            a_commit(hub, repo, {"README.md": f"{text}\n\n<!-- {start} -->\n".encode()})
            window.go("/mallory/birds")
            for element in window.page.locator(".prose a, .prose summary").all():
                element.dispatch_event("mouseover")
            assert (window.dialogs, window.foreign) == ([], []), text
            # Nothing may even have been tried: the policy is the second wall, not the first.
            assert not [said for said in window.complaints if "Content Security Policy" in said], text
            assert window.page.evaluate("document.title").endswith("Freehold")


EVIL = "<img src=x onerror=alert(1)>"


def test_hostile_names_and_metadata_are_text(opened, hub):
    fields = "".join(f"{key}: '{EVIL}'\n" for key in ("license_name", "tags", "language", "base_model", "pipeline_tag"))
    files = {"README.md": f"---\nlicense: other\n{fields}---\n", f"{EVIL}.txt": "x", "t.csv": f"{EVIL}\n1\n"}
    repo = a_model(hub, "mallory/birds", files={path: text.encode() for path, text in files.items()})
    oid = a_commit(hub, repo, {"x.md": EVIL.encode()}, summary=EVIL)
    hub.rooms.repos.writer(hub.actor("mallory"), repo).create_branch("a&b", None)
    with opened() as window:
        views = ("", "/tree/main", f"/blob/main/{EVIL}.txt", "/blob/main/t.csv", "/commits/main", f"/commit/{oid}")
        for path in (*views, "/tree/a%26b"):
            window.go(f"/mallory/birds{path}")
        window.go(f"/models?search={EVIL}&author={EVIL}&filter={EVIL}")
        window.assert_quiet()

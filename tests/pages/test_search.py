"""The search box in a real Chromium: from the keyboard, and without script."""

import pytest

from tests.kit.builders import a_dataset, a_model

pytestmark = pytest.mark.pages


def test_a_suggestion_is_chosen_from_the_keyboard(opened, hub):
    a_model(hub, "alice/birds"), a_dataset(hub, "alice/birdsong")
    with opened(viewport={"width": 360, "height": 700}) as window:
        window.go("/login")
        window.page.locator("h1").click()
        window.page.keyboard.press("/")
        window.page.keyboard.type("bird")
        window.page.get_by_role("option", name="alice/birdsong").wait_for()
        assert window.page.get_attribute("#site-search", "aria-expanded") == "true"
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 360
        for _ in range(2):
            window.page.keyboard.press("ArrowDown")
        chosen = window.page.get_attribute("#site-search", "aria-activedescendant")
        assert window.page.inner_text(f"#{chosen}") == "alice/birdsong"
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**/datasets/alice/birdsong")
        window.assert_quiet()


def test_escape_closes_the_suggestions_and_enter_shows_them_all(opened, hub):
    a_model(hub, "alice/birds")
    with opened() as window:
        window.go("/models")
        window.page.keyboard.press("/")
        window.page.keyboard.type("bird")
        window.page.get_by_role("option", name="alice/birds").wait_for()
        window.page.keyboard.press("Escape")
        assert window.page.locator(".suggestions").is_hidden()
        assert window.page.input_value("#site-search") == "bird"
        window.page.keyboard.press("Enter")
        window.page.wait_for_url("**/search?q=bird")
        assert window.page.locator("#found-models").is_visible()
        window.assert_quiet()


def test_the_box_is_a_form_without_script(opened, hub):
    a_model(hub, "alice/birds")
    with opened(java_script_enabled=False) as window:
        window.go("/")
        window.page.fill("#site-search", "birds")
        window.page.press("#site-search", "Enter")
        window.page.wait_for_url("**/search?q=birds")
        assert window.page.locator("#found-models").is_visible()
        window.assert_quiet()

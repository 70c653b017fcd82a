"""Signing in at one hub with an account of another: two real servers, one real browser, no script needed."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.kit.process import HubProcess
from tests.pages.conftest import follow

pytestmark = pytest.mark.pages

PASSWORD = "correct horse battery"
PROVIDERS = """
[[providers]]
name = "mother"
title = "The Mother Hub"
issuer = "{issuer}"
client_id = "{client_id}"
client_secret = "{secret}"
create = true
groups = {{ "acme" = "guests:write" }}
"""


def here(daughter: HubProcess) -> str:
    """By another host name: cookies do not tell ports apart."""
    return f"http://localhost:{daughter.port}"


def sign_in(page: Page, name: str) -> None:
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    follow(page.get_by_role("button", name="Sign in", exact=True))


def add(hub: HubProcess, name: str) -> None:
    hub.add(name)
    hub.command("user", "password", name, text=f"{PASSWORD}\n")


def register(browser: Browser, provider: HubProcess, back: str) -> tuple[str, str]:
    """Register the other hub as an application of alice, in the browser."""
    page = browser.new_context().new_page()
    page.goto(f"{provider.url}/login?next=/settings/applications")
    sign_in(page, "alice")
    page.fill("#name", "The Daughter Hub")
    page.fill("#redirects", back)
    follow(page.get_by_role("button", name="Register"))
    facts = page.locator(".fresh dd").all_inner_texts()
    page.context.close()
    return facts[0], facts[1]


@pytest.fixture(scope="module")
def hubs(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubProcess, HubProcess]]:
    """The provider, and the hub that lets its people in."""
    folder = tmp_path_factory.mktemp("hubs")
    file = Path(folder / "providers.toml")
    file.write_text("")
    mother = HubProcess(folder / "mother", hub_name="Mother")
    daughter = HubProcess(folder / "daughter", hub_name="Daughter", outbound_networks="127.0.0.0/8", providers=file)
    with mother:
        for name in ("alice", "bob"):
            add(mother, name)
        mother.command("org", "add", "acme", "--member", "alice:admin", "--member", "bob:write")
        client_id, secret = register(chromium, mother, f"{here(daughter)}/login/with/mother/callback")
        file.write_text(PROVIDERS.format(issuer=mother.url, client_id=client_id, secret=secret))
        with daughter:
            daughter.command("org", "add", "guests")
            add(daughter, "zoe")
            yield mother, daughter


@pytest.fixture(scope="module")
def known(chromium: Browser, hubs: tuple[HubProcess, HubProcess]) -> None:
    """alice has come in this way before."""
    mother, daughter = hubs
    page = chromium.new_context().new_page()
    page.goto(f"{mother.url}/login")
    sign_in(page, "alice")
    page.goto(f"{here(daughter)}/login/with/mother")
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{here(daughter)}/")
    page.context.close()


def test_a_newcomer_signs_in_with_the_other_hub(chromium, hubs):
    mother, daughter = hubs
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"{here(daughter)}/login?next=/settings/tokens")
    follow(page.get_by_role("link", name="Sign in with The Mother Hub"))
    assert urlsplit(page.url).netloc == urlsplit(mother.url).netloc
    sign_in(page, "bob")
    page.get_by_text("Allow The Daughter Hub?").wait_for()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{here(daughter)}/settings/tokens")
    assert page.inner_text(".menu-name") == "bob"
    page.goto(f"{here(daughter)}/guests")
    assert "bob" in page.inner_text("main")
    page.context.close()


@pytest.mark.usefixtures("known")
def test_the_second_time_nothing_is_asked(chromium, hubs):
    mother, daughter = hubs
    page = chromium.new_context().new_page()
    page.goto(f"{mother.url}/login")
    sign_in(page, "alice")
    page.goto(f"{here(daughter)}/login/with/mother")
    page.wait_for_url(f"{here(daughter)}/")
    page.context.close()


def test_somebody_who_has_an_account_links_it_first(chromium, hubs):
    mother, daughter = hubs
    add(mother, "zoe")
    page = chromium.new_context().new_page()
    page.goto(f"{here(daughter)}/login?next=/settings/providers")
    sign_in(page, "zoe")
    follow(page.get_by_role("button", name="Link The Mother Hub"))
    page.wait_for_url(f"{mother.url}/login**")
    sign_in(page, "zoe")
    follow(page.get_by_role("button", name="Allow"))
    page.wait_for_url(f"{here(daughter)}/settings/providers")
    assert "The Mother Hub" in page.inner_text("main") and "Unlink" in page.inner_text("main")
    page.context.close()


@pytest.mark.usefixtures("known")
def test_an_answer_in_another_browser_opens_nothing(chromium, hubs):
    mother, daughter = hubs
    page = chromium.new_context().new_page()
    page.goto(f"{mother.url}/login")
    sign_in(page, "alice")
    answers = "**/login/with/mother/callback**"
    page.route(answers, lambda route: route.abort())
    with page.expect_request(answers) as caught:
        page.goto(f"{here(daughter)}/login/with/mother")
    victim = chromium.new_context().new_page()
    answer = victim.goto(caught.value.url)
    assert answer.status == 401 and "another browser" in victim.inner_text("main")
    victim.context.close()
    page.context.close()

"""Second factors in a real Chromium: passkeys by its virtual authenticator, codes without any script."""

import re
from base64 import b32decode

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.people import MIN_PASSWORD
from freehold.wire.totp import code_at
from tests.kit.hub import TestHub
from tests.kit.postoffice import PostOffice
from tests.pages.conftest import Window, follow
from tests.web.browsing import PASSWORD

pytestmark = pytest.mark.pages

INNER = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class Authenticator:
    """The virtual one that Chromium gives to a window."""

    def __init__(self, window: Window, **options: object) -> None:
        self._cdp = window.page.context.new_cdp_session(window.page)
        self._cdp.send("WebAuthn.enable")
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": INNER | options})["authenticatorId"]

    def forget_who_it_is(self) -> None:
        """Its person's finger is not known any more."""
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": False})

    def passkeys(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})[
            "credentials"
        ]
        return found


@pytest.fixture
def at_home(opened, served):
    """Opens windows that reach the hub by a host name, as passkeys need."""

    def open_window(**options):
        context = opened(**options)
        return _Named(context)

    return open_window


class _Named:
    def __init__(self, context):
        self._context = context

    def __enter__(self) -> Window:
        window = self._context.__enter__()
        window.url = window.url.replace("127.0.0.1", "localhost")
        return window

    def __exit__(self, *reasons):
        return self._context.__exit__(*reasons)


def sign_out(window: Window) -> None:
    window.page.click("details.menu summary")
    follow(window.page.get_by_role("button", name="Sign out"))


def with_passkey(window: Window) -> None:
    """alice signs in by password and adds one."""
    window.sign_in()
    window.go("/settings/security")
    window.page.fill("#name", "laptop")
    follow(window.page.get_by_role("button", name="Add a passkey"))
    window.page.get_by_role("heading", name="Your recovery codes").wait_for()
    assert "laptop" in window.page.inner_text("main")


def test_a_passkey_is_added_and_signs_in_alone(at_home):
    with at_home() as window:
        authenticator = Authenticator(window)
        with_passkey(window)
        assert len(authenticator.passkeys()) == 1
        sign_out(window)
        window.go("/login?next=/settings/sessions")
        follow(window.page.get_by_role("button", name="Sign in with a passkey"))
        window.page.get_by_role("heading", name="Sessions").wait_for()
        assert "passkey" in window.page.inner_text("table.data")
        window.assert_quiet()


def test_a_passkey_is_the_second_factor_beside_the_password(at_home):
    with at_home() as window:
        authenticator = Authenticator(window)
        with_passkey(window)
        sign_out(window)
        authenticator.forget_who_it_is()  # as a second factor it need not know
        window.go("/login")
        window.page.fill("#name", "alice")
        window.page.fill("#password", PASSWORD)
        follow(window.page.get_by_role("button", name="Sign in", exact=True))
        window.page.get_by_role("heading", name="One more step").wait_for()
        window.page.get_by_role("button", name="Use a passkey").click()
        window.page.locator(".menu-name", has_text="alice").wait_for()


def test_alone_it_must_know_its_person(at_home):
    with at_home() as window:
        authenticator = Authenticator(window)
        with_passkey(window)
        sign_out(window)
        authenticator.forget_who_it_is()
        window.go("/login")
        window.page.get_by_role("button", name="Sign in with a passkey").click()
        window.page.get_by_text("Nothing was sent").wait_for()


def test_an_answer_counts_once_and_in_its_own_browser_only(at_home):
    with at_home() as window:
        Authenticator(window)
        with_passkey(window)
        sign_out(window)
        sent = []
        window.page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
        window.go("/login")
        window.page.get_by_role("button", name="Sign in with a passkey").click()
        window.page.locator(".menu-name", has_text="alice").wait_for()
        answer = re.search(r"answer=([^&]+)", sent[-1])[1]
        sign_out(window)
        for browser in (window, None):
            if browser is None:
                with at_home() as elsewhere:
                    assert replayed(elsewhere, answer) == 401
            else:
                assert replayed(browser, answer) == 401


def replayed(window: Window, answer: str) -> int:
    from urllib.parse import unquote_plus

    window.go("/login")
    token = window.page.locator("input[name=csrf]").first.input_value()
    form = {"csrf": token, "answer": unquote_plus(answer), "next": "/"}
    # As the page itself would send it, by the browser's own hand.
    window.page.evaluate(
        """([action, form]) => { const f = document.createElement("form"); f.method = "post"; f.action = action;
        for (const [k, v] of Object.entries(form)) { const i = document.createElement("input"); i.name = k; i.value = v;
        f.append(i); } document.body.append(f); f.submit(); }""",
        ["/login/passkey", form],
    )
    window.page.wait_for_url("**/login/passkey")
    return 401 if "try again" in window.page.inner_text("[role=alert]").lower() else 200


def test_at_a_bare_address_there_are_no_passkeys(opened):
    with opened() as window:
        window.sign_in()
        window.go("/settings/security")
        assert "host name" in window.page.inner_text("main")
        assert window.page.locator("form[data-passkey]").count() == 0


def test_an_app_is_set_up_and_asked_for_without_script(opened, hub):
    with opened(java_script_enabled=False) as window:
        window.sign_in()
        window.go("/settings/security")
        follow(window.page.get_by_role("button", name="Set up an app"))
        assert window.page.locator(".totp svg[role=img], .totp svg").count() == 1
        secret = b32decode(window.page.inner_text(".totp code"))

        def code() -> str:
            hub.clock.advance(30)
            return code_at(secret, hub.clock() // 30_000_000)

        window.page.fill("#code", code())
        follow(window.page.get_by_role("button", name="Set up", exact=True))
        recovery = window.page.inner_text(".recovery code").split()
        assert len(recovery) == 10
        sign_out(window)
        window.sign_in()
        assert "One more step" in window.page.inner_text("h1")
        window.page.fill("#code", code())
        follow(window.page.get_by_role("button", name="Sign in", exact=True).first)
        assert window.page.locator(".menu-name", has_text="alice").count() == 1
        sign_out(window)
        window.sign_in()
        window.page.click("summary:has-text('recovery code')")
        window.page.fill("#recovery-code", recovery[0])
        follow(window.page.locator("details").get_by_role("button", name="Sign in"))
        assert window.page.locator(".menu-name", has_text="alice").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit(at_home, theme, width):
    with at_home(viewport={"width": width, "height": 800}, color_scheme=theme) as window:
        window.go("/login/reset")
        window.sign_in()
        for page in ("profile", "password", "security", "sessions", "account", "confirm", "tokens", "storage"):
            window.go(f"/settings/{page}")
            assert window.page.evaluate("document.documentElement.scrollWidth") <= width, page
        window.go("/settings/security")
        follow(window.page.get_by_role("button", name="Set up an app"))
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        window.assert_quiet()


# ---- By mail ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(tmp_path):
    """A served hub with a mail server, and that server."""
    with PostOffice() as office:
        hub = TestHub(tmp_path, smtp_url=office.url, mail_from="hub@hub.test", sign_up="open")
        try:
            with hub.serve() as url:
                yield hub, url, office
        finally:
            hub.close()


def letter(office: PostOffice, url: str) -> str:
    """The path of the link in the one letter that comes."""
    import time

    until = time.monotonic() + 20
    while not office.mails and time.monotonic() < until:
        time.sleep(0.05)
    (mail,) = office.take()
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.get_content())[1]


def test_somebody_invited_by_mail_joins_forgets_the_password_and_comes_back(chromium, mailing):
    hub, url, office = mailing
    hub.rooms.doors.joining.invite(SYSTEM, "dora@example.org", [("acme", "write")])
    context = chromium.new_context(java_script_enabled=False)
    window = Window(context.new_page(), url)
    window.go(letter(office, url))
    assert "dora@example.org" in window.page.inner_text("main")
    window.page.fill("#name", "dora")
    window.page.fill("#password", "x" * (MIN_PASSWORD - 3) + "yes")
    follow(window.page.get_by_role("button", name="Make my account"))
    assert window.page.locator(".menu-name", has_text="dora").count() == 1
    assert [org.name for org in hub.rooms.people.orgs_of(hub.actor("dora").account_id)] == ["acme"]
    sign_out(window)
    window.go("/login/reset")
    window.page.fill("#name", "dora@example.org")
    follow(window.page.get_by_role("button", name="Send me a link"))
    assert "is on its way" in window.page.inner_text("main")
    window.go(letter(office, url))
    for field in ("#password", "#again"):
        window.page.fill(field, PASSWORD)
    follow(window.page.get_by_role("button", name="Set password"))
    assert "Your password is changed" in window.page.inner_text("main")
    window.sign_in("dora")
    assert window.page.locator(".menu-name", has_text="dora").count() == 1
    window.assert_quiet()
    context.close()


def test_somebody_signs_up_where_the_hub_is_open(chromium, mailing):
    hub, url, office = mailing
    context = chromium.new_context()
    window = Window(context.new_page(), url)
    window.go("/login")
    follow(window.page.get_by_role("link", name="Make an account"))
    for field, text in (("#name", "dora"), ("#email", "dora@example.org"), ("#password", PASSWORD)):
        window.page.fill(field, text)
    follow(window.page.get_by_role("button", name="Make my account"))
    assert "Look into your mail" in window.page.inner_text("h1")
    window.go(letter(office, url))
    follow(window.page.get_by_role("button", name="Make my account"))
    window.sign_in("dora")
    assert hub.rooms.people.by_name("dora").email == "dora@example.org"
    context.close()

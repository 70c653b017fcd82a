"""What people come to a hub for, each from beginning to end in a real Chromium, without script."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.requests import AddFile, CommitRequest
from tests.kit.builders import a_dataset, a_model
from tests.web.browsing import PASSWORD

pytestmark = pytest.mark.pages

CARD = b"---\nlicense: mit\n---\n# Birds\n\nA model of birds.\n"


@pytest.fixture
def birds(hub):
    a_dataset(hub, files={"songs.csv": b"bird,song\nwren,trill\n"})
    return a_model(hub, files={"README.md": CARD, "notes.txt": b"Nine wrens.\n"})


@pytest.fixture
def plain(opened, hub):
    """A window without script in which somebody is signed in, or (None) nobody."""

    def open_for(name):
        if name not in (None, "alice"):
            hub.rooms.people.set_password(SYSTEM, name, PASSWORD)
        return opened(java_script_enabled=False, accept_downloads=True)

    return open_for


def test_a_visitor_finds_a_model_reads_its_card_and_downloads_a_file(plain, birds):
    with plain(None) as window:
        window.go("/")
        window.page.fill("#hero-search", "bird")
        window.page.locator(".hero-search button").click()
        window.page.get_by_role("link", name="alice/birds").first.click()
        assert "A model of birds." in window.page.inner_text(".prose")
        window.page.get_by_role("link", name="Files", exact=True).click()
        window.page.get_by_role("link", name="notes.txt").first.click()
        with window.page.expect_download() as waiting:
            window.page.get_by_role("link", name="Download").first.click()
        assert waiting.value.path().read_bytes() == b"Nine wrens.\n"
        window.assert_quiet()


def test_a_repository_is_made_hidden_and_deleted(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/new")
        window.page.check("input[name=kind][value=dataset]")
        window.page.fill("#name", "eggs")
        window.page.get_by_role("button", name="Create").click()
        window.page.wait_for_url("**/datasets/alice/eggs")
        window.page.get_by_role("link", name="Settings", exact=True).click()
        window.page.check("input[name=visibility][value=private]")
        window.page.get_by_role("button", name="Save").first.click()
        assert hub.client().get("/api/datasets/alice/eggs").status_code == 401
        window.go("/datasets/alice/eggs/settings")
        window.page.fill("form.end input[name=name]", "alice/eggs")
        window.page.get_by_role("button", name="Delete for good").click()
        window.go("/datasets/alice/eggs")
        assert "404" in window.page.inner_text("main")
        window.assert_quiet()


def test_somebody_follows_and_stops_following(plain, hub):
    with plain("bob") as window:
        window.sign_in("bob")
        window.go("/alice")
        window.page.get_by_role("button", name="Follow", exact=True).click()
        window.go("/alice?view=followers")
        assert "bob" in window.page.inner_text("main")
        window.page.get_by_role("button", name="Stop following").click()
        assert window.page.get_by_role("button", name="Follow", exact=True).count() == 1
        window.assert_quiet()


def test_a_token_is_rotated_and_revoked(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/settings/tokens")
        window.page.fill("#name", "laptop")
        window.page.get_by_role("button", name="Create token").click()
        first = window.page.locator("pre code").first.inner_text().strip()
        window.page.get_by_role("button", name="Rotate").click()
        second = window.page.locator("pre code").first.inner_text().strip()
        assert hub.client(token=second).get("/api/whoami-v2").json()["name"] == "alice"
        assert first != second
        window.page.get_by_role("button", name="Revoke").click()
        assert hub.client(token=second).get("/api/whoami-v2").status_code == 401
        window.assert_quiet()


def test_a_notice_leads_to_the_discussion_and_is_read_then(plain, hub, birds):
    writer = hub.rooms.repos.proposer(hub.actor("bob"), birds)
    hub.rooms.discussions.open(writer, "How many wrens?", "Nine, @alice?")
    hub.work()
    with plain("alice") as window:
        window.sign_in()
        window.go("/notifications")
        window.page.get_by_role("button", name="Mark read").click()
        assert window.page.get_by_role("button", name="Mark unread").count() == 1
        window.page.get_by_role("button", name="Hear no more of it").click()
        assert window.page.get_by_role("button", name="Hear of it again").count() == 1
        window.page.get_by_role("link", name="How many wrens?").click()
        assert "Nine" in window.page.inner_text("main")
        window.assert_quiet()


def test_a_member_is_invited_and_joins(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/organizations/acme/settings")
        window.page.fill("#invite", "carol")
        window.page.get_by_role("button", name="Invite").click()
        assert "carol" in window.page.inner_text("main")
    with plain("carol") as window:
        window.sign_in("carol")
        window.go("/settings/organizations")
        window.page.get_by_role("button", name="Join").click()
        assert hub.rooms.people.orgs_of(hub.actor("carol").account_id)[0].name == "acme"
        window.assert_quiet()


def test_a_profile_gets_a_name(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/settings/profile")
        window.page.fill("#full-name", "Alice of the birds")
        window.page.get_by_role("button", name="Save").first.click()
        window.go("/alice")
        assert "Alice of the birds" in window.page.inner_text("main")
        window.assert_quiet()


def test_what_is_wrong_is_reported_and_answered(plain, hub, birds):
    hub.rooms.people.set_password(SYSTEM, "admin", PASSWORD)
    with plain("carol") as window:
        window.sign_in("carol")
        window.go("/alice/birds")
        window.page.get_by_role("link", name="Report this model").click()
        window.page.check("input[name=category][value=spam]")
        window.page.fill("#text", "It only says where to buy seeds.")
        window.page.get_by_role("button", name="Send report").click()
        assert "alice/birds" in window.page.inner_text("main")
    with plain("admin") as window:
        window.sign_in("admin")
        window.go("/-/admin/reports")
        assert "where to buy seeds" in window.page.inner_text("main")
        window.assert_quiet()


def test_a_session_elsewhere_is_ended(plain, opened, hub):
    with plain("alice") as elsewhere, plain("alice") as window:
        elsewhere.sign_in()
        window.sign_in()
        window.go("/settings/sessions")
        window.page.get_by_role("button", name="End all others").click()
        elsewhere.go("/settings/tokens")
        assert "/login" in elsewhere.page.url
        window.go("/settings/tokens")
        assert "/login" not in window.page.url


def test_what_changed_is_seen_in_the_history(plain, hub, birds):
    writer = hub.rooms.repos.writer(hub.actor("alice"), birds)
    writer.commit("main", CommitRequest("Count again", operations=[AddFile("notes.txt", b"Ten wrens.\n")]))
    with plain(None) as window:
        window.go("/alice/birds")
        window.page.get_by_role("link", name="History", exact=True).click()
        window.page.get_by_role("link", name="Count again").first.click()
        assert "Ten wrens." in window.page.inner_text(".diff-added >> nth=0")
        window.assert_quiet()

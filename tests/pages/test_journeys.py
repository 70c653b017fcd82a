"""What people come to a hub for, each from beginning to end in a real Chromium, without script."""

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.requests import AddFile, CommitRequest
from tests.kit.builders import a_dataset, a_model
from tests.pages.conftest import follow
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
        follow(window.page.locator(".hero-search button"))
        follow(window.page.get_by_role("link", name="alice/birds").first)
        assert "A model of birds." in window.page.inner_text(".prose")
        follow(window.page.get_by_role("link", name="Files", exact=True))
        follow(window.page.get_by_role("link", name="notes.txt").first)
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
        follow(window.page.get_by_role("button", name="Create"))
        window.page.wait_for_url("**/datasets/alice/eggs")
        follow(window.page.get_by_role("link", name="Settings", exact=True))
        window.page.check("input[name=visibility][value=private]")
        follow(window.page.get_by_role("button", name="Save").first)
        assert hub.client().get("/api/datasets/alice/eggs").status_code == 401
        window.go("/datasets/alice/eggs/settings")
        window.page.fill("form.end input[name=name]", "alice/eggs")
        follow(window.page.get_by_role("button", name="Delete for good"))
        window.go("/datasets/alice/eggs")
        assert "404" in window.page.inner_text("main")
        window.assert_quiet()


def test_somebody_follows_and_stops_following(plain, hub):
    with plain("bob") as window:
        window.sign_in("bob")
        window.go("/alice")
        follow(window.page.get_by_role("button", name="Follow", exact=True))
        window.go("/alice?view=followers")
        assert "bob" in window.page.inner_text("main")
        follow(window.page.get_by_role("button", name="Stop following"))
        assert window.page.get_by_role("button", name="Follow", exact=True).count() == 1
        window.assert_quiet()


def test_a_token_is_rotated_and_revoked(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/settings/tokens")
        window.page.fill("#name", "laptop")
        follow(window.page.get_by_role("button", name="Create token"))
        first = window.page.locator("pre code").first.inner_text().strip()
        follow(window.page.get_by_role("button", name="Rotate"))
        second = window.page.locator("pre code").first.inner_text().strip()
        assert hub.client(token=second).get("/api/whoami-v2").json()["name"] == "alice"
        assert first != second
        follow(window.page.get_by_role("button", name="Revoke"))
        assert hub.client(token=second).get("/api/whoami-v2").status_code == 401
        window.assert_quiet()


def test_a_notice_leads_to_the_discussion_and_is_read_then(plain, hub, birds):
    writer = hub.rooms.repos.proposer(hub.actor("bob"), birds)
    hub.rooms.discussions.open(writer, "How many wrens?", "Nine, @alice?")
    hub.work()
    with plain("alice") as window:
        window.sign_in()
        window.go("/notifications")
        follow(window.page.get_by_role("button", name="Mark read"))
        assert window.page.get_by_role("button", name="Mark unread").count() == 1
        follow(window.page.get_by_role("button", name="Hear no more of it"))
        assert window.page.get_by_role("button", name="Hear of it again").count() == 1
        follow(window.page.get_by_role("link", name="How many wrens?"))
        assert "Nine" in window.page.inner_text("main")
        window.assert_quiet()


def test_a_member_is_invited_and_joins(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/organizations/acme/settings")
        window.page.fill("#invite", "carol")
        follow(window.page.get_by_role("button", name="Invite"))
        assert "carol" in window.page.inner_text("main")
    with plain("carol") as window:
        window.sign_in("carol")
        window.go("/settings/organizations")
        follow(window.page.get_by_role("button", name="Join"))
        assert hub.rooms.people.orgs_of(hub.actor("carol").account_id)[0].name == "acme"
        window.assert_quiet()


def test_a_profile_gets_a_name(plain, hub):
    with plain("alice") as window:
        window.sign_in()
        window.go("/settings/profile")
        window.page.fill("#full-name", "Alice of the birds")
        follow(window.page.get_by_role("button", name="Save").first)
        window.go("/alice")
        assert "Alice of the birds" in window.page.inner_text("main")
        window.assert_quiet()


def test_what_is_wrong_is_reported_and_answered(plain, hub, birds):
    hub.rooms.people.set_password(SYSTEM, "admin", PASSWORD)
    with plain("carol") as window:
        window.sign_in("carol")
        window.go("/alice/birds")
        follow(window.page.get_by_role("link", name="Report this model"))
        window.page.check("input[name=category][value=spam]")
        window.page.fill("#text", "It only says where to buy seeds.")
        follow(window.page.get_by_role("button", name="Send report"))
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
        follow(window.page.get_by_role("button", name="End all others"))
        elsewhere.go("/settings/tokens")
        assert "/login" in elsewhere.page.url
        window.go("/settings/tokens")
        assert "/login" not in window.page.url


def test_what_changed_is_seen_in_the_history(plain, hub, birds):
    writer = hub.rooms.repos.writer(hub.actor("alice"), birds)
    writer.commit("main", CommitRequest("Count again", operations=[AddFile("notes.txt", b"Ten wrens.\n")]))
    with plain(None) as window:
        window.go("/alice/birds")
        follow(window.page.get_by_role("link", name="History", exact=True))
        follow(window.page.get_by_role("link", name="Count again").first)
        assert "Ten wrens." in window.page.inner_text(".diff-added >> nth=0")
        window.assert_quiet()

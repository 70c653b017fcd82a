"""The life of a gated model, with a real Chromium and the real `hf`: asked for, let in, changed, agreed to, revoked."""

from pathlib import Path

import httpx
import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.gate import Policy, Reaccept
from tests.clients.client import ENVIRONMENTS, Client
from tests.kit.builders import a_commit
from tests.kit.gitclient import address, clone
from tests.pages.conftest import follow
from tests.protocols.test_gates import VAULT, Vault
from tests.web.browsing import PASSWORD

pytestmark = [pytest.mark.pages, pytest.mark.clients]
CARD = b"---\nextra_gated_prompt: %s\nextra_gated_fields:\n  Company: text\n---\n# Birds\n"


@pytest.fixture
def vault(hub):
    made = Vault(hub)
    made.build()
    hub.rooms.people.set_password(SYSTEM, "carol", PASSWORD)
    a_commit(hub, VAULT, {"README.md": CARD % b"Harm nobody."})
    hub.work()
    made.gating.admin(made.writer()).set_policy(Policy(Reaccept.NOW))
    yield made
    hub.work()


def agree(page) -> None:
    page.fill("#q0", "Birds & Co")
    follow(page.get_by_role("button", name="Agree and send"))


def download(person: Client, folder: Path) -> str:
    """What `hf` says to a download into an empty folder; empty if it worked."""
    try:
        person.hf("download", "alice/birds", "--local-dir", folder)
    except AssertionError as failed:
        return str(failed)
    return ""


def what_is_left(hub, carol, alice) -> None:
    """The receipts, and the word about copies."""
    hub.work()
    carol.go("/settings/gated-repos")
    assert carol.page.get_by_role("link", name="Receipt for alice/birds").count() == 2
    follow(carol.page.get_by_role("button", name="I have deleted them"))
    alice.go("/alice/birds/access?status=rejected")
    assert "that the copies are deleted" in alice.page.inner_text("main")
    carol.go("/notifications")
    assert "Your access to alice/birds was ended" in carol.page.inner_text("main")


def test_the_life_of_a_gated_model(vault: Vault, opened, served: str, tmp_path: Path):
    hub = vault.hub
    hf = Client(ENVIRONMENTS / "new", tmp_path / "carol", served, hub.token("carol")).with_(HF_DEBUG="1")
    git = address(served, "alice/birds", hub.token("carol"))
    with opened(java_script_enabled=False) as carol, opened(java_script_enabled=False) as alice:
        # Asked for.
        assert "not in the authorized list" in download(hf, tmp_path / "stranger")
        carol.sign_in("carol")
        carol.go("/alice/birds")
        agree(carol.page)
        assert "awaiting a review" in download(hf, tmp_path / "waiting")
        # Let in: hf, git, and links and tokens of every protocol.
        alice.sign_in()
        alice.go("/alice/birds/access")
        follow(alice.page.get_by_role("button", name="Accept carol"))
        assert download(hf, tmp_path / "first") == ""
        copy = clone(git, tmp_path / "clone" / "work", user="carol")
        # The terms change, also between looking and agreeing: refused, with the text that holds now.
        a_commit(hub, VAULT, {"README.md": CARD % b"Harm nobody, and tell us what you did."})
        hub.work()
        assert "have changed" in download(hf, tmp_path / "stale")
        carol.go("/alice/birds")
        assert "tell us what you did" in carol.page.inner_text(".gate")
        a_commit(hub, VAULT, {"README.md": CARD % b"Harm nobody at all."})
        hub.work()
        agree(carol.page)
        assert "The terms have changed since you read them" in carol.page.inner_text(".gate")
        assert "Harm nobody at all." in carol.page.inner_text(".gate")
        agree(carol.page)
        assert download(hf, tmp_path / "second") == ""
        # Revoked in the middle: what was handed out before, and every way in, within a minute.
        ways = vault.take_links("carol")
        assert {way() for way in ways.values()} <= {200, 206}
        copy.git("pull")
        assert set(vault.paths("carol").values()) == {200}
        alice.go("/alice/birds/access?status=accepted")
        alice.page.get_by_text("Revoke…").click()
        alice.page.fill("input[name=reason]:visible", "We learned of harm.")
        follow(alice.page.get_by_role("button", name="Revoke", exact=True))
        hub.clock.advance(60)
        assert {way() for way in ways.values()} <= {401, 403}
        assert set(vault.paths("carol").values()) == {403}
        assert "has been rejected" in download(hf, tmp_path / "third")
        copy.git("fetch", refused=True)
        assert "has been rejected" in copy.said
        carol.go("/alice/birds/blob/main/small.txt")
        what_is_left(hub, carol, alice)
        carol.assert_quiet()
    with httpx.Client(base_url=served) as anyone:
        assert anyone.get("/.well-known/freehold-receipts").json()["keys"]

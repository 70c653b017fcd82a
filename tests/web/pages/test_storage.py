"""The page of what is stored, and of the rule by which it goes."""

from freehold.app import garbage
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.web.browsing import signed_in


def test_alice_sees_what_she_stores_and_no_administrators_figures(hub: TestHub) -> None:
    a_model(hub, "alice/birds", files={"weights.bin": b"x" * 11_000_000})
    page = signed_in(hub, "alice").get("/settings/storage").text
    assert "alice/birds" in page
    assert "11.0 MB" in page
    assert "It keeps everything" in page
    assert "This hub" not in page
    assert "This hub" in signed_in(hub, "admin").get("/settings/storage").text
    assert "11.0 MB" in signed_in(hub, "alice").get("/alice/birds/settings").text


def test_the_administrator_of_an_organisation_sets_its_rule(hub: TestHub) -> None:
    alice, path = signed_in(hub, "alice"), "/organizations/acme/settings/storage"
    acme = hub.rooms.people.by_name("acme")
    assert acme is not None

    def rules() -> dict[str, int | None]:
        return dict(garbage(hub.rooms).retentions.rules().own)

    assert alice.post(path, rule="days", days="14").status_code == 303
    assert rules() == {acme.id: 14}
    assert 'value="14"' in alice.get(path).text
    assert alice.post(path, rule="days", days="soon").status_code == 400
    assert alice.post(path, rule="never").headers["location"] == path
    assert rules() == {acme.id: None}
    alice.post(path, rule="default")
    assert rules() == {}


def test_a_member_neither_sees_nor_sets_it(hub: TestHub) -> None:
    bob, path = signed_in(hub, "bob"), "/organizations/acme/settings/storage"
    assert bob.get(path).status_code == 403
    assert bob.post(path, on="/settings/storage", rule="days", days="0").status_code == 403
    assert bob.get("/organizations/nowhere/settings/storage").status_code == 404

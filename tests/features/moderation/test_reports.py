"""A report's life, and what administrators do about accounts."""

import pytest

from freehold.base.errors import BadCredentials, Forbidden, HubError, Invalid, TooMany
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.moderation.register import Wanted
from freehold.features.moderation.reports import MOST_A_DAY, Subject
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

WHY = "It steals passwords, see loader.py."


def subject(number: int = 1) -> Subject:
    return Subject("repository", f"{number:024x}", "alice/birds", "/alice/birds")


def test_a_reporter_sees_what_became_of_it_and_nobody_elses(hub: TestHub):
    reports, carol, admin = hub.rooms.moderation.reports, hub.actor("carol"), hub.actor("admin")
    report = reports.file(carol, subject(), "malware", WHY)
    assert [one.state for one in reports.mine(carol)] == ["open"]
    assert reports.mine(hub.actor("bob")) == []
    reports.decide(admin, report.id, "upheld", "Thank you: it is gone.")
    (mine,) = reports.mine(carol)
    assert (mine.state, mine.answer, reports.open_count()) == ("upheld", "Thank you: it is gone.", 0)


def test_the_reported_do_not_learn_from_the_audit_who_reported_them(hub: TestHub):
    alice = hub.actor("alice")
    about = Subject("account", str(alice.account_id), "alice", "/alice")
    report = hub.rooms.moderation.reports.file(hub.actor("carol"), about, "spam", WHY)
    hub.rooms.moderation.reports.decide(hub.actor("admin"), report.id, "dismissed", "No.")
    with hub.client("alice") as client:
        assert "carol" not in client.get("/settings/audit").text
    with hub.client("admin") as admin:
        assert "report.file" in admin.get("/settings/audit/hub").text


def test_the_same_report_twice_is_one(hub: TestHub):
    reports, carol = hub.rooms.moderation.reports, hub.actor("carol")
    assert reports.file(carol, subject(), "spam", WHY).id == reports.file(carol, subject(), "malware", WHY).id


def test_reports_are_limited_and_need_words(hub: TestHub):
    reports, carol = hub.rooms.moderation.reports, hub.actor("carol")
    for bad in (("spam", "short"), ("nonsense", WHY), ("spam", "x" * 5000)):
        with pytest.raises(Invalid):
            reports.file(carol, subject(), *bad)
    for number in range(MOST_A_DAY):
        reports.file(carol, subject(number), "spam", WHY)
    with pytest.raises(TooMany):
        reports.file(carol, subject(99), "spam", WHY)
    hub.clock.advance(86_400)
    reports.file(carol, subject(99), "spam", WHY)


def test_strangers_and_read_tokens_report_nothing_and_only_administrators_decide(hub: TestHub):
    reports = hub.rooms.moderation.reports
    for actor in (hub.actor(None), hub.actor("carol", role="read")):
        with pytest.raises(Forbidden):
            reports.file(actor, subject(), "spam", WHY)
    report = reports.file(hub.actor("carol"), subject(), "spam", WHY)
    for name in ("alice", "carol"):
        with pytest.raises(Forbidden):
            reports.decide(hub.actor(name), report.id, "upheld", "yes")
        with pytest.raises(Forbidden):
            reports.listed(hub.actor(name))


def test_a_shut_account_is_out_with_all_it_owns_and_comes_back_without_its_credentials(hub: TestHub):
    birds, owls = a_model(hub, "carol/birds"), a_model(hub, "carol/owls")
    moderation, token = hub.rooms.moderation, hub.token("carol")
    moderation.hold(SYSTEM, owls, "quarantined", "Malware.")
    moderation.shut_account(SYSTEM, "carol", "Spam.", with_repositories=True)
    with hub.client("alice") as alice, pytest.raises(BadCredentials):
        assert alice.get("/api/models/carol/birds").status_code == 403
        hub.rooms.tokens.identify(token)
    assert {repo.hold_reason for repo in moderation.held(SYSTEM)} == {"Spam.", "Malware."}
    moderation.reopen_account(SYSTEM, "carol", "A mistake.")
    with hub.client("alice") as alice:
        assert alice.get(f"/api/models/{birds.full}").status_code == 200
        assert alice.get(f"/api/models/{owls.full}").status_code == 403  # held for a reason of its own
    with pytest.raises(BadCredentials):
        hub.rooms.tokens.identify(token)
    assert [repo.name for repo in moderation.held(SYSTEM)] == ["owls"]


def test_nobody_shuts_themselves_or_what_is_open_again(hub: TestHub):
    with pytest.raises(Invalid, match="another administrator"):
        hub.rooms.moderation.shut_account(hub.actor("admin"), "admin", "Tired.", with_repositories=False)
    with pytest.raises(Invalid, match="not shut"):
        hub.rooms.moderation.reopen_account(SYSTEM, "carol", "Why not.")
    with pytest.raises(Forbidden):
        hub.rooms.moderation.shut_account(hub.actor("alice"), "carol", "Rival.", with_repositories=True)


def test_quotas_of_one_namespace_count_before_the_hubs(hub: TestHub):
    quotas = {"quota_bytes": None, "quota_files": None, "quota_repositories": 0}
    hub.rooms.moderation.set_quotas(SYSTEM, "carol", {**quotas, "quota_repositories": 1}, "New here.")
    a_model(hub, "carol/one")
    with pytest.raises(HubError, match="as many as it may have"):
        a_model(hub, "carol/two")
    hub.rooms.moderation.set_quotas(SYSTEM, "carol", quotas, "Trusted.")
    a_model(hub, "carol/two")


def test_the_register_is_searched_and_paged(hub: TestHub):
    listed = hub.rooms.moderation.accounts
    assert [one.name for one in listed(SYSTEM, Wanted(search="ar"))] == ["carol"]
    assert [one.name for one in listed(SYSTEM, Wanted(kind="org"))] == ["acme"]
    assert [one.related for one in listed(SYSTEM, Wanted(kind="org"))] == [3]
    first = listed(SYSTEM, Wanted(limit=2))
    assert [one.name for one in listed(SYSTEM, Wanted(after=first[-1].name, limit=2))] == ["bob", "carol"]
    assert [one.name for one in listed(SYSTEM, Wanted(state="admin"))] == ["admin"]
    with pytest.raises(Forbidden):
        listed(hub.actor("alice"), Wanted())


def test_a_report_does_not_tell_what_was_held(hub: TestHub):
    a_model(hub)
    hub.rooms.moderation.hold(SYSTEM, RepoId(RepoKind.MODEL, "alice", "birds"), "disabled", "Malware.")
    assert hub.rooms.moderation.held(SYSTEM)[0].hold == "disabled"

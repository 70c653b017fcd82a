"""The operator's pages: for administrators alone, and what they do is done."""

import re

import pytest

from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.web.browsing import PASSWORD, Browser, signed_in

PAGES = (
    "",
    "/people",
    "/organizations",
    "/invitations",
    "/repositories",
    "/reports",
    "/tokens",
    "/blocks",
    "/queue",
    "/settings",
)
WHY = "It steals passwords, see loader.py."


@pytest.fixture
def admin(hub: TestHub) -> Browser:
    return signed_in(hub, "admin")


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_see_them(hub: TestHub, page: str):
    with hub.client() as nobody:
        assert nobody.get(f"/-/admin{page}").status_code == 303
    assert signed_in(hub, "alice").get(f"/-/admin{page}").status_code == 403
    with hub.client("admin", role="read") as reading:
        assert reading.get(f"/-/admin{page}").status_code == 200


def test_the_overview_counts_and_asks_the_stores(hub: TestHub, admin: Browser):
    a_model(hub)
    page = admin.get("/-/admin").text
    for words in ("<b>6</b> people", "<b>1</b> organisation<", "<b>0</b> open reports", "answers"):
        assert words in page


def test_an_account_is_found_shut_and_restored(hub: TestHub, admin: Browser):
    a_model(hub, "carol/birds")
    assert "carol" in admin.get("/-/admin/people?search=aro").text
    assert "mallory" not in admin.get("/-/admin/people?search=aro").text
    path = "/-/admin/people"
    said = admin.post(path, act="shut", name="carol", reason="Spam.", repositories="1", back=f"{path}?search=carol")
    assert (said.status_code, said.headers["location"]) == (303, f"{path}?search=carol")
    assert "Spam." in admin.get(f"{path}?state=shut").text
    with hub.client("alice") as alice:
        assert alice.get("/carol/birds").status_code == 403
    admin.post(path, act="restore", name="carol", reason="A mistake.")
    with hub.client("alice") as alice:
        assert alice.get("/carol/birds").status_code == 200


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("people", {"act": "shut", "name": "carol", "reason": "Spam."}),
        ("organizations", {"act": "shut", "name": "acme", "reason": "Spam."}),
        ("blocks", {"act": "add", "kind": "domain", "value": "evil.example", "reason": "Spam."}),
        ("tokens", {"id": "0" * 24, "reason": "Leaked."}),
        ("repositories", {"act": "quarantined", "address": "/alice/birds", "reason": "Malware."}),
        ("invitations", {"email": "dora@example.org"}),
    ],
)
def test_a_browser_that_was_left_open_is_asked_who_it_is_first(hub: TestHub, path: str, fields):
    hub.rooms.people.set_password(SYSTEM, "admin", PASSWORD)
    admin = signed_in(hub, "admin")
    a_model(hub)
    hub.clock.advance(16 * 60)
    back = f"/-/admin/{path}"
    asked = admin.post(back, back=back, **fields)
    assert (asked.status_code, asked.headers["location"]) == (303, f"/settings/confirm?next=%2F-%2Fadmin%2F{path}")
    assert not hub.rooms.people.by_name("carol").disabled
    on = asked.headers["location"]
    assert admin.post("/settings/confirm", on=on, password="wrong password", next=back).status_code == 401
    assert admin.post(back, back=back, **fields).headers["location"].startswith("/settings/confirm")
    assert admin.post("/settings/confirm", on=on, password=PASSWORD, next=back).headers["location"] == back
    assert not admin.post(back, back=back, **fields).headers.get("location", "").startswith("/settings/confirm")
    assert hub.rooms.people.by_name("carol").disabled is (path == "people")


def test_quotas_are_given_and_shown(hub: TestHub, admin: Browser):
    fields = {"quota_bytes": "1000", "quota_files": "", "quota_repositories": "2"}
    assert admin.post("/-/admin/people", act="quotas", name="carol", reason="New.", **fields).status_code == 303
    carol = hub.rooms.people.by_name("carol")
    assert (carol.quota_bytes, carol.quota_files, carol.quota_repositories) == (1000, None, 2)
    bad = admin.post("/-/admin/people", act="quotas", name="carol", reason="New.", **{**fields, "quota_bytes": "many"})
    assert (bad.status_code, "A quota is a number" in bad.text) == (400, True)


def test_a_repository_is_held_and_restored(hub: TestHub, admin: Browser):
    a_model(hub)
    path = "/-/admin/repositories"
    admin.post(path, act="quarantined", address="/alice/birds", reason="Malware.")
    page = admin.get(path).text
    assert "alice/birds" in page
    assert "Malware." in page
    assert "Malware." in signed_in(hub, "alice").get("/alice/birds").text
    admin.post(path, act="restore", address="alice/birds", reason="Clean.")
    assert "Nothing is held." in admin.get(path).text
    assert admin.post(path, act="quarantined", address="alice/none", reason="x").status_code == 400


def test_a_report_goes_from_the_page_to_the_operator_and_back(hub: TestHub, admin: Browser):
    a_model(hub)
    carol = signed_in(hub, "carol")
    link = re.search(r'href="(/-/report[^"]+)"', carol.get("/alice/birds").text)
    assert link
    form = carol.get(link.group(1))
    assert "model alice/birds" in form.text
    sent = carol.post("/-/report", on=link.group(1), about="alice/birds", category="malware", text=WHY)
    assert sent.headers["location"] == "/settings/reports"
    page = admin.get("/-/admin/reports").text
    assert WHY in page
    (report,) = hub.rooms.moderation.reports.listed(SYSTEM)
    admin.post("/-/admin/reports", report=report.id, state="upheld", answer="Thank you.")
    assert "Thank you." in carol.get("/settings/reports").text
    assert "Nothing waits for you." in admin.get("/-/admin/reports").text
    assert "Thank you." in admin.get("/-/admin/reports?state=upheld").text


def test_comments_and_accounts_are_reported_too(hub: TestHub):
    birds = a_model(hub)
    thread = hub.rooms.discussions.open(hub.rooms.repos.proposer(hub.actor("mallory"), birds), "Buy", "Buy gold!")
    carol = signed_in(hub, "carol")
    talk = f"/alice/birds/discussions/{thread.number}"
    link = re.search(r'href="(/-/report[^"]+)"', carol.get(talk).text)
    assert link
    path = link.group(1).replace("&amp;", "&")
    comment = path.rpartition("=")[2]
    carol.post("/-/report", on=path, about=talk, comment=comment, category="spam", text=WHY)
    carol.post("/-/report", on="/-/report?about=mallory", about="mallory", category="spam", text=WHY)
    kinds = {one.subject.kind: one.subject.place for one in hub.rooms.moderation.reports.listed(SYSTEM)}
    assert kinds == {"comment": f"{talk}#c-{comment}", "account": "/mallory"}


def test_what_the_reporter_may_not_see_looks_absent(hub: TestHub):
    a_model(hub, "acme/secret", visibility="private")
    carol = signed_in(hub, "carol")
    for about in (
        "acme/secret",
        "acme/none",
        "datasets/acme/secret",
        "nobody-of-that-name",
        "",
        "a/b/c/d/e",
        "buckets/x",
    ):
        assert carol.get(f"/-/report?about={about}").status_code == 404, about


def test_block_lists_are_kept(hub: TestHub, admin: Browser):
    path = "/-/admin/blocks"
    admin.post(path, kind="email", value="evil.example", reason="Spam.")
    assert "evil.example" in admin.get(f"{path}?kind=email").text
    assert "evil.example" not in admin.get(f"{path}?kind=name").text
    assert admin.post(path, kind="network", value="0.0.0.0/0", reason="all").status_code == 400
    admin.post(path, act="remove", kind="email", value="evil.example", reason="Better now.")
    assert "Nothing is blocked." in admin.get(path).text


def test_a_job_that_was_given_up_is_tried_again(hub: TestHub, admin: Browser):
    with hub.rooms.db.write() as tx:
        hub.rooms.queue.enqueue(tx, "objects.sweep", {"contents": []})
        tx.run("UPDATE queue_job SET dead = 1, error = 'It broke.' WHERE kind = 'objects.sweep' AND every_s IS NULL")
    page = admin.get("/-/admin/queue").text
    assert "It broke." in page
    (job,) = hub.rooms.queue.dead()
    admin.post("/-/admin/queue", job=job.id)
    assert hub.rooms.queue.dead() == []
    hub.work()


SECRETS = {"smtp_url": "smtp://me:hush@mail.example:25", "mail_from": "hub@example.org", "s3_secret_key": "hush"}


@pytest.mark.parametrize("hub", [SECRETS], indirect=True, ids=["secrets"])
def test_settings_are_shown_without_secrets(hub: TestHub):
    page = signed_in(hub, "admin").get("/-/admin/settings").text
    assert "rate_limits" in page
    assert "smtp://…@mail.example:25" in page
    assert "hush" not in page


def test_a_form_leads_nowhere_but_to_the_operators_pages(hub: TestHub, admin: Browser):
    for back in (
        "https://evil.example/",
        "//evil.example",
        "/-/adminx",
        "/alice",
        "/-/admin/../../x\r\nSet-Cookie: a=b",
    ):
        said = admin.post("/-/admin/blocks", kind="name", value="evil", reason="x", back=back)
        assert said.headers["location"] == "/-/admin"
        assert "set-cookie" not in said.headers


def test_every_act_is_written_down(hub: TestHub, admin: Browser):
    admin.post("/-/admin/people", act="shut", name="carol", reason="Spam.")
    with hub.rooms.db.read() as tx:
        row = tx.first("SELECT actor_name, detail FROM accounts_audit WHERE action = 'account.disable'")
    assert (row.actor_name, "Spam." in row.detail) == ("admin", True)


def test_a_token_is_found_by_its_owner_and_ended_with_a_reason(hub: TestHub, admin: Browser):
    add, path = hub.rooms.tokens.add, "/-/admin/tokens"
    found, secret = add(SYSTEM, hub.actor("carol").account_id, "old laptop", "write")
    _, other = add(SYSTEM, hub.actor("carol").account_id, "new laptop", "read")
    add(SYSTEM, hub.actor("bob").account_id, "bobs desk", "read")
    page = admin.get(f"{path}?search=aro").text
    assert "old laptop" in page and f"…{found.hint}" in page and "bobs desk" not in page and secret not in page
    assert admin.post(path, id=found.id, reason="", back=path).status_code == 400
    assert admin.post(path, id=found.id, reason="It leaked.", back=f"{path}?search=aro").status_code == 303
    assert [hub.client(token=one).get("/api/whoami-v2").status_code for one in (secret, other)] == [401, 200]
    assert "It leaked." in signed_in(hub, "carol").get("/settings/audit").text
    assert admin.post(path, id=found.id, reason="Again.", back=path).status_code == 400


def test_tokens_come_page_by_page(hub: TestHub, admin: Browser):
    for n in range(51):
        hub.rooms.tokens.add(SYSTEM, hub.actor("carol").account_id, f"laptop {n:02}", "read")
    first = admin.get("/-/admin/tokens").text
    more = re.search(r'href="([^"]+)" rel="next"', first)
    assert more
    seen = re.findall(r"<span>(laptop \d\d)</span>", first + admin.get(more[1]).text)
    assert sorted(seen) == [f"laptop {n:02}" for n in range(51)]


@pytest.mark.parametrize("hub", [{"sign_up": "invitation"}], indirect=True)
def test_a_link_is_made_handed_over_and_makes_one_account(hub: TestHub, admin: Browser):
    path = "/-/admin/invitations"
    said = admin.post(path, email="", org="acme", role="read")
    link = re.search(r"/signup/[\w-]{30,}", said.text)
    assert link and said.headers["cache-control"] == "no-store" and link[0] not in admin.get(path).text
    dora = Browser(hub)
    assert dora.post(link[0], name="dora", password="a window of oaks").status_code == 303
    acme, account = hub.rooms.people.by_name("acme"), hub.rooms.people.by_name("dora")
    assert acme and account and hub.rooms.people.role_in(acme.id, account.id) == "read"
    assert Browser(hub).get(link[0]).status_code in (401, 403)
    assert admin.post(path, email="", org="no-such-org", role="read").status_code == 400
    assert signed_in(hub, "alice").post(path, on="/settings/tokens").status_code == 403


@pytest.mark.parametrize("hub", [{"sign_up": "invitation"}], indirect=True)
def test_an_invitation_by_mail_shows_no_link(hub: TestHub, admin: Browser):
    said = admin.post("/-/admin/invitations", email="dora@example.org", org="", role="read").text
    assert "goes to dora@example.org" in said and "/signup/" not in said


@pytest.mark.parametrize("hub", [{"sign_up": "closed"}], indirect=True)
def test_a_closed_hub_says_how_it_is_opened(admin: Browser):
    assert "<code>sign_up</code>" in admin.get("/-/admin/invitations").text


def test_settings_are_explained_in_the_language_of_who_reads_them(admin: Browser):
    page = admin.get("/-/admin/settings", "de").text
    assert "Der Ordner für alles, was aufbewahrt wird" in page
    assert "The folder of everything" not in page

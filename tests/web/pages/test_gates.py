"""The gate's pages: what is asked of visitors, how they stand, and how owners decide."""

import json
import re
from html import unescape

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.gate import Policy, Reaccept
from freehold.features.collections.collections import Draft
from freehold.wire.gates.receipts import read_file, verify
from tests.kit.builders import a_commit, a_dataset, a_model
from tests.web.browsing import Browser, signed_in
from tests.web.hostile import SCRIPTS

CARD = b"""---
license: mit
extra_gated_heading: Read this first
extra_gated_prompt: Do **no** harm. <script>alert(1)</script>
extra_gated_button_content: I agree to this
extra_gated_fields:
  Company: text
  Country: country
  Born: date_picker
  Network: ip_location
  Use:
    type: select
    options: [Research, {label: Something else, value: other}]
  I am careful: checkbox
---
# Birds
"""
GATE = "/alice/birds/gate"
FILLED = {"q0": "Birds & Co", "q1": "FR", "q2": "2000-01-01", "q4": "other", "q5": "on"}


@pytest.fixture
def birds(hub):
    repo = a_model(hub, files={"README.md": CARD, "a.txt": b"song"})
    hub.rooms.repos.admin(hub.actor("alice"), repo).update(gated="manual")
    return repo


def terms_on(browser: Browser) -> str:
    return re.search(r'name="terms" value="(\w+)"', browser.get("/alice/birds").text).group(1)


def ask(browser: Browser, **changed: str):
    fields = {**FILLED, "terms": terms_on(browser), **changed}
    return browser.post("/alice/birds/gate", on="/alice/birds", **fields)


def decide(owner: Browser, action: str, status: str = "pending", **fields: str):
    found = re.search(r'name="request" value="(\w+)"', owner.get(f"/alice/birds/access?status={status}").text)
    fields |= {"request": found.group(1)} if found else {}
    return owner.post("/alice/birds/access", action=action, status=status, **fields)


def test_a_visitor_sees_what_is_asked_and_the_card_but_no_content(hub, birds):
    text = Browser(hub).get("/alice/birds").text
    assert "Read this first" in text
    assert "Do <strong>no</strong> harm." in text
    assert "<script>alert" not in text
    assert "Sign in to ask for access" in text
    assert "Birds</h1>" in text
    assert "<dd>MIT</dd>" in text
    assert Browser(hub).get("/alice/birds/blob/main/a.txt").status_code == 401


def test_the_form_has_every_question_and_the_owners_words(hub, birds):
    text = signed_in(hub, "carol").get("/alice/birds").text
    assert "I agree to this</button>" in text
    assert 'type="date" name="q2"' in text
    assert '<option value="FR">France</option>' in text
    assert '<option value="other">Something else</option>' in text
    assert 'type="checkbox" name="q5"' in text
    assert "127.0.0.0/24" in text


def test_a_request_by_the_page_is_accepted_by_the_page(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    assert ask(carol).headers["location"] == "/alice/birds"
    assert "awaiting a review" in carol.get("/alice/birds").text
    waiting = alice.get("/alice/birds/access").text
    assert "Birds &amp; Co" in waiting
    assert (
        decide(alice, "accept", purpose="to listen", days="7").headers["location"]
        == "/alice/birds/access?status=pending"
    )
    assert "to listen" in alice.get("/alice/birds/access?status=accepted").text
    assert "You have access" in carol.get("/alice/birds").text
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 200
    assert "you have access" in carol.get("/settings/gated-repos").text
    hub.clock.advance(8 * 86400)
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 403


def test_a_rejection_is_told_with_its_reason(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    ask(carol)
    decide(alice, "reject", reason="We know <b>nothing</b> of you")
    text = carol.get("/alice/birds").text
    assert "We know &lt;b&gt;nothing&lt;/b&gt; of you" in text
    assert 'name="terms"' not in text
    assert "rejected" in carol.get("/settings/gated-repos").text


def test_suspending_and_resuming_and_revoking_by_the_page(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    assert alice.post("/alice/birds/access", action="grant", user="carol").status_code == 303
    assert "without having asked" in alice.get("/alice/birds/access?status=accepted").text
    for action, seen in (("suspend", 403), ("resume", 200), ("reject", 403)):
        assert decide(alice, action, "accepted", reason="a reason").status_code == 303
        assert carol.get("/alice/birds/blob/main/a.txt").status_code == seen, action
    again = decide(alice, "suspend", "accepted")
    assert again.status_code == 400
    assert alice.post("/alice/birds/access", action="grant", user="who-is-that").status_code == 400
    assert alice.post("/alice/birds/access", action="dance").status_code == 400


@pytest.mark.parametrize("changed", [{"q0": ""}, {"q1": "XX"}, {"q2": "soon"}, {"q4": "war"}, {"q0": "x" * 2001}])
def test_a_form_that_cannot_be_taken_comes_back_filled_in(hub, birds, changed):
    carol = signed_in(hub, "carol")
    answer = ask(carol, **changed)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert '<option value="other"' in answer.text
    assert carol.get("/settings/gated-repos").text.count("awaits") == 0


def test_terms_that_changed_since_they_were_read_are_shown_again(hub, birds):
    carol = signed_in(hub, "carol")
    seen = terms_on(carol)
    a_commit(hub, birds, {"README.md": CARD.replace(b"no", b"not the least")})
    answer = ask(carol, terms=seen)
    assert answer.status_code == 400
    assert "The terms have changed since you read them" in answer.text
    assert "not the least" in answer.text
    assert ask(carol).status_code == 303


def test_new_terms_are_agreed_to_where_the_owner_wants_it(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    alice.post("/alice/birds/access", action="policy", reaccept="now", level="-1")
    ask(carol)
    decide(alice, "accept")
    a_commit(hub, birds, {"README.md": CARD.replace(b"no", b"not the least")})
    hub.work()
    assert "The terms have changed" in carol.get("/alice/birds").text
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 403
    assert ask(carol).status_code == 303
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 200
    assert hub.rooms.gating.door(hub.rooms.repos.reader(SYSTEM, birds)).policy == Policy(Reaccept.NOW)


def test_a_request_is_taken_back_by_the_page(hub, birds):
    carol = signed_in(hub, "carol")
    ask(carol)
    assert carol.post("/alice/birds/gate/withdraw", on="/settings/gated-repos").status_code == 303
    assert "I agree to this" in carol.get("/alice/birds").text
    assert carol.post("/alice/birds/gate/withdraw", on="/alice/birds").status_code == 400


def test_the_settings_close_and_open_the_gate(hub):
    a_model(hub, files={"a.txt": b"song"})
    alice, carol = signed_in(hub, "alice"), signed_in(hub, "carol")
    for gated, seen in (("auto", 403), ("none", 200), ("manual", 403)):
        alice.post("/alice/birds/settings", visibility="public", gated=gated)
        assert carol.get("/alice/birds/blob/main/a.txt").status_code == seen
    alice.post("/alice/birds/settings", visibility="public")
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 403


def test_only_those_who_write_decide_and_forms_need_their_token(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    ask(carol)
    assert carol.get("/alice/birds/access").status_code == 403
    assert Browser(hub).get("/alice/birds/access").status_code == 303
    token = carol.token_on("/alice/birds")
    for form in ({"action": "accept"}, {"action": "policy"}, {"action": "grant", "user": "carol"}):
        assert carol.post("/alice/birds/access", token=token, **form).status_code == 403
    assert alice.post("/alice/birds/access", token="forged", action="grant", user="mallory").status_code == 403
    assert carol.post("/alice/birds/gate", token="forged", **FILLED).status_code == 403
    assert "Access</a>" not in carol.get("/alice/birds").text
    assert "/alice/birds/access" in alice.get("/alice/birds").text


def test_a_gate_of_a_hidden_repository_looks_like_none(hub):
    repo = a_dataset(hub, "alice/secret", visibility="private")
    hub.rooms.repos.admin(hub.actor("alice"), repo).update(gated="auto")
    carol = signed_in(hub, "carol")
    for view in ("gate", "access"):
        hidden, absent = (carol.get(f"/datasets/alice/{name}/{view}") for name in ("secret", "nothing"))
        assert hidden.status_code == absent.status_code == 404
        assert hidden.text.replace("secret", "nothing") == absent.text


def test_an_open_repository_has_no_gate_to_pass(hub):
    a_model(hub)
    assert signed_in(hub, "carol").get("/alice/birds/gate").headers["location"] == "/alice/birds"
    assert "not gated" in signed_in(hub, "alice").get("/alice/birds/access").text


def test_a_card_whose_questions_cannot_be_put_says_so(hub, birds):
    a_commit(hub, birds, {"README.md": b"---\nextra_gated_fields: [1]\n---\n"})
    carol = signed_in(hub, "carol")
    assert "until the authors have mended the card" in carol.get("/alice/birds").text


def test_hostile_terms_and_answers_are_text(hub):
    evil = "<img src=x onerror=alert(1)>"
    prompt = json.dumps("\n\n".join(text for text in SCRIPTS if text.isprintable()))
    card = f"---\nextra_gated_heading: '{evil}'\nextra_gated_button_content: '{evil}'\nextra_gated_prompt: {prompt}\n"
    card += f"extra_gated_fields:\n  '{evil}': text\n  s: {{type: select, options: ['{evil}']}}\n---\n"
    repo = a_model(hub, files={"README.md": card.encode()})
    hub.rooms.repos.admin(hub.actor("alice"), repo).update(gated="manual")
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    page = carol.get("/alice/birds").text
    assert unescape(page).count(evil) >= 3
    assert evil not in page
    assert "<script>" not in page
    assert ask(carol, q0=evil, q1=evil).status_code == 303
    assert evil not in alice.get("/alice/birds/access").text


def test_the_owner_learns_what_was_fetched(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    ask(carol)
    decide(alice, "accept")
    carol.get("/alice/birds/blob/main/a.txt")
    link = re.search(r"/alice/birds/access/fetched/\w+", alice.get("/alice/birds/access?status=accepted").text).group(0)
    assert re.search(r"carol,20\S+Z,page,a.txt,[0-9a-f]{40}", alice.get(link).text)
    assert carol.get(link).status_code == 403


def test_both_sides_keep_the_same_receipt_and_it_outlives_the_access(hub, birds):
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    assert carol.get("/alice/birds/gate/receipt").status_code == 404
    ask(carol)
    decide(alice, "accept", purpose="to listen", days="7")
    hers = carol.get("/alice/birds/gate/receipt")
    assert hers.headers["content-disposition"] == "attachment; filename=receipt-alice-birds.json"
    link = re.search(r"/alice/birds/access/receipts/\w+", alice.get("/alice/birds/access?status=accepted").text).group(
        0
    )
    assert alice.get(link).content == hers.content
    proven = verify(read_file(hers.content), hub.rooms.gating.receipt_key)
    assert (proven.grantee, proven.repository, proven.granted_by) == ("carol", "alice/birds", "alice")
    assert (proven.purpose, proven.terms_version, proven.agreed_at is not None) == ("to listen", 1, True)
    assert proven.terms == hub.rooms.gating.keeper(hub.rooms.repos.reader(SYSTEM, birds)).version.sha256
    decide(alice, "reject", "accepted")
    assert carol.get("/alice/birds/gate/receipt").content == hers.content
    assert carol.get(link).status_code == 403
    assert signed_in(hub, "mallory").get("/alice/birds/gate/receipt").status_code == 404
    a_model(hub, "mallory/owls")
    assert signed_in(hub, "mallory").get(link.replace("alice/birds", "mallory/owls")).status_code == 404


def test_a_collection_asks_once_for_all_by_its_pages(hub, birds):
    alice, carol = signed_in(hub, "alice"), signed_in(hub, "carol")
    made = hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "All birds"))
    editor = hub.rooms.collections.editor(hub.actor("alice"), made.slug)
    editor.add(hub.rooms.collections.target(hub.actor("alice"), "model", "alice/birds"))
    gate, desk = f"/collections/{made.slug}/gate", f"/collections/{made.slug}/access"
    assert carol.get(gate).status_code == 404
    assert alice.get(gate).headers["location"].endswith(desk)
    kept = {"action": "keep", "prompt": "Harm no **bird**.", "questions": "Use: text", "mode": "manual"}
    assert "cannot be read" in alice.post(desk, on=desk, **{**kept, "questions": "Use: {"}).text
    assert alice.post(desk, on=desk, **kept).status_code == 303
    text = carol.get(gate).text
    assert "Harm no <strong>bird</strong>" in text
    assert "alice/birds" in text
    assert "One request opens all" in carol.get(f"/collections/{made.slug}").text
    terms = re.search(r'name="terms" value="(\w+)"', text).group(1)
    assert carol.post(gate, on=gate, terms="0" * 64, q0="counting").status_code == 400
    assert carol.post(gate, on=gate, terms=terms).status_code == 400
    assert carol.post(gate, on=gate, terms=terms, q0="counting").status_code == 303
    assert "awaiting a review" in carol.get(gate).text
    assert carol.post(f"{gate}/withdraw", on=gate).status_code == 303
    assert carol.post(gate, on=gate, terms=terms, q0="counting").status_code == 303
    assert "All birds" in carol.get("/settings/gated-repos").text
    assert carol.get(desk).status_code == 403
    found = re.search(r'name="request" value="(\w+)"', alice.get(desk).text).group(1)
    assert "counting" in alice.get(desk).text
    assert "counting" in alice.get(f"{desk}/report?format=csv").text
    alice.post(desk, on=desk, action="accept", request=found, days="9")
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 200
    assert carol.get(f"{gate}/receipt").json()["document"]
    assert "a.txt" in alice.get(f"{desk}/fetched/{found}").text
    alice.post(desk, on=desk, action="suspend", request=found, reason="we look")
    assert carol.get("/alice/birds/blob/main/a.txt").status_code == 403
    assert "we look" in carol.get(gate).text
    alice.post(desk, on=desk, action="reject", request=found)
    assert alice.post(desk, on=desk, action="policy", reaccept="now", level="1", keep="30").status_code == 303
    assert carol.post(desk, on=gate, **kept).status_code == 403


def test_an_organisation_asks_by_the_page_and_the_operator_enters_who_somebody_is(hub, birds):
    hub.rooms.people.add_org(SYSTEM, "owls", members=[("carol", "admin")])
    carol, alice = signed_in(hub, "carol"), signed_in(hub, "alice")
    alice.post("/alice/birds/access", action="policy", reaccept="none", level="1", keep="30", cooldown="7")
    assert ask(carol, **{"for": "owls"}).status_code == 400
    assert "who you are" in carol.get("/alice/birds").text
    operator = signed_in(hub, "admin")
    sent = {"action": "enter", "user": "owls", "level": "1", "verifier": "owls.example"}
    assert "is kept of owls" in operator.post("/settings/identity", on="/settings/identity", **sent).text
    assert carol.post("/settings/identity", on="/settings/identity", **sent).status_code == 400
    assert ask(carol, **{"for": "owls"}).status_code == 303
    assert "owls: its request awaits a review" in carol.get("/alice/birds").text


def test_a_gate_speaks_the_language_of_who_asks(hub, birds):
    bob, alice = signed_in(hub, "bob"), signed_in(hub, "alice")
    ask(bob)
    assert "Ihre Anfrage wartet auf eine Prüfung durch die Autoren des Repositorys." in bob.get(GATE, "de").text
    decide(alice, "accept", days="10", purpose="Song")
    assert 'Ihr Zugang endet am <time datetime="' in bob.get(GATE, "de").text
    desk = alice.get("/alice/birds/access?status=accepted", "de").text
    assert "Hat Zugang, bis <time" in desk
    assert "</time> für: Song" in desk

"""The page of the audit."""

import json
import re

from freehold.wire.audit.proofs import verify_proof
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.web.browsing import signed_in


def test_everybody_reads_their_own(hub: TestHub) -> None:
    a_model(hub, "alice/birds")
    page = signed_in(hub, "alice").get("/settings/audit").text
    assert "repo.create" in page and "alice/birds" in page
    assert 'href="/settings/audit" aria-current="page"' in page and 'href="/settings/tokens"' in page
    assert "alice/birds" not in signed_in(hub, "bob").get("/settings/audit").text


def test_the_organisations_is_for_its_administrators(hub: TestHub) -> None:
    a_model(hub, "acme/fish")
    path = "/organizations/acme/settings/audit"
    page = signed_in(hub, "alice").get(path).text
    assert "acme/fish" in page and 'href="/organizations/acme/settings"' in page
    assert signed_in(hub, "bob").get(path).status_code == 403
    assert signed_in(hub, "bob").get("/settings/audit/hub").status_code == 403


def test_administrators_read_all_of_it_and_its_checkpoint(hub: TestHub) -> None:
    a_model(hub, "acme/fish")
    note = hub.rooms.chain.checkpoint()
    page = signed_in(hub, "admin").get("/settings/audit/hub").text
    assert "acme/fish" in page
    assert note.splitlines()[2] in page.replace("&#43;", "+").replace("&#x2B;", "+")


def test_lines_are_chosen_and_taken_away(hub: TestHub) -> None:
    a_model(hub, "alice/birds")
    alice = signed_in(hub, "alice")
    page = alice.get("/settings/audit?action=repo.create&subject=alice/birds").text
    assert "repo.create" in page and "token.add" not in page
    taken = alice.get("/settings/audit?action=repo.create&format=jsonl")
    assert taken.headers["content-disposition"] == "attachment; filename=audit.jsonl"
    assert [json.loads(line)["action"] for line in taken.text.splitlines()] == ["repo.create"]
    wrong = alice.get("/settings/audit?since=soon")
    assert (wrong.status_code, "is no time" in wrong.text) == (400, True)


def test_older_lines_are_a_page_further(hub: TestHub) -> None:
    for number in range(60):
        a_model(hub, f"alice/n{number}", files={})
    alice = signed_in(hub, "alice")
    first = alice.get("/settings/audit?action=repo.create").text
    assert "alice/n59" in first and "alice/n3<" not in first
    older = first.partition("before=")[2].partition('"')[0]
    assert "alice/n3<" in alice.get(f"/settings/audit?action=repo.create&before={older}").text


def test_names_and_details_are_text(hub: TestHub) -> None:
    page = signed_in(hub, "alice").get("/settings/audit?actor=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page


def test_a_line_of_ones_own_is_proven_and_no_other(hub: TestHub) -> None:
    a_model(hub, "alice/birds")
    alice, bob = signed_in(hub, "alice"), signed_in(hub, "bob")
    number = re.findall(r"proof=(\d+)", alice.get("/settings/audit?action=repo.create").text)[0]
    assert "No checkpoint signs this line yet" in alice.get(f"/settings/audit?proof={number}").text
    hub.rooms.chain.checkpoint()
    proof = alice.get(f"/settings/audit?proof={number}")
    assert verify_proof(proof.content, hub.rooms.chain.public_key).line.subject == "alice/birds"
    assert "no such line" in bob.get(f"/settings/audit?proof={number}").text

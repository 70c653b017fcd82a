"""Files come by a plain form, or in pieces that can go on after a break; then they are committed like any others."""

import json
import re

import pytest

from freehold.core.repos.arriving import PART
from tests.kit.builders import a_commit, a_model
from tests.kit.hub import URL
from tests.web.browsing import Browser, signed_in

THERE = "/alice/birds/upload/main/data"
OWN = {"Origin": URL, "Accept": "application/json"}


@pytest.fixture
def birds(hub):
    return a_model(hub, files={"data/a.txt": b"old"})


def send(browser: Browser, files: dict[str, bytes], **fields: str):
    fields = {"csrf": browser.token_on(THERE), "base": base_on(browser), "way": "push", "folder": "data"} | fields
    given = [("files", (name, content, "application/octet-stream")) for name, content in files.items()]
    return browser.client.post(THERE, data=fields, files=given, headers={"Origin": URL})


def base_on(browser: Browser) -> str:
    found = re.search(r'name="base" value="([^"]*)"', browser.get(THERE).text)
    assert found
    return found[1]


def content(hub, birds, path: str, rev: str = "main") -> bytes:
    return hub.rooms.repos.reader(hub.actor("alice"), birds).open_bytes(rev, path, 64 << 20)


class Script:
    """What the page's script does, without a browser."""

    def __init__(self, browser: Browser) -> None:
        self.client, self.token, self.base = browser.client, browser.token_on(THERE), base_on(browser)

    def ask(self, place: str, **fields: str):
        data = {"csrf": self.token, "rev": "main", **fields}
        return self.client.post(f"/alice/birds/incoming{place}", data=data, headers=OWN)

    def begin(self, path: str, size: int) -> str:
        return str(self.ask("", path=path, size=str(size)).json()["ticket"])

    def put(self, ticket: str, number: int, piece: bytes):
        return self.client.put(f"/alice/birds/incoming/{ticket}/{number}", content=piece, headers=OWN)

    def commit(self, *files: dict[str, str]):
        return self.ask("/commit", files=json.dumps(files), base=self.base, way="push", summary="Bring them")


def test_a_plain_form_brings_files_large_ones_too(hub, birds):
    alice = signed_in(hub, "alice")
    answer = send(alice, {"b.txt": b"new", "w.safetensors": b"\0" * 100, "sub/c.txt": b"deep"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/alice/birds/tree/main")
    assert content(hub, birds, "data/b.txt") == b"new"
    assert content(hub, birds, "data/sub/c.txt") == b"deep"
    assert hub.rooms.repos.reader(hub.actor("alice"), birds).entry("main", "data/w.safetensors").large
    assert "Upload 3 files" in alice.get("/alice/birds/commits/main").text


def test_a_plain_form_without_files_or_token_is_refused(hub, birds):
    alice = signed_in(hub, "alice")
    assert "No file was chosen" in send(alice, {"": b""}).text
    assert send(alice, {"b.txt": b"x"}, csrf="wrong").status_code == 403
    assert send(alice, {"../b.txt": b"x"}).status_code == 400


def test_a_plain_form_that_is_too_long_is_refused(hub, birds):
    assert send(signed_in(hub, "alice"), {"b.bin": b"\0" * (65 << 20)}).status_code == 413


def test_pieces_come_in_any_order_and_go_on_after_a_break(hub, birds):
    alice = Script(signed_in(hub, "alice"))
    whole = b"a" * PART + b"b" * 1000
    ticket = alice.begin("data/big.bin", len(whole))
    assert alice.put(ticket, 2, whole[PART:]).status_code == 200
    assert alice.ask(f"/{ticket}/finish").status_code == 400
    after = Script(signed_in(hub, "alice"))  # another day, another window
    assert after.client.get(f"/alice/birds/incoming/{ticket}", headers=OWN).json() == {"here": [2], "parts": 2}
    assert after.put(ticket, 1, whole[:PART]).status_code == 200
    sha256 = after.ask(f"/{ticket}/finish").json()["sha256"]
    small = after.begin("data/a.txt", 3)
    after.put(small, 1, b"new")
    assert after.ask(f"/{small}/finish").json()["sha256"] == ""
    empty = after.begin("data/empty", 0)
    answer = after.commit({"ticket": ticket, "sha256": sha256}, {"ticket": small}, {"ticket": empty})
    assert answer.json() == {"location": "/alice/birds/tree/main"}
    assert content(hub, birds, "data/big.bin") == whole
    assert content(hub, birds, "data/a.txt") == b"new"
    assert content(hub, birds, "data/empty") == b""
    hub.work()


def test_a_piece_of_another_length_is_refused(hub, birds):
    alice = Script(signed_in(hub, "alice"))
    ticket = alice.begin("x.bin", 10)
    assert alice.put(ticket, 1, b"short").status_code == 400
    assert alice.put(ticket, 1, b"much too long").status_code == 413
    assert alice.put(ticket, 2, b"0123456789").status_code == 400


def test_a_ticket_is_good_for_one_account_and_one_repository(hub, birds):
    a_model(hub, "alice/owls")
    alice, carol = Script(signed_in(hub, "alice")), Script(signed_in(hub, "carol"))
    ticket = alice.begin("x.bin", 10)
    assert carol.put(ticket, 1, b"0123456789").status_code == 404
    assert alice.client.put(f"/alice/owls/incoming/{ticket}/1", content=b"0123456789", headers=OWN).status_code == 404
    assert alice.put(ticket[:-3] + "AAA", 1, b"0123456789").status_code == 404
    assert carol.commit({"ticket": ticket}).status_code == 404


def test_a_piece_from_another_site_is_refused(hub, birds):
    alice = Script(signed_in(hub, "alice"))
    ticket = alice.begin("x.bin", 10)
    foreign = OWN | {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = alice.client.put(f"/alice/birds/incoming/{ticket}/1", content=b"0123456789", headers=foreign)
    assert answer.status_code in (401, 403)


def test_who_may_only_propose_opens_a_pull_request(hub, birds):
    carol = Script(signed_in(hub, "carol"))
    ticket = carol.begin("data/a.txt", 3)
    carol.put(ticket, 1, b"hers")
    carol.put(ticket, 1, b"her")
    assert carol.commit({"ticket": ticket}).json() == {"location": "/alice/birds/discussions/1"}
    assert (content(hub, birds, "data/a.txt"), content(hub, birds, "data/a.txt", "refs/pr/1")) == (b"old", b"her")


def test_a_file_that_others_changed_meanwhile_is_not_overwritten(hub, birds):
    alice = Script(signed_in(hub, "alice"))
    a_commit(hub, birds, {"data/a.txt": b"theirs"})
    ticket = alice.begin("data/a.txt", 4)
    alice.put(ticket, 1, b"mine")
    assert alice.commit({"ticket": ticket}).status_code == 409
    assert content(hub, birds, "data/a.txt") == b"theirs"

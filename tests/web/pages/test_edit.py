"""Files are changed by plain forms: on the branch, or as a pull request; when others were quicker, nothing is lost."""

import pytest

from tests.kit.builders import a_commit, a_model
from tests.kit.hub import URL
from tests.web.browsing import Browser, signed_in


@pytest.fixture
def birds(hub):
    return a_model(hub, files={"src/a.txt": b"one\r\ntwo\r\n", "b.txt": b"b\n", "blob.dat": b"\0\1"})


def content(hub, birds, path: str, rev: str = "main") -> bytes:
    return hub.rooms.repos.reader(hub.actor("alice"), birds).open_bytes(rev, path)


def save(browser: Browser, there: str, **fields: str):
    """Send the form at `there`; unlike `Browser.post` it may have a field `path`."""
    data = {"csrf": browser.token_on(there), **fields}
    return browser.client.post(there, data=data, headers={"Origin": URL})


def base_on(browser: Browser, path: str) -> str:
    return browser.get(path).text.split('name="base" value="')[1].split('"')[0]


def test_an_edit_lands_on_the_branch_with_the_line_ends_that_it_had(hub, birds):
    alice = signed_in(hub, "alice")
    there = "/alice/birds/edit/main/src/a.txt"
    base = base_on(alice, there)
    answer = save(alice, there, path="src/a.txt", text="one\r\nTWO\r\n", base=base, way="push", summary="Louder")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alice/birds/blob/main/src/a.txt")
    assert content(hub, birds, "src/a.txt") == b"one\r\nTWO\r\n"
    save(alice, "/alice/birds/edit/main/b.txt", path="b.txt", text="B\r\n", base=base, way="push")
    assert content(hub, birds, "b.txt") == b"B\n"
    assert "Louder" in alice.get("/alice/birds/commits/main").text
    assert "Update b.txt" in alice.get("/alice/birds/commits/main").text


def test_a_file_is_made_renamed_and_deleted(hub, birds):
    alice = signed_in(hub, "alice")
    new, way = "/alice/birds/new/main/src", {"way": "push"}
    assert save(alice, new, path="src/new.txt", text="hello", base=base_on(alice, new), **way).status_code == 303
    assert content(hub, birds, "src/new.txt") == b"hello"
    again = save(alice, new, path="src/new.txt", text="mine", base=base_on(alice, new), **way)
    assert (again.status_code, "Choose another name" in again.text, ">\nmine</textarea>" in again.text) == (
        400,
        True,
        True,
    )
    move = "/alice/birds/edit/main/blob.dat"
    assert "can be renamed" in alice.get(move).text
    assert save(alice, move, path="bin/blob.dat", base=base_on(alice, move), **way).status_code == 303
    assert content(hub, birds, "bin/blob.dat") == b"\0\1"
    delete = "/alice/birds/delete/main/bin/blob.dat"
    assert save(alice, delete, base=base_on(alice, delete), **way).status_code == 303
    assert alice.get("/alice/birds/blob/main/bin/blob.dat").status_code == 404


def test_who_may_only_propose_opens_a_pull_request(hub, birds):
    carol = signed_in(hub, "carol")
    there = "/alice/birds/edit/main/b.txt"
    assert "opens a pull request" in carol.get(there).text
    answer = save(carol, there, path="b.txt", text="carols\n", base=base_on(carol, there), way="push", summary="Mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/alice/birds/discussions/1")
    assert content(hub, birds, "b.txt") == b"b\n"
    assert content(hub, birds, "b.txt", "refs/pr/1") == b"carols\n"


def test_what_others_changed_meanwhile_is_not_lost_nor_is_ones_own(hub, birds):
    alice = signed_in(hub, "alice")
    there = "/alice/birds/edit/main/b.txt"
    base = base_on(alice, there)
    theirs = a_commit(hub, birds, {"b.txt": b"theirs\n"})
    answer = save(alice, there, path="b.txt", text="my long text\n", base=base, way="push")
    assert (answer.status_code, ">\nmy long text\n</textarea>" in answer.text) == (409, True)
    assert f"/alice/birds/compare/{base}..{theirs}" in answer.text
    assert content(hub, birds, "b.txt") == b"theirs\n"
    again = save(alice, there, path="b.txt", text="merged\n", base=theirs, way="push")
    assert (again.status_code, content(hub, birds, "b.txt")) == (303, b"merged\n")


def test_a_change_of_another_file_is_in_nobodys_way(hub, birds):
    alice = signed_in(hub, "alice")
    there = "/alice/birds/edit/main/b.txt"
    base = base_on(alice, there)
    a_commit(hub, birds, {"src/a.txt": b"theirs\n"})
    assert save(alice, there, path="b.txt", text="mine\n", base=base, way="push").status_code == 303
    assert (content(hub, birds, "b.txt"), content(hub, birds, "src/a.txt")) == (b"mine\n", b"theirs\n")


@pytest.mark.parametrize("path", ["../up.txt", "a/../../b", ".git/config", "x\\y", ""])
def test_a_bad_path_is_refused_and_the_text_is_kept(hub, birds, path):
    alice = signed_in(hub, "alice")
    there = "/alice/birds/new/main"
    answer = save(alice, there, path=path, text="kept", base=base_on(alice, there), way="push")
    assert (answer.status_code, ">\nkept</textarea>" in answer.text) == (400, True)


def test_only_branches_are_edited(hub, birds):
    alice = signed_in(hub, "alice")
    oid = base_on(alice, "/alice/birds/edit/main/b.txt")
    assert alice.get(f"/alice/birds/edit/{oid}/b.txt").status_code == 404
    assert "/edit/" not in alice.get(f"/alice/birds/blob/{oid}/b.txt").text
    assert "/edit/main/b.txt" in alice.get("/alice/birds/blob/main/b.txt").text
    assert "/edit/" not in Browser(hub).get("/alice/birds/blob/main/b.txt").text


def test_a_text_that_the_repository_calls_large_is_kept_as_such(hub, birds):
    alice = signed_in(hub, "alice")
    there = "/alice/birds/new/main"
    answer = save(alice, there, path="t.parquet", text="words", base=base_on(alice, there), way="push")
    assert answer.status_code == 303
    entry = hub.rooms.repos.reader(hub.actor("alice"), birds).entry("main", "t.parquet")
    assert entry.large is not None

"""Committing over the API."""

import pytest

from tests.protocols.hub.conftest import Asker, ndjson

STALE = "The branch was updated since you opened this page. Please refresh and try again."
HEADER = {"key": "header", "value": {"summary": "s", "description": ""}}


def paths(asker: Asker, repo: str, rev: str = "main") -> set[str]:
    entries = asker.get(f"{repo}/tree/{rev}", recursive="true").json()
    return {one["path"] for one in entries if one["type"] == "file"} - {".gitattributes"}


@pytest.mark.proves("POST /api/{type}s/{id}/commit/{rev}")
def test_a_commit_answers_with_addresses_on_the_clients_host(alice: Asker, birds: str) -> None:
    answer = alice.commit(birds, {"a.txt": b"hello"})
    oid = alice.made(answer)
    assert answer.json()["commitUrl"] == f"http://hub.test/alice/birds/commit/{oid}"
    assert "pullRequestUrl" not in answer.json()
    assert alice.get(f"{birds}/refs").json()["branches"][0]["targetCommit"] == oid
    assert alice.client.get("/alice/birds/resolve/main/a.txt").content == b"hello"


@pytest.mark.parametrize("kind", ["dataset", "space", "kernel"])
def test_every_kind_takes_commits(alice: Asker, kind: str) -> None:
    alice.create("birds", kind)
    answer = alice.commit(f"{kind}s/alice/birds", {"a.txt": b"hello"})
    oid = alice.made(answer)
    assert answer.json()["commitUrl"] == f"http://hub.test/{kind}s/alice/birds/commit/{oid}"
    assert alice.client.get(f"/{kind}s/alice/birds/resolve/main/a.txt").content == b"hello"


def test_the_name_may_be_spelled_in_another_case(alice: Asker) -> None:
    alice.create("Birds")
    alice.made(alice.commit("models/alice/birds", {"a.txt": b"hello"}))
    assert paths(alice, "models/alice/Birds") == {"a.txt"}


def test_summary_and_description_become_the_message(alice: Asker, birds: str) -> None:
    body = ndjson(
        {"key": "header", "value": {"summary": "Add a", "description": "because\nit is good"}},
        {"key": "file", "value": {"path": "a", "content": "eA==", "encoding": "base64"}},
    )
    assert alice.client.post(f"/api/{birds}/commit/main", content=body).status_code == 200
    said = alice.get(f"{birds}/commits/main").json()[0]
    assert (said["title"], said["message"]) == ("Add a", "because\nit is good")


def test_deletions_name_files_and_folders(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"a": b"1", "b/c": b"2", "b/d": b"3", "e/f": b"4", "g/h": b"5"}))
    alice.made(
        alice.commit(
            birds,
            {},
            {"key": "deletedFile", "value": {"path": "a"}},
            {"key": "deletedFolder", "value": {"path": "b/"}},
            {"key": "deletedFile", "value": {"path": "e"}},
        )
    )
    assert paths(alice, birds) == {"g/h"}


def test_operations_apply_in_order(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"a": b"1"}))
    body = ndjson(
        HEADER,
        {"key": "deletedFile", "value": {"path": "a"}},
        {"key": "file", "value": {"path": "a/b", "content": "eA==", "encoding": "base64"}},
    )
    assert alice.client.post(f"/api/{birds}/commit/main", content=body).status_code == 200
    assert paths(alice, birds) == {"a/b"}


def test_deleting_what_is_not_there_is_said_in_the_words_that_clients_know(alice: Asker, birds: str) -> None:
    answer = alice.commit(birds, {}, {"key": "deletedFile", "value": {"path": "no"}})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert "A file with this name doesn't exist" in answer.json()["error"]


def test_a_stale_parent_is_412_in_the_words_that_clients_know(alice: Asker, birds: str) -> None:
    first = alice.made(alice.commit(birds, {"a": b"1"}))
    second = alice.made(alice.commit(birds, {"a": b"2"}, parent=first))
    answer = alice.commit(birds, {"a": b"3"}, parent=first)
    assert (answer.status_code, answer.json()["error"]) == (412, STALE)
    assert alice.get(birds).json()["sha"] == second


@pytest.mark.parametrize("parent", ["main", "x", "0" * 40])
def test_a_parent_that_is_no_commit_is_refused(alice: Asker, birds: str, parent: str) -> None:
    assert alice.commit(birds, {"a": b"1"}, parent=parent).status_code == 400


@pytest.mark.parametrize(
    "path", ["..\\ddd", "../a", "a/../../b", "/etc/passwd", "a\x00b", ".git/config", "a//b", "", "x" * 5000]
)
def test_paths_that_may_not_be_are_refused_and_nothing_is_written(alice: Asker, birds: str, path: str) -> None:
    before = alice.get(birds).json()["sha"]
    answer = alice.commit(birds, {"good": b"1", path: b"2"})
    assert answer.status_code == 422, answer.text
    assert answer.headers["X-Error-Message"]
    assert alice.get(birds).json()["sha"] == before


@pytest.mark.parametrize("rev", ["nowhere", "v1", "0" * 40])
def test_only_branches_take_commits(alice: Asker, birds: str, rev: str) -> None:
    alice.post(f"{birds}/tag/main", {"tag": "v1"})
    for params in ({}, {"create_pr": "1"}):
        answer = alice.commit(birds, {"a": b"1"}, rev=rev, **params)
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


def test_a_commit_id_takes_no_commits(alice: Asker, birds: str) -> None:
    head = alice.get(birds).json()["sha"]
    for params in ({}, {"create_pr": "1"}):
        answer = alice.commit(birds, {"a": b"1"}, rev=head, **params)
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


def test_anyone_signed_in_may_open_a_pull_request(carol: Asker, alice: Asker, birds: str) -> None:
    before = alice.get(birds).json()["sha"]
    answer = carol.commit(birds, {"a.txt": b"hello"}, create_pr="1")
    oid = carol.made(answer)
    assert answer.json()["pullRequestUrl"] == "http://hub.test/alice/birds/discussions/1"
    assert alice.get(birds).json()["sha"] == before
    assert alice.get(f"{birds}/revision/refs%2Fpr%2F1").json()["sha"] == oid
    again = carol.made(carol.commit(birds, {"b.txt": b"hello"}, rev="refs%2Fpr%2F1"))
    assert alice.get(f"{birds}/revision/refs%2Fpr%2F1").json()["sha"] == again
    second = carol.commit(birds, {"c": b"x"}, create_pr="1").json()["pullRequestUrl"]
    assert second.endswith("/alice/birds/discussions/2")


def test_a_pull_request_belongs_to_who_opened_it(alice: Asker, bob: Asker, carol: Asker, birds: str) -> None:
    carol.made(carol.commit(birds, {"a.txt": b"hello"}, create_pr="1"))
    assert bob.commit(birds, {"b": b"x"}, rev="refs%2Fpr%2F1").status_code == 403
    alice.made(alice.commit(birds, {"b": b"x"}, rev="refs%2Fpr%2F1"))


def test_who_may_not_write_is_told_of_create_pr(carol: Asker, nobody: Asker, birds: str, secret: str) -> None:
    answer = carol.commit(birds, {"a": b"1"})
    assert answer.status_code == 403
    assert "create_pr=1" in answer.headers["X-Error-Message"]
    assert nobody.commit(birds, {"a": b"1"}).status_code in {401, 403}
    for asker, status in ((carol, 404), (nobody, 401)):
        hidden = asker.commit(secret, {"a": b"1"})
        assert (hidden.status_code, hidden.headers["X-Error-Code"]) == (status, "RepoNotFound")


def test_a_large_file_must_be_in_the_repository_before(alice: Asker, birds: str) -> None:
    alice.create("owls")
    sha256 = alice.large("models/alice/owls", "a.bin", b"a" * 100)
    line = {"key": "lfsFile", "value": {"path": "a.bin", "algo": "sha256", "oid": sha256, "size": 100}}
    answer = alice.commit(birds, {}, line)
    assert answer.status_code in {400, 404, 422}
    assert "pload" in answer.headers["X-Error-Message"]


def test_a_large_file_is_copied_by_naming_it_without_a_size(alice: Asker, birds: str) -> None:
    sha256 = alice.large(birds, "a.bin", b"a" * 100)
    alice.made(alice.commit(birds, {}, {"key": "lfsFile", "value": {"path": "b.bin", "algo": "sha256", "oid": sha256}}))
    assert alice.client.get("/alice/birds/resolve/main/b.bin").content == b"a" * 100


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]\n",
        ndjson({"key": "file", "value": {"path": "a", "content": ""}}),
        ndjson(HEADER) + b"\xff\xfe\n",
    ],
)
def test_a_malformed_body_is_refused(alice: Asker, birds: str, body: bytes) -> None:
    before = alice.get(birds).json()["sha"]
    answer = alice.client.post(f"/api/{birds}/commit/main", content=body)
    assert answer.status_code == 400
    assert answer.headers["X-Error-Message"]
    assert alice.get(birds).json()["sha"] == before


def test_a_file_too_long_for_git_becomes_a_large_one(alice: Asker, birds: str) -> None:
    content = bytes(range(256)) * (11 << 12)
    alice.made(alice.commit(birds, {"big.txt": content}))
    entry = next(one for one in alice.get(f"{birds}/tree/main").json() if one["path"] == "big.txt")
    assert entry["lfs"]["size"] == len(content)
    assert alice.client.get("/alice/birds/resolve/main/big.txt").content == content

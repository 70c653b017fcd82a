"""Discussions and pull requests through the API: what is answered, who may do what, and what is refused in words."""

from typing import Any

import pytest

from tests.protocols.hub.conftest import Asker


def opened(asker: Asker, repo: str, title: str = "A question", text: str = "How?", **more: Any) -> int:
    answer = asker.post(f"{repo}/discussions", {"title": title, "description": text, **more})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["num"])


def details(asker: Asker, repo: str, number: int, **params: object) -> dict[str, Any]:
    answer = asker.get(f"{repo}/discussions/{number}", **params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def kinds(asker: Asker, repo: str, number: int) -> list[str]:
    return [event["type"] for event in details(asker, repo, number)["events"]]


def a_pull(asker: Asker, repo: str, files: dict[str, bytes] | None = None) -> int:
    """A pull request made by a commit."""
    answer = asker.commit(repo, files or {"a.txt": b"a\n"}, create_pr=1)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["pullRequestUrl"].rpartition("/")[2])


def refused(answer: Any, status: int, words: str) -> None:
    assert (answer.status_code, words in answer.headers["X-Error-Message"]) == (status, True), answer.text


@pytest.mark.proves("POST /api/{type}s/{id}/discussions", "GET /api/{type}s/{id}/discussions/{num}")
def test_a_discussion_is_opened_and_read_in_the_clients_form(carol: Asker, birds: str) -> None:
    number = opened(carol, birds, "  Two\n words ", "Look at **this**")
    found = details(carol, birds, number)
    assert {name: found[name] for name in ("title", "num", "status", "isPullRequest", "author", "repo")} == {
        "title": "Two words",
        "num": 1,
        "status": "open",
        "isPullRequest": False,
        "author": {"name": "carol"},
        "repo": {"name": "alice/birds", "type": "model"},
    }
    assert found["createdAt"].endswith("Z")
    assert not {"changes", "filesWithConflicts", "diff"} & found.keys()
    (first,) = found["events"]
    assert (first["type"], first["author"]) == ("comment", {"name": "carol"})
    assert first["data"]["latest"]["raw"] == "Look at **this**"
    assert "<strong>this</strong>" in first["data"]["latest"]["html"]
    assert (first["data"]["edited"], first["data"]["hidden"], first["data"]["history"]) == (False, False, [])


@pytest.mark.proves("GET /api/{type}s/{id}/discussions")
def test_lists_are_filtered_counted_and_paged(alice: Asker, carol: Asker, birds: str) -> None:
    for place in range(52):
        opened(carol, birds, f"Question {place}")
    draft = opened(alice, birds, "A draft", pullRequest=True)
    alice.post(f"{birds}/discussions/1/status", {"status": "closed"})

    def asked(**params: object) -> tuple[list[int], int, int]:
        answer = alice.get(f"{birds}/discussions", **params).json()
        return [one["num"] for one in answer["discussions"]], answer["count"], answer["start"]

    assert asked() == (list(range(53, 3, -1)), 53, 0)
    assert asked(p=1) == ([3, 2, 1], 53, 50)
    assert asked(p=2) == ([], 53, 100)
    assert asked(type="pull_request") == ([draft], 1, 0)
    assert asked(type="discussion", p=1)[0] == [2, 1]
    assert asked(status="closed") == ([1], 1, 0)
    assert asked(status="open")[1] == 52
    assert asked(author="ALICE") == ([draft], 1, 0)
    assert asked(author="nobody-here") == ([], 0, 0)
    refused(alice.get(f"{birds}/discussions", type="other"), 400, "type must be one of")
    refused(alice.get(f"{birds}/discussions", p="-1"), 400, "number of a page")


@pytest.mark.proves(
    "POST /api/{type}s/{id}/discussions/{num}/comment",
    "POST /api/{type}s/{id}/discussions/{num}/comment/{comment}/edit",
)
def test_a_comment_keeps_what_it_said_before(alice: Asker, carol: Asker, birds: str) -> None:
    number = opened(carol, birds)
    said = carol.post(f"{birds}/discussions/{number}/comment", {"comment": "one"}).json()["newMessage"]
    assert len(said["id"]) == 24
    at = f"{birds}/discussions/{number}/comment/{said['id']}"
    carol.post(f"{at}/edit", {"content": "two"})
    last = carol.post(f"{at}/edit", {"content": "three"}).json()["updatedComment"]
    assert last["data"]["latest"]["raw"] == "three"
    assert [one["raw"] for one in last["data"]["history"]] == ["one", "two"]
    assert (last["data"]["edited"], last["data"]["numEdits"]) == (True, 2)
    by_alice = alice.post(f"{at}/edit", {"content": "four"}).json()["updatedComment"]
    assert (by_alice["author"]["name"], by_alice["data"]["latest"]["author"]["name"]) == ("carol", "alice")


@pytest.mark.proves("POST /api/{type}s/{id}/discussions/{num}/comment/{comment}/hide")
def test_what_is_hidden_is_gone_with_its_history(carol: Asker, birds: str) -> None:
    number = opened(carol, birds)
    said = carol.post(f"{birds}/discussions/{number}/comment", {"comment": "hf_secret"}).json()["newMessage"]
    at = f"{birds}/discussions/{number}/comment/{said['id']}"
    carol.post(f"{at}/edit", {"content": "hf_other_secret"})
    hidden = carol.client.post(f"/api/{at}/hide").json()["updatedComment"]
    assert (hidden["data"]["hidden"], hidden["data"]["latest"]["raw"]) == (True, "")
    assert "secret" not in carol.get(f"{birds}/discussions/{number}").text
    refused(carol.post(f"{at}/edit", {"content": "again"}), 409, "hidden")


@pytest.mark.proves("POST /api/{type}s/{id}/discussions/{num}/title", "POST /api/{type}s/{id}/discussions/{num}/status")
def test_title_and_status_change_with_events(carol: Asker, birds: str) -> None:
    number = opened(carol, birds)
    at = f"{birds}/discussions/{number}"
    renamed = carol.post(f"{at}/title", {"title": "Better"}).json()["newTitle"]
    assert (renamed["type"], renamed["data"]) == ("title-change", {"from": "A question", "to": "Better"})
    closed = carol.post(f"{at}/status", {"status": "closed", "comment": "Done."}).json()["newStatus"]
    assert (closed["type"], closed["data"]) == ("status-change", {"status": "closed"})
    refused(carol.post(f"{at}/status", {"status": "closed"}), 409, "closed already")
    refused(carol.post(f"{at}/status", {"status": "merged"}), 400, "merged by merging")
    carol.post(f"{at}/status", {"status": "open"})
    assert kinds(carol, birds, number) == ["comment", "title-change", "comment", "status-change", "status-change"]
    assert (details(carol, birds, number)["title"], details(carol, birds, number)["status"]) == ("Better", "open")


@pytest.mark.proves(
    "POST /api/{type}s/{id}/discussions/{num}/comment/{comment}/reaction",
    "POST /api/{type}s/{id}/discussions/{num}/pin",
)
def test_signs_and_pins(alice: Asker, carol: Asker, birds: str) -> None:
    number = opened(carol, birds)
    comment = details(carol, birds, number)["events"][0]["id"]
    at = f"{birds}/discussions/{number}"
    for _ in range(2):
        alice.post(f"{at}/comment/{comment}/reaction", {"reaction": "👍"})
    said = carol.post(f"{at}/comment/{comment}/reaction", {"reaction": "👍"}).json()["updatedComment"]
    assert said["data"]["reactions"] == [{"reaction": "👍", "users": ["alice", "carol"], "count": 2}]
    carol.post(f"{at}/comment/{comment}/reaction", {"reaction": "👍", "on": False})
    assert details(carol, birds, number)["events"][0]["data"]["reactions"][0]["users"] == ["alice"]
    refused(carol.post(f"{at}/comment/{comment}/reaction", {"reaction": "<b>"}), 400, "one of")
    refused(carol.post(f"{at}/pin", {"pinned": True}), 403, "pin")
    assert alice.post(f"{at}/pin", {"pinned": True}).json() == {"pinned": True}
    assert details(alice, birds, number)["pinned"] is True


def test_a_commit_opens_a_pull_request_with_its_discussion(alice: Asker, carol: Asker, birds: str) -> None:
    number = a_pull(carol, birds)
    found = details(alice, birds, number, diff=1)
    assert (found["status"], found["isPullRequest"], found["changes"]) == ("open", True, {"base": "refs/heads/main"})
    assert found["filesWithConflicts"] == []
    assert found["diff"].startswith("diff --git a/a.txt b/a.txt")
    assert [event["type"] for event in found["events"]] == ["comment", "commit"]
    assert found["events"][1]["data"]["subject"] == "a commit"
    assert "diff" not in details(alice, birds, number)


@pytest.mark.proves("POST /api/{type}s/{id}/discussions/{num}/merge")
def test_a_draft_is_filled_opened_and_merged(alice: Asker, carol: Asker, birds: str) -> None:
    number = opened(carol, birds, "Better cards", pullRequest=True)
    assert details(carol, birds, number)["status"] == "draft"
    oid = carol.made(carol.commit(birds, {"b.txt": b"b\n"}, rev=f"refs%2Fpr%2F{number}"))
    refused(alice.client.post(f"/api/{birds}/discussions/{number}/merge"), 409, "is a draft")
    carol.post(f"{birds}/discussions/{number}/status", {"status": "open"})
    assert carol.client.post(f"/api/{birds}/discussions/{number}/merge").status_code == 403
    assert alice.client.post(f"/api/{birds}/discussions/{number}/merge").status_code == 200
    found = details(alice, birds, number, diff=1)
    assert (found["status"], found["changes"]["mergeCommitId"]) == ("merged", oid)
    assert "+b" in found["diff"]
    assert alice.get(f"{birds}/commits/main").json()[0]["id"] == oid
    refused(alice.post(f"{birds}/discussions/{number}/merge"), 409, "is merged")
    refused(alice.post(f"{birds}/discussions/{number}/status", {"status": "open"}), 409, "cannot be undone")


def test_merging_names_the_files_that_conflict(alice: Asker, carol: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"a.txt": b"old\n"}))
    number = a_pull(carol, birds, {"a.txt": b"theirs\n"})
    alice.made(alice.commit(birds, {"a.txt": b"ours\n"}))
    assert details(alice, birds, number)["filesWithConflicts"] == ["a.txt"]
    refused(alice.post(f"{birds}/discussions/{number}/merge"), 409, "'a.txt'")
    assert details(alice, birds, number)["status"] == "open"


def test_squashing_and_the_head_that_was_seen(alice: Asker, carol: Asker, birds: str) -> None:
    number = a_pull(carol, birds)
    at = f"{birds}/discussions/{number}/merge"
    refused(alice.post(at, {"head": "0" * 40}), 412, "new commits")
    assert alice.post(at, {"squash": True, "comment": "Thanks @carol"}).status_code == 200
    newest = alice.get(f"{birds}/commits/main").json()[0]
    assert (newest["title"], newest["authors"]) == (f"a commit (#{number})", [{"user": "carol"}])
    assert kinds(alice, birds, number) == ["comment", "commit", "comment", "status-change"]


def test_mentions_link_to_people_and_threads_that_exist(alice: Asker, carol: Asker, birds: str) -> None:
    opened(carol, birds)
    number = opened(alice, birds, text="Hello @CAROL and @nobody-here, see #1 but not `@carol #1`")
    html = details(alice, birds, number)["events"][0]["data"]["latest"]["html"]
    assert 'href="http://hub.test/carol"' in html
    assert 'href="http://hub.test/alice/birds/discussions/1"' in html
    assert "nobody-here</a>" not in html
    assert "<code>@carol #1</code>" in html
    assert kinds(carol, birds, 1) == ["comment", "reference"]


def test_strangers_keep_order_only_in_what_is_theirs(alice: Asker, carol: Asker, birds: str) -> None:
    number = opened(alice, birds)
    comment = details(alice, birds, number)["events"][0]["id"]
    at = f"{birds}/discussions/{number}"
    assert carol.post(f"{at}/comment", {"comment": "hello"}).status_code == 200
    for path, body in (
        (f"{at}/comment/{comment}/edit", {"content": "x"}),
        (f"{at}/comment/{comment}/hide", {}),
        (f"{at}/title", {"title": "x"}),
        (f"{at}/status", {"status": "closed"}),
        (f"{at}/pin", {"pinned": True}),
        (f"{at}/merge", {}),
    ):
        assert carol.post(path, body).status_code == 403, path


def test_nobody_and_readers_by_token_only_read(nobody: Asker, alice: Asker, birds: str) -> None:
    number = opened(alice, birds)
    assert nobody.get(f"{birds}/discussions").json()["count"] == 1
    assert nobody.post(f"{birds}/discussions", {"title": "x"}).status_code in (401, 403)
    with alice.hub.client("alice", "read") as client:
        assert client.post(f"/api/{birds}/discussions/{number}/comment", json={"comment": "x"}).status_code == 403


def test_a_private_repository_hides_its_talk(alice: Asker, carol: Asker, secret: str) -> None:
    number = opened(alice, secret)
    for answer in (carol.get(f"{secret}/discussions"), carol.get(f"{secret}/discussions/{number}")):
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")
    assert carol.post(f"{secret}/discussions", {"title": "x"}).status_code == 404


def test_a_gate_shows_the_talk_and_keeps_the_changes(alice: Asker, carol: Asker, birds: str) -> None:
    number = a_pull(alice, birds)
    assert alice.put(f"{birds}/settings", {"gated": "manual"}).status_code == 200
    found = details(carol, birds, number, diff=1)
    assert found["events"]
    assert "diff" not in found
    assert "diff" in details(alice, birds, number, diff=1)


def test_a_discussion_goes_where_its_repository_goes(alice: Asker, carol: Asker, birds: str) -> None:
    number = opened(carol, birds)
    alice.post("repos/move", {"fromRepo": "alice/birds", "toRepo": "alice/finches"})
    assert details(carol, "models/alice/finches", number)["repo"]["name"] == "alice/finches"
    moved = carol.client.get(f"/api/{birds}/discussions/{number}", params={"diff": 1}, follow_redirects=False)
    assert (moved.status_code, f"finches/discussions/{number}?diff=1" in moved.headers["Location"]) == (307, True)
    alice.post("models/alice/finches/duplicate", {"repository": "alice/copy"})
    assert alice.get("models/alice/copy/discussions").json()["count"] == 0
    alice.delete("repos/delete", {"name": "finches"})
    alice.create("finches")
    assert alice.get("models/alice/finches/discussions").json()["count"] == 0
    assert opened(alice, "models/alice/finches") == 1


@pytest.mark.parametrize("number", ["0", "99", "x", "1e3", "99999999999999999999"])
def test_what_is_not_there_is_said(alice: Asker, birds: str, number: str) -> None:
    opened(alice, birds)
    assert alice.get(f"{birds}/discussions/{number}").status_code == 404
    assert alice.post(f"{birds}/discussions/{number}/comment", {"comment": "x"}).status_code == 404
    assert alice.post(f"{birds}/discussions/{number}/title", {"title": "x"}).status_code == 404


def test_a_comment_is_found_only_in_its_own_discussion(alice: Asker, birds: str) -> None:
    first, second = opened(alice, birds), opened(alice, birds)
    comment = details(alice, birds, first)["events"][0]["id"]
    for action, body in (("edit", {"content": "x"}), ("hide", {}), ("reaction", {"reaction": "👍"})):
        at = f"{birds}/discussions/{second}/comment/{comment}/{action}"
        assert alice.post(at, body).status_code == 404
    assert alice.post(f"{birds}/discussions/{first}/merge").status_code == 400


@pytest.mark.parametrize("body", [{}, {"title": ""}, {"title": " \n"}, {"title": "x" * 251}, {"title": "a\0b"}])
def test_titles_that_say_nothing_or_too_much_are_refused(alice: Asker, birds: str, body: dict[str, str]) -> None:
    assert alice.post(f"{birds}/discussions", body).status_code == 400
    assert alice.get(f"{birds}/discussions").json()["count"] == 0


def test_texts_have_limits(alice: Asker, birds: str) -> None:
    number = opened(alice, birds)
    at = f"{birds}/discussions/{number}/comment"
    refused(alice.post(at, {"comment": "x" * 70_000}), 413, "65536")
    refused(alice.post(at, {"comment": " \n"}), 400, "empty")
    refused(alice.post(at, {"comment": "a\0b"}), 400, "NUL")
    assert alice.client.post(f"/api/{at}", content=b'{"comment": "\\ud800"}').status_code == 400


def test_harmful_markdown_comes_out_harmless(alice: Asker, birds: str) -> None:
    text = "<script>x</script><img src=x onerror=y><a href='javascript:z'>a</a> <b id=login>b</b> @alice<img src=q>"
    number = opened(alice, birds, text=text)
    html = details(alice, birds, number)["events"][0]["data"]["latest"]["html"]
    assert not [word for word in ("<script", "onerror", "javascript:", "id=") if word in html]

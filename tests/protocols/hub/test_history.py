"""Commits, comparisons, squashing."""

import pytest

from tests.protocols.hub.conftest import Asker


@pytest.mark.proves("GET /api/{type}s/{id}/commits/{rev}")
def test_commits_come_newest_first_in_pages(alice: Asker, birds: str) -> None:
    made = [alice.made(alice.commit(birds, {"a.txt": str(n).encode()})) for n in range(3)]
    seen, url = [], f"http://hub.test/api/{birds}/commits/main?limit=2"
    while url:
        answer = alice.client.get(url)
        seen += answer.json()
        url = answer.links.get("next", {}).get("url", "")
    assert [one["id"] for one in seen][:3] == made[::-1]
    assert seen[0]["title"] == "a commit"
    assert seen[0]["authors"] == [{"user": "alice"}]
    assert seen[0]["date"].endswith("Z")
    assert "formatted" not in seen[0]
    formatted = alice.client.get(f"/api/{birds}/commits/main?expand[]=formatted").json()[0]
    assert formatted["formatted"] == {"title": "a commit", "message": ""}


def test_formatted_texts_are_safe_html(alice: Asker, birds: str) -> None:
    from tests.protocols.hub.conftest import ndjson

    lines = ndjson(
        {"key": "header", "value": {"summary": "<b>x</b>", "description": "<script>"}},
        {"key": "file", "value": {"path": "a", "content": ""}},
    )
    assert alice.client.post(f"/api/{birds}/commit/main", content=lines).status_code == 200
    said = alice.client.get(f"/api/{birds}/commits/main?expand[]=formatted").json()[0]
    assert said["formatted"]["title"] == "&lt;b&gt;x&lt;/b&gt;"
    assert "<" not in said["formatted"]["message"]


def test_a_revision_that_is_not_there_is_said(alice: Asker, birds: str) -> None:
    answer = alice.get(f"{birds}/commits/nowhere")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


@pytest.mark.proves("GET /api/{type}s/{id}/compare/{spec}")
def test_it_compares_two_revisions_as_a_git_diff(alice: Asker, birds: str) -> None:
    first = alice.made(alice.commit(birds, {"a.txt": b"one\n"}))
    alice.made(alice.commit(birds, {"a.txt": b"two\n"}))
    answer = alice.get(f"{birds}/compare/{first}..main")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "diff --git a/a.txt b/a.txt" in answer.text
    assert "-one\n+two\n" in answer.text
    assert alice.get(f"{birds}/compare/{first}").status_code == 400


@pytest.mark.proves("POST /api/{type}s/{id}/super-squash/{branch}")
@pytest.mark.parametrize("branch", ["main", "refs%2Fpr%2F1"])
def test_squashing_keeps_the_tree_and_forgets_the_past(alice: Asker, birds: str, branch: str) -> None:
    alice.made(alice.commit(birds, {"a.txt": b"a"}))
    alice.made(alice.commit(birds, {"b.txt": b"b"}, create_pr=1))
    before = alice.get(f"{birds}/tree/{branch}").json()
    assert alice.post(f"{birds}/super-squash/{branch}", {"message": "all of it"}).status_code == 200
    commits = alice.get(f"{birds}/commits/{branch}").json()
    assert [one["title"] for one in commits] == ["all of it"]
    assert alice.get(f"{birds}/tree/{branch}").json() == before


def test_it_refuses_to_squash_what_is_no_branch(alice: Asker, birds: str, carol: Asker) -> None:
    alice.post(f"{birds}/tag/main", {"tag": "v1"})
    assert alice.post(f"{birds}/super-squash/v1", {}).status_code in {400, 404}
    answer = alice.post(f"{birds}/super-squash/nowhere", {})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")
    assert carol.post(f"{birds}/super-squash/main", {}).status_code == 403

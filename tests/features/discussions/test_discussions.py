"""What the room of discussions promises beside its API: the outbox, the audit, and order among many."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from freehold.base.errors import Conflict, HubError
from freehold.core.queue.events import HAPPENED
from freehold.features.discussions import journal
from freehold.stores.db.database import Database
from tests.features.discussions.conftest import BIRDS, Hall


def told(hall: Hall) -> list[dict[str, Any]]:
    """What is in the outbox about discussions, in order."""
    with hall.rooms.db.read() as tx:
        rows = tx.all("SELECT payload FROM queue_job WHERE kind = :kind ORDER BY created_at, id", kind=HAPPENED)
    events = [json.loads(row.payload) for row in rows]
    return [event for event in events if event["scope"].startswith("discussion")]


def audited(hall: Hall) -> list[str]:
    with hall.rooms.db.read() as tx:
        rows = tx.all("SELECT action FROM accounts_audit ORDER BY at, id")
    return [row.action for row in rows if row.action.partition(".")[0] in ("discussion", "pull")]


def test_all_that_happens_is_told_in_the_words_of_webhooks(hall: Hall):
    number = hall.opened("carol", "Ask", "Well, @alice and @nobody-at-all?")
    comment = hall.talk.comment(hall.writer("alice"), number, "So.")
    hall.talk.edit(hall.writer("alice"), number, comment.id, "So, @carol and @mallory.")
    hall.talk.edit(hall.writer("alice"), number, comment.id, "So, @carol.")
    hall.talk.hide(hall.writer("alice"), number, comment.id)
    hall.talk.rename(hall.writer("carol"), number, "Asked")
    hall.talk.pin(hall.writer("alice"), number, pinned=True)
    hall.talk.set_status(hall.writer("carol"), number, "closed", "Thanks @alice")
    events = told(hall)
    assert [(event["scope"], event["action"], event["change"], event["mentions"]) for event in events] == [
        ("discussion", "create", "", ["alice", "nobody-at-all"]),
        ("discussion.comment", "create", "", []),
        ("discussion.comment", "update", "edit", ["carol", "mallory"]),
        ("discussion.comment", "update", "edit", []),
        ("discussion.comment", "update", "hide", []),
        ("discussion", "update", "title", []),
        ("discussion", "update", "pin", []),
        ("discussion.comment", "create", "", ["alice"]),
        ("discussion", "update", "status", []),
    ]
    assert events[0]["comment"]["content"].startswith("Well")
    assert (events[4]["comment"]["content"], events[4]["comment"]["hidden"]) == ("", True)
    assert (events[-1]["discussion"]["title"], events[-1]["discussion"]["status"]) == ("Asked", "closed")
    assert {event["repo"]["name"] for event in events} == {"birds"}
    assert audited(hall) == [
        "discussion.open",
        "discussion.comment",
        "discussion.edit",
        "discussion.edit",
        "discussion.hide",
        "discussion.rename",
        "discussion.pin",
        "discussion.status",
    ]


def test_a_pull_request_is_told_with_its_base_and_its_merge(hall: Hall):
    number = hall.commit("carol", "main", "a.txt", create_pr=True)
    hall.talk.merge(hall.writer("alice"), number)
    first, last = told(hall)
    assert (first["discussion"]["is_pull_request"], first["discussion"]["base"]) == (True, "refs/heads/main")
    assert (last["change"], last["discussion"]["status"]) == ("merge", "merged")
    assert last["discussion"]["merge_commit"] == hall.writer("alice").commit_of("main")


def test_what_fails_leaves_nothing(hall: Hall):
    number = hall.opened()
    before = (told(hall), audited(hall), hall.events(number))
    for refused in (
        lambda: hall.talk.comment(hall.writer("carol"), 99, "x"),
        lambda: hall.talk.rename(hall.writer("mallory"), number, "Mine"),
        lambda: hall.talk.set_status(hall.writer("carol"), number, "open", "Again"),
        lambda: hall.talk.open(hall.writer("carol"), "", "x"),
    ):
        with pytest.raises(HubError):
            refused()
    assert (told(hall), audited(hall), hall.events(number)) == before
    assert hall.opened() == number + 1


def test_numbers_and_comments_of_many_at_once_are_each_their_own(hall: Hall):
    hall.opened()
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: hall.opened("mallory", text="see #1"), range(8)))
        list(
            pool.map(
                lambda place: hall.talk.comment(hall.writer("carol"), 1, f"{place} of #{2 + place % 8}"), range(16)
            )
        )
    assert sorted(opened) == list(range(2, 10))
    kinds = [event.kind for event in hall.events(1)]
    assert (kinds.count("comment"), kinds.count("reference")) == (17, 8)
    assert hall.thread(1).comments == 17
    assert [event.kind for event in hall.events(5)] == ["comment", "reference"]


def test_of_those_who_close_at_once_one_does(hall: Hall):
    number = hall.opened("alice")

    def close(_: int) -> bool:
        try:
            hall.talk.set_status(hall.writer("alice"), number, "closed")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(close, range(4))) == 1
    assert [event.kind for event in hall.events(number)] == ["comment", "status-change"]


def test_closing_while_somebody_merges_leaves_one_truth(hall: Hall):
    for turn in range(4):
        number = hall.commit("carol", "main", f"{turn}.txt", create_pr=True)

        def attempt(action) -> bool:
            try:
                action()
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            merging = pool.submit(attempt, lambda number=number: hall.talk.merge(hall.writer("alice"), number))
            closing = pool.submit(
                attempt, lambda number=number: hall.talk.set_status(hall.writer("carol"), number, "closed")
            )
        merged = hall.writer("alice").pull(number).merged is not None
        assert (merging.result(), closing.result()) == (merged, not merged)
        assert hall.thread(number).status == ("merged" if merged else "closed")


def test_a_thread_and_a_comment_are_bounded(hall: Hall):
    number = hall.opened()
    with hall.rooms.db.write() as tx:
        tx.run("UPDATE discussions_thread SET events = :most", most=journal.MOST_EVENTS)
    with pytest.raises(Conflict, match="Open another one"):
        hall.talk.comment(hall.writer("carol"), number, "One too many")
    hall.talk.set_status(hall.writer("carol"), number, "closed")


def test_titles_of_commits_are_cut_to_fit(hall: Hall):
    from freehold.core.repos.requests import AddFile, CommitRequest

    ask = CommitRequest("A very " + "long " * 200, "d" * 100_000, operations=[AddFile("a.txt", b"x")])
    number = hall.writer("carol").commit("main", ask, create_pr=True).pull_number
    assert number is not None
    thread = hall.thread(number)
    assert (len(thread.title), thread.title[:11]) == (250, "A very long")
    first = hall.events(number)[0].comment
    assert first is not None
    assert len(first.latest.text) == 65536


def test_pull_requests_from_before_there_were_discussions_get_one(tmp_path: Path):
    db = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    folder = Path(journal.__file__).parents[2] / "stores/db/migrations"
    with db.write() as tx:
        for statement in (folder / "0004_repos.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                tx.run(statement)
        for number in (1, 12):
            tx.run(
                "INSERT INTO repos_pull (repo_id, number, title, description, base, author_id, created_at)"
                " VALUES ('0123456789abcdef01234567', :number, 'Old', 'Why', 'refs/heads/main', 'a', 5)",
                number=number,
            )
        for statement in (folder / "0010_discussions.sql").read_text("utf-8").split(";\n"):
            if statement.strip():
                tx.run(statement)
        threads = tx.all(
            "SELECT number, title, status, is_pull, events, comments FROM discussions_thread ORDER BY number"
        )
        events = tx.all("SELECT id, number, kind, text FROM discussions_event ORDER BY number")
    assert [tuple(row) for row in threads] == [(1, "Old", "open", 1, 1, 1), (12, "Old", "open", 1, 1, 1)]
    assert [tuple(row) for row in events] == [
        ("0123456789abcdef01000001", 1, "comment", "Why"),
        ("0123456789abcdef01000012", 12, "comment", "Why"),
    ]
    db.close()


def test_a_deleted_repository_leaves_no_word(hall: Hall):
    number = hall.opened("carol", text="@alice")
    comment = hall.events(number)[0].id
    hall.talk.edit(hall.writer("carol"), number, comment, "@mallory")
    hall.talk.react(hall.writer("alice"), number, comment, "👍", on=True)
    hall.rooms.repos.delete(hall.actors["alice"], BIRDS)
    with hall.rooms.db.read() as tx:
        for table in ("thread", "event", "edit", "mention", "reaction"):
            assert tx.scalar(f"SELECT count(*) FROM discussions_{table}") == 0, table


def test_a_closed_account_leaves_no_signs(hall: Hall):
    number = hall.opened("carol")
    comment = hall.events(number)[0].id
    for who in ("alice", "mallory"):
        hall.talk.react(hall.writer(who), number, comment, "👍", on=True)
    hall.talk.let_go({"account_id": hall.actors["mallory"].account_id})
    comments = [event.comment for event in hall.events(number) if event.comment]
    assert [tuple(one.people) for one in comments[0].reactions] == [("alice",)]

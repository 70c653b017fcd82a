"""`freehold check` on what rooms say about each other: each kind of disagreement is found, and named."""

import pytest

from freehold.base.ids import RepoKind
from freehold.core.repos.requests import AddFile, CommitRequest
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_dataset, a_model


@pytest.fixture
def town(hub):
    """A model with a discussion, a pull request, a collection that shows it and somebody let in at its gate."""
    birds = a_model(hub, "alice/birds", files={"README.md": b"---\nlicense: mit\n---\n"})
    writer = hub.rooms.repos.proposer(hub.actor("carol"), birds)
    hub.rooms.discussions.open(writer, "Ask", "How?")
    writer.commit("main", CommitRequest("Add", operations=[AddFile("a", b"a")]), create_pr=True)
    hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "Things"))
    a_dataset(hub, "alice/seeds")
    hub.work()
    assert hub.check() == []
    yield hub
    tables = ("discussions_thread", "discussions_event", "repos_pull", "collections_item", "collections_collection")
    for table in (*tables, "accounts_gate_grant"):
        run(hub, f"DELETE FROM {table}")
    run(hub, "DELETE FROM git_ref WHERE name LIKE 'refs/pr/%'")


def run(hub, sql, **params):
    with hub.rooms.db.write() as tx:
        tx.run(sql, **params)


def problems(hub):
    return "\n".join(f"{fault.room} {fault.subject} {fault.problem}" for fault in hub.check())


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DELETE FROM git_ref WHERE name = 'refs/pr/2'", "it has a pull request, but no refs/pr/2"),
        ("DELETE FROM repos_pull", "it has refs/pr/2, but no such pull request"),
        ("DELETE FROM repos_pull", "thread 2 it is a pull request that git does not have"),
        ("DELETE FROM discussions_thread WHERE number = 2", "pull request 2 it has no thread"),
        ("UPDATE discussions_thread SET is_pull = 0", "thread 2 it is a pull request to git, but not here"),
        ("UPDATE discussions_thread SET repo_id = 'gone' WHERE number = 1", "thread 1 its repository does not exist"),
        ("UPDATE discussions_thread SET comments = 9", "events are counted and 9 comments, but it has"),
        ("DELETE FROM discussions_thread WHERE number = 1", "its thread does not exist"),
        (
            "INSERT INTO collections_item (id, collection_id, type, target, place, created_at)"
            " VALUES ('i', 'none', 'paper', '1', 1, 1)",
            "item i its collection does not exist",
        ),
        (
            "INSERT INTO collections_item (id, collection_id, type, target, place, created_at)"
            " SELECT 'i', id, 'collection', 'none', 1, 1 FROM collections_collection",
            "item i the collection that it shows does not exist",
        ),
        (
            "INSERT INTO collections_item (id, collection_id, type, target, place, created_at)"
            f" SELECT 'i', c.id, '{RepoKind.MODEL}', r.id, 1, 1 FROM collections_collection c, repos_repo r"
            f" WHERE r.kind = '{RepoKind.DATASET}'",
            "is a model, but it is a dataset",
        ),
        ("UPDATE collections_collection SET upvotes = 3", "3 votes are counted, but it has 0"),
        (
            "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, state, granted_at)"
            " VALUES ('g', 'gone', 'a', 'r', 't', 'active', 1)",
            "grant g it is active, but its repository or group does not exist",
        ),
        (
            "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, state, granted_at)"
            " SELECT 'g', id, 'a', 'r', 't', 'active', 1 FROM repos_repo WHERE kind = 'model'",
            "grant g its request does not exist, or is of another repository",
        ),
    ],
)
def test_what_disagrees_is_found(town, damage, words):
    run(town, damage)
    assert words in problems(town)


def test_what_a_deletion_leaves_is_no_fault(town):
    """An ended grant and an item of a deleted repository stay, the one as a proof, the other unseen."""
    run(
        town,
        "INSERT INTO collections_item (id, collection_id, type, target, place, created_at)"
        " SELECT 'i', c.id, 'model', 'gone', 1, 1 FROM collections_collection c",
    )
    run(
        town,
        "INSERT INTO accounts_gate_grant (id, repo_id, account_id, request_id, terms_id, state, granted_at)"
        " VALUES ('g', 'gone', 'a', 'r', 't', 'revoked', 1)",
    )
    assert town.check() == []

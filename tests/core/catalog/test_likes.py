"""Likes: counted once a person, gone with their repository, and shown only to whoever may see it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from freehold.app.work import handlers
from freehold.base.errors import Forbidden
from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS, SYSTEM
from freehold.core.accounts.signing_in.changing import CLOSED
from freehold.core.catalog.query import Query, Sort
from freehold.features.collections.collections import Draft
from tests.kit.builders import a_commit, a_model


def like(hub, who, repo, likes=True, role="write"):
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(hub.actor(who, role), repo), likes=likes)


def count(hub, repo):
    return hub.rooms.catalog.likes.count(hub.rooms.repos.reader(hub.actor("alice"), repo))


def liked(hub, asker, person):
    account = hub.actor(person).account_id
    return [one.repo.name for one in hub.rooms.catalog.likes.liked(hub.actor(asker), account)]


def test_a_person_likes_once(hub):
    birds = a_model(hub)
    for who in ("carol", "carol", "bob"):
        like(hub, who, birds)
    assert count(hub, birds) == 2
    like(hub, "carol", birds, likes=False)
    like(hub, "carol", birds, likes=False)
    assert count(hub, birds) == 1


def test_likes_at_one_moment_are_each_counted_once(hub):
    birds = a_model(hub)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda who: like(hub, who, birds), ["alice", "bob", "carol"] * 4))
    assert count(hub, birds) == 3


def test_nobody_and_a_token_that_reads_like_nothing(hub):
    birds = a_model(hub)
    for who, role in ((None, "write"), ("carol", "read")):
        with pytest.raises(Forbidden):
            like(hub, who, birds, role=role)


def test_likes_of_a_private_repository_are_its_peoples_affair(hub):
    a_model(hub, "alice/birds")
    secret = a_model(hub, "acme/secret", visibility="private")
    like(hub, "alice", secret)
    account = hub.actor("alice").account_id
    seen = {who: liked(hub, who, "alice") for who in ("alice", "zoe", "carol", None)}
    assert seen == {"alice": ["secret"], "zoe": ["secret"], "carol": [], None: []}
    likes = hub.rooms.catalog.likes
    assert (likes.count_liked(ANONYMOUS, account), likes.count_liked(hub.actor("bob"), account)) == (0, 1)
    assert hub.rooms.catalog.recent(ANONYMOUS, account, ["like"]) == []


def test_lists_sort_by_likes_over_pages(hub):
    a, b, _ = (a_model(hub, f"alice/{name}") for name in "abc")
    for who in ("bob", "carol"):
        like(hub, who, b)
    like(hub, "bob", a)
    first = hub.rooms.catalog.list(ANONYMOUS, RepoKind.MODEL, Query(sort=Sort.LIKES, limit=2))
    rest = hub.rooms.catalog.list(ANONYMOUS, RepoKind.MODEL, Query(sort=Sort.LIKES, limit=2, after=first[-1].cursor))
    assert [(line.repo.name, line.popularity.likes) for line in [*first, *rest]] == [("b", 2), ("a", 1), ("c", 0)]


@pytest.mark.parametrize("sort", Sort)
def test_each_order_goes_through_what_nobody_uses(hub, sort):
    a, *_ = (a_model(hub, f"alice/{name}") for name in "abcd")
    like(hub, "bob", a)
    found, after = [], ""
    while page := hub.rooms.catalog.list(ANONYMOUS, RepoKind.MODEL, Query(sort=sort, limit=1, after=after)):
        found, after = [*found, page[0].repo.name], page[0].cursor
    assert sorted(found) == ["a", "b", "c", "d"]


def test_lists_of_likes_go_on_where_a_page_ends(hub):
    birds = a_model(hub)
    for who in ("alice", "bob", "carol"):
        like(hub, who, birds)
    likes, reader = hub.rooms.catalog.likes, hub.rooms.repos.reader(ANONYMOUS, birds)
    first = likes.likers(reader, limit=2)
    assert len(first) == 2
    assert {*first, *likes.likers(reader, first[-1].mark)} == set(likes.likers(reader))


def test_they_end_with_their_repository(hub):
    birds = a_model(hub)
    like(hub, "carol", birds)
    hub.rooms.repos.delete(hub.actor("alice"), birds)
    hub.work()
    assert count(hub, a_model(hub)) == 0
    with hub.rooms.db.read() as tx:
        assert tx.all("SELECT repo_id FROM catalog_like") == tx.all("SELECT repo_id FROM catalog_use") == []


def test_what_happened_lately_is_told_newest_first(hub):
    birds = a_model(hub)
    a_model(hub, "acme/secret", visibility="private")
    hub.clock.advance(3600)
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.clock.advance(60)
    like(hub, "alice", birds)
    alice = hub.actor("alice").account_id

    def told(asker, **more):
        return [(one.what, one.repo.name) for one in hub.rooms.catalog.recent(hub.actor(asker), alice, **more)]

    assert told(None) == [("like", "birds"), ("update", "birds"), ("publish", "birds")]
    assert told("zoe") == [("like", "birds"), ("update", "birds"), ("publish", "secret"), ("publish", "birds")]
    first = hub.rooms.catalog.recent(hub.actor("zoe"), alice, limit=3)
    assert told("zoe", after=first[-1].mark) == [("publish", "birds")]
    assert told("zoe", kinds=["update"]) == [("update", "birds")]


def test_counts_of_repositories_are_of_what_one_may_see(hub):
    a_model(hub, "acme/birds")
    a_model(hub, "acme/secret", visibility="private")
    acme = hub.rooms.people.by_name("acme").id
    seen = {who: hub.rooms.catalog.counts(hub.actor(who), acme)[RepoKind.MODEL] for who in ("zoe", "carol", None)}
    assert seen == {"zoe": 2, "carol": 1, None: 1}


def test_a_closed_account_no_longer_counts(hub):
    birds, carol = a_model(hub), hub.actor("carol")
    made = hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "Songs"))
    for who in ("carol", "bob"):
        like(hub, who, birds)
        hub.rooms.collections.upvote(hub.actor(who), made.slug, up=True)
    hub.rooms.people.disable(SYSTEM, "carol")
    for _ in range(2):
        handlers(hub.rooms)[CLOSED]({"account_id": carol.account_id})
    assert count(hub, birds) == 1
    assert hub.rooms.collections.find(hub.actor("alice"), made.slug).upvotes == 1

"""Collections: who may see and change which, their slugs, their order, and what never shows."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Conflict, Forbidden, Invalid, NotFound
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.accounts.signing_in.changing import CLOSED
from freehold.features.collections.collection import (
    MAX_ITEMS,
    MAX_NOTE,
    Changes,
    CollectionExists,
    Order,
    id_in,
    slug_words,
)
from freehold.features.collections.collections import Draft
from freehold.features.collections.editor import moved
from freehold.features.collections.rows import Wanted
from tests.kit.builders import a_model


@pytest.fixture
def collections(hub):
    return hub.rooms.collections


def made(hub, title="Birds", *, by="alice", namespace="alice", private=False):
    return hub.rooms.collections.create(hub.actor(by), Draft(namespace, title, private=private))


def put(hub, collection, *names, by="alice", kind="model"):
    actor = hub.actor(by)
    for name in names:
        hub.rooms.collections.editor(actor, collection.slug).add(hub.rooms.collections.target(actor, kind, name))


def names(hub, collection, who):
    actor = hub.actor(who)
    return [
        item.repo.name if item.repo else item.target
        for item in hub.rooms.collections.show(actor, hub.rooms.collections.find(actor, collection.slug)).items
    ]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("My models, 2025!", "my-models-2025"),
        ("Été à Paris", "ete-a-paris"),
        ("鳥たち", ""),
        ("🐦", ""),
        ("--", ""),
        ("<b>bold</b>", "b-bold-b"),
        ("x" * 100, "x" * 80),
    ],
)
def test_a_slug_is_made_of_the_title(title, words):
    assert slug_words(title) == words


@given(st.text())
def test_a_slug_of_any_title_is_an_address_and_names_its_id(title):
    words = slug_words(title)
    assert all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in words)
    assert id_in(f"{words}-{'ab' * 12}") == "ab" * 12


@pytest.mark.parametrize("slug", ["", "x", "birds-" + "g" * 24, "a" * 23, "birds" + "a" * 24, "a" * 24 + "\n"])
def test_what_ends_in_no_id_names_nothing(slug):
    with pytest.raises(NotFound):
        id_in(slug)


def test_a_title_without_letters_still_has_a_slug(hub, collections):
    birds = made(hub, "鳥")
    assert birds.slug == f"alice/{birds.id}"
    assert collections.find(ANONYMOUS, birds.slug) == birds


def test_a_new_title_is_a_new_slug_and_both_lead_there(hub, collections):
    birds = made(hub)
    renamed = collections.editor(hub.actor("alice"), birds.slug).update(Changes(title="Owls"))
    assert (renamed.slug, renamed.id) == (f"alice/owls-{birds.id}", birds.id)
    assert collections.find(ANONYMOUS, birds.slug).title == "Owls"
    with pytest.raises(NotFound):
        collections.find(ANONYMOUS, f"bob/owls-{birds.id}")


def test_a_title_is_used_once_by_an_owner(hub, collections):
    birds, owls = made(hub), made(hub, "Owls")
    with pytest.raises(CollectionExists) as there:
        made(hub, " BIRDS ")
    assert there.value.slug == birds.slug
    with pytest.raises(CollectionExists):
        collections.editor(hub.actor("alice"), owls.slug).update(Changes(title="birds"))
    assert made(hub, by="bob", namespace="bob").title == "Birds"


def test_who_may_make_and_change_one(hub, collections):
    made(hub, by="bob", namespace="acme")
    for who in ("zoe", "carol"):
        with pytest.raises(Forbidden):
            made(hub, "Mine", by=who, namespace="acme")
    with pytest.raises(Forbidden):
        collections.create(hub.actor("alice", role="read"), Draft("alice", "x"))
    public, secret = made(hub, "Public", namespace="acme"), made(hub, "Secret", namespace="acme", private=True)
    for who, error in (("zoe", Forbidden), ("carol", Forbidden), (None, Forbidden)):
        with pytest.raises(error):
            collections.editor(hub.actor(who), public.slug)
    for who, error in (("zoe", Forbidden), ("carol", NotFound), (None, NotFound)):
        with pytest.raises(error):
            collections.editor(hub.actor(who), secret.slug)
    collections.editor(hub.actor("bob"), secret.slug).delete()


def test_a_private_one_is_in_nobodys_list_but_its_peoples(hub, collections):
    made(hub, "Secret", namespace="acme", private=True)
    seen = {who: len(collections.list(hub.actor(who), Wanted())) for who in ("alice", "bob", "zoe", "carol", None)}
    assert seen == {"alice": 1, "bob": 1, "zoe": 1, "carol": 0, None: 0}


def test_what_a_reader_may_not_see_is_left_out_and_not_counted(hub, collections):
    a_model(hub, "alice/birds")
    a_model(hub, "alice/secret", visibility="private")
    hidden, birds = made(hub, "Hidden", private=True), made(hub)
    put(hub, birds, "alice/secret", "alice/birds")
    put(hub, birds, hidden.slug, kind="collection")
    assert names(hub, birds, "alice") == ["secret", "birds", hidden.id]
    shown = collections.show(hub.actor("carol"), birds)
    assert [(item.repo.name, item.position) for item in shown.items] == [("birds", 0)]
    assert shown.count == collections.list(hub.actor("carol"), Wanted())[0].count == 1
    assert len(collections.list(hub.actor("carol"), Wanted(items=[("model", shown.items[0].target)]))) == 1
    with pytest.raises(NotFound):
        collections.target(hub.actor("carol"), "model", "alice/secret")


def test_hidden_neighbours_do_not_show_in_positions(hub, collections):
    made(hub, "Hidden", private=True)
    birds = made(hub)
    assert collections.position(hub.actor("alice"), birds) == 1
    assert collections.position(hub.actor("carol"), birds) == 0


def test_an_item_is_put_in_once_and_taken_out(hub, collections):
    a_model(hub, "alice/birds")
    birds = made(hub)
    put(hub, birds, "alice/birds")
    with pytest.raises(Conflict):
        put(hub, birds, "Alice/Birds")
    editor = collections.editor(hub.actor("alice"), birds.slug)
    item = collections.show(hub.actor("alice"), birds).items[0]
    editor.change(item.id, note="sings")
    assert collections.show(ANONYMOUS, birds).items[0].note == "sings"
    editor.remove(item.id)
    assert names(hub, birds, None) == []
    for change in (lambda: editor.remove(item.id), lambda: editor.change(item.id, note="x")):
        with pytest.raises(NotFound):
            change()


def test_an_item_of_another_collection_is_out_of_reach(hub, collections):
    a_model(hub, "alice/birds")
    hers, his = made(hub), made(hub, by="bob", namespace="bob")
    put(hub, hers, "alice/birds")
    item = collections.show(ANONYMOUS, hers).items[0]
    with pytest.raises(NotFound):
        collections.editor(hub.actor("bob"), his.slug).remove(item.id)
    assert names(hub, hers, None) == ["birds"]


def test_it_cannot_contain_itself(hub, collections):
    birds = made(hub)
    with pytest.raises(Invalid):
        put(hub, birds, birds.slug, kind="collection")


@pytest.mark.parametrize(
    ("kind", "name", "error"),
    [
        ("model", "alice/none", NotFound),
        ("model", "birds", NotFound),
        ("bird", "alice/birds", Invalid),
        ("paper", "../x", Invalid),
        ("collection", "alice/birds", NotFound),
    ],
)
def test_what_is_no_item_is_refused(hub, collections, kind, name, error):
    with pytest.raises(error):
        collections.target(hub.actor("alice"), kind, name)


def test_bad_texts_are_refused_with_their_limit(hub, collections):
    for title in ("", "  ", "a\nb", "x" * 101, "a\0b"):
        with pytest.raises(Invalid):
            made(hub, title)
    editor = collections.editor(hub.actor("alice"), made(hub).slug)
    with pytest.raises(Invalid, match=str(MAX_NOTE)):
        editor.add(("paper", "2311.12983"), "x" * (MAX_NOTE + 1))
    for changes in (Changes(description="x" * 151), Changes(theme="mud"), Changes(position=-1)):
        with pytest.raises(Invalid):
            editor.update(changes)


def test_it_holds_no_more_than_its_limit(hub, collections):
    birds = made(hub)
    rows = [{"id": f"{n:024x}", "c": birds.id, "target": f"0000.{n:05}", "place": n} for n in range(MAX_ITEMS)]
    with hub.rooms.db.write() as tx:
        tx.many(
            "INSERT INTO collections_item (id, collection_id, type, target, place, created_at)"
            " VALUES (:id, :c, 'paper', :target, :place, 0)",
            rows,
        )
    editor = collections.editor(hub.actor("alice"), birds.slug)
    with pytest.raises(Invalid, match=str(MAX_ITEMS)):
        editor.add(("paper", "2311.12983"))
    editor.change(rows[-1]["id"], position=0)
    assert names(hub, birds, None)[:2] == [rows[-1]["target"], rows[0]["target"]]
    assert collections.list(ANONYMOUS, Wanted())[0].count == MAX_ITEMS


def test_changes_at_one_moment_happen_one_after_another(hub, collections):
    birds, alice = made(hub), hub.actor("alice")

    def add(number):
        collections.editor(alice, birds.slug).add(("paper", f"2311.{number:05}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(12)))
        items = collections.show(alice, birds).items
        editor = collections.editor(alice, birds.slug)
        list(pool.map(lambda item: editor.change(item.id, position=0), items))
    with hub.rooms.db.read() as tx:
        places = [row.place for row in tx.all("SELECT place FROM collections_item ORDER BY place")]
    assert places == list(range(12))


def test_one_title_at_one_moment_is_one_collection(hub, collections):
    def create(_number):
        try:
            return made(hub).id
        except Conflict:
            return None

    with ThreadPoolExecutor(6) as pool:
        assert len([one for one in pool.map(create, range(6)) if one]) == 1


def test_items_move_among_those_that_the_editor_sees(hub, collections):
    for name in ("a", "b", "c"):
        a_model(hub, f"alice/{name}", visibility="private" if name == "b" else "public")
    birds = made(hub, namespace="acme")
    put(hub, birds, "alice/a", "alice/b", "alice/c")
    last = collections.show(hub.actor("bob"), birds).items[-1]
    assert last.position == 1
    collections.editor(hub.actor("bob"), birds.slug).change(last.id, position=0)
    assert names(hub, birds, "alice") == ["c", "a", "b"]
    collections.editor(hub.actor("bob"), birds.slug).change(last.id, position=10**6)
    assert names(hub, birds, "bob") == ["a", "c"]


@given(st.permutations(range(6)), st.integers(0, 5), st.integers(0, 9), st.data())
def test_moving_one_keeps_the_order_of_the_others(order, one, position, data):
    order = [str(n) for n in order]
    seen = [id_ for id_ in order if id_ == str(one) or data.draw(st.booleans())]
    after = moved(order, seen, str(one), position)
    assert [id_ for id_ in after if id_ != str(one)] == [id_ for id_ in order if id_ != str(one)]
    assert [id_ for id_ in after if id_ in seen].index(str(one)) == min(position, len(seen) - 1)


def test_an_owner_arranges_collections(hub, collections):
    _, _, c = (made(hub, title) for title in "abc")
    assert collections.editor(hub.actor("alice"), c.slug).update(Changes(position=0)).id == c.id
    account = hub.actor("alice").account_id
    assert [one.collection.title for one in collections.of_owner(ANONYMOUS, account)] == ["c", "a", "b"]


def test_votes_count_once_and_sort(hub, collections):
    a, b = made(hub, "a"), made(hub, "b")
    for who in ("alice", "alice", "carol"):
        collections.upvote(hub.actor(who), a.slug, up=True)
    titles = [one.collection.title for one in collections.list(ANONYMOUS, Wanted(order=Order.UPVOTES))]
    assert (titles, collections.find(ANONYMOUS, a.slug).upvotes) == (["a", "b"], 2)
    collections.upvote(hub.actor("carol"), a.slug, up=False)
    collections.upvote(hub.actor("carol"), a.slug, up=False)
    assert collections.find(ANONYMOUS, a.slug).upvotes == 1
    assert collections.upvoted(hub.actor("alice"), [a, b]) == {a.id}
    assert collections.upvoted(ANONYMOUS, [a, b]) == set()
    for who in (hub.actor(None), hub.actor("bob", role="read")):
        with pytest.raises(Forbidden):
            collections.upvote(who, a.slug, up=True)


def test_a_deleted_one_leaves_nothing(hub, collections):
    birds, outer = made(hub), made(hub, "Outer")
    put(hub, birds, "2311.12983", kind="paper")
    put(hub, outer, birds.slug, kind="collection")
    collections.upvote(hub.actor("carol"), birds.slug, up=True)
    editor = collections.editor(hub.actor("alice"), birds.slug)
    editor.delete()
    with hub.rooms.db.read() as tx:
        assert tx.all("SELECT id FROM collections_item") == tx.all("SELECT collection_id FROM collections_upvote") == []
    for gone in (editor.delete, lambda: editor.add(("paper", "2311.12983")), lambda: editor.update(Changes(title="x"))):
        with pytest.raises(NotFound):
            gone()


def test_a_deleted_repository_is_in_no_collection(hub, collections):
    birds = made(hub)
    repo = a_model(hub, "alice/birds")
    put(hub, birds, "alice/birds")
    hub.rooms.repos.delete(hub.actor("alice"), repo)
    a_model(hub, "alice/birds")
    assert names(hub, birds, "alice") == []


def test_the_collections_of_a_closed_account_go_and_leave_no_trace_in_others(hub, collections):
    mine = [made(hub, by="carol", namespace="carol"), made(hub, "Owls", by="carol", namespace="carol", private=True)]
    theirs, model = made(hub), a_model(hub)
    put(hub, theirs, mine[0].slug, kind="collection")
    put(hub, theirs, model.path)
    put(hub, mine[0], model.path, by="carol")
    collections.upvote(hub.actor("alice"), mine[0].slug, up=True)
    with hub.rooms.db.write() as tx:
        for _ in range(2):
            hub.rooms.queue.enqueue(tx, CLOSED, {"account_id": hub.actor("carol").account_id})
    hub.work()
    assert collections.of_owner(hub.actor("admin"), hub.actor("carol").account_id) == []
    for one in mine:
        with pytest.raises(NotFound):
            collections.find(hub.actor("admin"), one.slug)
    assert names(hub, theirs, "alice") == ["birds"]
    assert hub.check() == []

"""What somebody did on each day, counted."""

from freehold.core.accounts.actor import ANONYMOUS, SYSTEM
from freehold.core.catalog.calendar import DAY, Calendar
from tests.kit.builders import a_commit, a_model


def account(hub, name):
    return hub.rooms.people.by_name(name).id


def total(counts):
    return sum(counts.values())


def test_pushes_discussions_and_comments_count(hub):
    birds = a_model(hub)
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.rooms.discussions.open(hub.rooms.repos.proposer(hub.actor("carol"), birds), "Hello", "x")
    hub.work()
    calendar, today = hub.rooms.catalog.calendar, hub.rooms.clock() // DAY
    alice, carol = (calendar.of_person(ANONYMOUS, account(hub, name)) for name in ("alice", "carol"))
    assert set(alice) == set(carol) == {today}
    assert total(alice) >= 2
    assert total(carol) == 1
    assert total(calendar.of_owner(ANONYMOUS, account(hub, "alice"))) == total(alice) + total(carol)


def test_what_one_may_not_see_is_not_counted(hub):
    a_commit(hub, a_model(hub, "acme/secret", visibility="private"), {"a.txt": b"a"})
    hub.work()
    calendar, alice, acme = hub.rooms.catalog.calendar, account(hub, "alice"), account(hub, "acme")
    for who in (ANONYMOUS, hub.actor("carol")):
        assert calendar.of_person(who, alice) == {}
        assert calendar.of_owner(who, acme) == {}
    assert total(calendar.of_person(hub.actor("bob"), alice)) >= 2


def test_a_deleted_repository_is_not_remembered(hub):
    birds = a_model(hub)
    hub.work()
    hub.rooms.repos.delete(hub.actor("alice"), birds)
    hub.work()
    assert hub.rooms.catalog.calendar.of_person(SYSTEM, account(hub, "alice")) == {}
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM catalog_deed") == 0


def test_a_year_later_it_is_forgotten(hub):
    a_model(hub)
    hub.work()
    alice, at = account(hub, "alice"), hub.rooms.clock()
    later = Calendar(hub.rooms.db, lambda: at + 380 * DAY)
    assert later.of_person(SYSTEM, alice) == {}
    assert hub.rooms.catalog.calendar.of_person(SYSTEM, alice) != {}
    later.trim()
    assert hub.rooms.catalog.calendar.of_person(SYSTEM, alice) == {}

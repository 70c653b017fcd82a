"""Who is told of what: each person once for each event, of what they may see, until they leave."""

import pytest

from freehold.core.queue.events import Event
from freehold.features.notices.inbox import Listed, Notice
from tests.features.notices.conftest import LOOPBACK, answered, discussion, opened, repo_state, say
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

pytestmark = pytest.mark.parametrize("hub", [LOOPBACK], indirect=True, ids=["loopback"])
THREAD = "d" * 24


def inbox(hub: TestHub, name: str) -> list[Listed]:
    return hub.rooms.notices.inbox.of(hub.actor(name))


def reasons(hub: TestHub, name: str) -> list[str]:
    return [one.notice.reason for one in inbox(hub, name)]


def announced(hub: TestHub, *events: Event) -> None:
    for event in events:
        say(hub, event)
    hub.work()


def test_an_owner_hears_of_a_new_discussion_and_its_author_of_the_answer(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "carol"))
    assert (reasons(hub, "alice"), reasons(hub, "carol")) == (["opened"], [])
    announced(hub, answered(hub, birds, "alice"))
    assert reasons(hub, "carol") == ["reply"]
    (listed,) = inbox(hub, "carol")
    assert (listed.repo, listed.notice.num, listed.notice.excerpt) == (birds, 7, "In the wood.")


def test_whoever_is_mentioned_is_told_and_takes_part_from_then_on(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "carol", "BOB", "nobody", "acme", "bob"))
    assert reasons(hub, "bob") == ["mention"]
    announced(hub, answered(hub, birds, "alice"))
    assert sorted(reasons(hub, "bob")) == ["mention", "reply"]


def test_one_event_tells_one_person_once(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "carol"))
    event = answered(hub, birds, "alice", "carol")
    announced(hub, event, event)
    assert reasons(hub, "carol") == ["mention"]


def test_nobody_is_told_of_their_own_doing(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "alice", "alice"), answered(hub, birds, "alice", "alice", author="alice"))
    assert reasons(hub, "alice") == []


def test_a_merge_is_told_to_those_who_took_part(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "carol", is_pull_request=True))
    alice = hub.actor("alice")
    said = discussion(hub, "carol", is_pull_request=True, merge_commit="c" * 40)
    announced(
        hub,
        Event(
            "discussion", "update", repo_state(hub, birds), alice.account_id, "alice", discussion=said, change="merge"
        ),
    )
    assert reasons(hub, "carol") == ["merge"]


def test_a_private_repository_is_mentioned_to_members_alone(hub):
    secret = a_model(hub, "acme/secret", visibility="private")
    announced(hub, opened(hub, secret, "bob", "carol", "zoe"))
    assert (reasons(hub, "carol"), reasons(hub, "zoe")) == ([], ["mention"])
    hub.rooms.repos.admin(hub.actor("alice"), secret).update(visibility="public")
    assert reasons(hub, "carol") == [], "what was said while it was private stays there"


def test_what_was_told_vanishes_with_the_right_to_see_it(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "alice", "carol"))
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(visibility="private")
    assert reasons(hub, "carol") == []
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(visibility="public")
    assert reasons(hub, "carol") == ["mention"]


def test_whoever_left_is_told_no_more_not_even_by_name(hub):
    birds = a_model(hub)
    threads = hub.rooms.notices.threads
    announced(hub, opened(hub, birds, "carol"))
    threads.leave_by(threads.way_out(THREAD, hub.actor("carol").account_id))
    announced(hub, answered(hub, birds, "alice", "carol"))
    assert reasons(hub, "carol") == []
    threads.subscribe(THREAD, hub.actor("carol").account_id, on=True)
    announced(hub, answered(hub, birds, "alice", number=3))
    assert reasons(hub, "carol") == ["reply"]


def test_nobody_makes_a_way_out_for_another(hub):
    threads = hub.rooms.notices.threads
    mine = threads.way_out(THREAD, hub.actor("mallory").account_id)
    forged = mine.replace(hub.actor("mallory").account_id, hub.actor("carol").account_id)
    for wrong in (forged, mine[:-1], "", "a.b.c", mine + "é"):
        with pytest.raises(Exception, match="not complete"):
            threads.leave_by(wrong)


def test_notices_are_read_one_by_one_or_all_at_once(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "alice", "carol"), answered(hub, birds, "alice", "carol"))
    notices, carol = hub.rooms.notices.inbox, hub.actor("carol")
    first, second = inbox(hub, "carol")
    notices.mark(hub.actor("mallory"), first.notice.id)
    assert len(notices.of(carol, unread=True)) == 2, "others change nothing"
    notices.mark(carol, first.notice.id)
    assert [one.notice.id for one in notices.of(carol, unread=True)] == [second.notice.id]
    notices.mark(carol, first.notice.id, read=False)
    notices.mark(carol, None)
    assert notices.of(carol, unread=True) == []


def test_a_page_begins_where_the_last_one_ended(hub):
    birds = a_model(hub)
    announced(hub, opened(hub, birds, "alice", "carol"))
    announced(hub, *(answered(hub, birds, "alice", number=number) for number in range(5)))
    notices, carol = hub.rooms.notices.inbox, hub.actor("carol")
    seen: list[str] = []
    while page := notices.of(carol, before=seen[-1] if seen else "", limit=4):
        seen += [one.notice.id for one in page]
    assert len(seen) == len(set(seen)) == 6


def test_a_text_calls_fifty_people_at_most(hub):
    birds = a_model(hub)
    names = [f"nobody{number}" for number in range(50)]
    announced(hub, opened(hub, birds, "alice", *names, "carol"))
    assert reasons(hub, "carol") == []


def test_notices_of_one_second_come_in_their_order(hub):
    inbox_of_all, alice = hub.rooms.notices.inbox, hub.actor("alice")
    with hub.rooms.db.write() as tx:
        for at, last in ((1, "c"), (2, "a"), (3, "d"), (4, "b")):
            row_id = "66000000" + last * 16
            inbox_of_all.add(
                tx, Notice(row_id, alice.account_id, last, "token", f"{at}", "hub", 1_700_000_000_000_000 + at)
            )
    first = inbox_of_all.of(alice, limit=2)
    assert [one.notice.title for one in first] == ["4", "3"]
    rest = inbox_of_all.of(alice, before=first[-1].notice.id)
    assert [one.notice.title for one in rest] == ["2", "1"]
    assert inbox_of_all.of(hub.actor("carol"), before=first[-1].notice.id) == []

"""Uploads for comments: whoever sees the comment sees them, nobody else does, and what no comment shows is swept."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from freehold.base.errors import BadCredentials, Forbidden, Invalid, NotFound, QuotaExceeded, TooLarge
from freehold.base.ids import RepoId
from freehold.core.accounts.actor import ANONYMOUS
from freehold.core.repos.requests import AddFile, CommitRequest
from freehold.features.discussions import attachments as room
from freehold.stores.blobs.key import BlobKey, attachment_key
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
DAY = 24 * 3600


class Hall:
    """The public model alice/birds and the private acme/secret, and what people attach there."""

    def __init__(self, hub: TestHub) -> None:
        self.hub, self.talk, self.attachments = hub, hub.rooms.discussions, hub.rooms.discussions.attachments
        self.birds, self.secret = a_model(hub), a_model(hub, "acme/secret", visibility="private")

    def upload(self, user: str, content: bytes = PNG) -> str:
        with self.attachments.begin(self.hub.actor(user)) as incoming:
            incoming.write(content)
            return incoming.finish().name

    def say(self, user: str, repo: RepoId, text: str) -> tuple[int, str]:
        writer = self.hub.rooms.repos.proposer(self.hub.actor(user), repo)
        number = self.talk.open(writer, "Look", text).number
        return number, self.talk.events(writer, number)[0].id

    def shown(self, user: str, repo: RepoId, number: int) -> Sequence[str]:
        reader = self.hub.rooms.repos.reader(self.hub.actor(user), repo)
        (event,) = self.talk.events(reader, number)
        assert event.comment is not None
        return event.comment.attachments

    def seen_by(self, name: str) -> str:
        """The initials of those who may see it; `-` is nobody."""
        return "".join(
            user[0] if user else "-" for user in (None, "alice", "bob", "carol", "zoe") if self._sees(user, name)
        )

    def _sees(self, user: str | None, name: str) -> bool:
        try:
            self.attachments.find(self.hub.actor(user), name)
        except NotFound:
            return False
        return True


def at(name: str) -> str:
    return f"![it](https://hub.test/uploads/{name})"


@pytest.fixture
def hall(hub: TestHub) -> Hall:
    return Hall(hub)


def test_it_is_its_uploaders_until_a_comment_shows_it(hall):
    name = hall.upload("carol")
    assert hall.seen_by(name) == "c"
    number, _ = hall.say("carol", hall.birds, at(name))
    assert (hall.seen_by(name), hall.shown("alice", hall.birds, number)) == ("-abcz", [name])


def test_in_a_private_repository_its_readers_see_it_and_nobody_else(hall):
    name = hall.upload("bob")
    hall.say("bob", hall.secret, at(name))
    assert hall.seen_by(name) == "abz"


def test_knowing_an_address_does_not_open_it(hall):
    """A stranger who names a hidden upload in a comment of his own neither sees nor publishes it."""
    name = hall.upload("bob")
    hall.say("bob", hall.secret, at(name))
    number, _ = hall.say("carol", hall.birds, at(name))
    assert (hall.seen_by(name), hall.shown("carol", hall.birds, number)) == ("abz", [])


def test_whoever_sees_it_may_show_it_elsewhere(hall):
    name = hall.upload("bob")
    hall.say("bob", hall.secret, at(name))
    hall.say("alice", hall.birds, f"as he said: {at(name)}")
    assert hall.seen_by(name) == "-abcz"


def test_an_uploader_who_lost_the_repository_lost_it_too(hall):
    name = hall.upload("bob")
    hall.say("bob", hall.secret, at(name))
    hall.hub.rooms.people.set_member(hall.hub.actor("admin"), "acme", "bob", None)
    assert hall.seen_by(name) == "az"


@pytest.mark.parametrize("end", ["hide", "delete"])
def test_with_the_comment_it_goes(hall, end):
    name = hall.upload("carol")
    number, comment = hall.say("carol", hall.birds, at(name))
    if end == "hide":
        hall.talk.hide(hall.hub.rooms.repos.proposer(hall.hub.actor("carol"), hall.birds), number, comment)
    else:
        hall.hub.rooms.repos.delete(hall.hub.actor("alice"), hall.birds)
    assert hall.seen_by(name) == "c"
    hall.hub.clock.advance(DAY + 60)
    assert (hall.attachments.sweep(), hall.seen_by(name)) == (1, "")
    assert list(hall.hub.rooms.blobs.keys("attachments")) == []


def test_an_edited_comment_shows_what_it_showed(hall):
    """Its earlier versions can be read, so what they show stays; what the new text shows comes on top."""
    first, second = hall.upload("carol"), hall.upload("carol")
    number, comment = hall.say("carol", hall.birds, at(first))
    hall.talk.edit(hall.hub.rooms.repos.proposer(hall.hub.actor("carol"), hall.birds), number, comment, at(second))
    assert list(hall.shown("alice", hall.birds, number)) == sorted([first, second])


def test_the_description_of_a_proposed_commit_shows_it(hall):
    name = hall.upload("carol")
    writer = hall.hub.rooms.repos.proposer(hall.hub.actor("carol"), hall.birds)
    ask = CommitRequest("Add", at(name), operations=[AddFile("a", b"a")])
    number = writer.commit("main", ask, create_pr=True).pull_number
    event = hall.talk.events(writer, number)[0]
    assert (event.comment.attachments, hall.seen_by(name)) == ([name], "-abcz")


def test_the_sweep_takes_only_what_no_comment_shows_and_is_a_day_old(hall):
    used, old = hall.upload("carol"), hall.upload("carol")
    hall.say("carol", hall.birds, at(used))
    hall.hub.clock.advance(DAY + 60)
    young = hall.upload("carol")
    assert hall.attachments.sweep() == 1
    assert [hall.seen_by(name) for name in (used, old, young)] == ["-abcz", "", "c"]


def test_the_sweep_takes_bytes_that_no_row_names(hall):
    hall.hub.rooms.blobs.put(attachment_key("0" * 24), PNG)
    assert (hall.attachments.sweep(), list(hall.hub.rooms.blobs.keys("attachments"))) == (1, [])


def test_what_no_comment_can_show_is_refused_and_leaves_nothing(hall):
    for content in (b"", b"<svg onload=alert(1)>", b"#!/bin/sh\n" * 100):
        with pytest.raises(Invalid, match="none of GIF"):
            hall.upload("carol", content)
    with pytest.raises(TooLarge, match="attached image"):
        hall.upload("carol", PNG + bytes(10_000_000))
    assert list(hall.hub.rooms.blobs.keys("attachments")) == []


def test_who_may_upload(hall):
    with pytest.raises(BadCredentials):
        hall.attachments.begin(ANONYMOUS)
    with pytest.raises(Forbidden):
        hall.attachments.begin(hall.hub.actor("carol", "read"))


def test_an_account_has_its_quota_also_when_many_uploads_come_at_once(hub, tmp_path):
    hub = TestHub(tmp_path / "small", attachments_bytes=3 * len(PNG))
    hall = Hall(hub)

    def upload(_: int) -> bool:
        try:
            return bool(hall.upload("carol"))
        except QuotaExceeded:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(upload, range(8))) == 3
    assert len(list(hub.rooms.blobs.keys("attachments"))) == 3
    assert hall.upload("bob")
    hub.close()


def test_uploads_that_wait_for_a_comment_are_counted(hall):
    names = [hall.upload("carol") for _ in range(room.MOST_WAITING)]
    with pytest.raises(QuotaExceeded, match="shown by no comment"):
        hall.upload("carol")
    hall.say("carol", hall.birds, at(names[0]))
    assert hall.upload("carol")


def test_a_check_finds_lost_bytes(hall):
    name = hall.upload("carol")
    hall.hub.rooms.blobs.delete(BlobKey(f"attachments/{name.partition('.')[0]}"))
    (fault,) = hall.hub.check()
    assert (fault.subject, fault.problem) == (f"attachment {name}", "its bytes are lost")
    hall.hub.clock.advance(DAY + 60)
    hall.attachments.sweep()

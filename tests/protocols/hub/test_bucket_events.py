"""The stream of a bucket's changes over a real server: replay, ready, live, and every way in which it ends."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from freehold.app import assemble
from freehold.asgi.following import Pace
from tests.kit.buckets import a_bucket, put
from tests.kit.hub import TestHub
from tests.kit.live import live


class Follower:
    """One open stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer, self._lines = answer, answer.iter_lines()

    def next(self) -> tuple[str, dict]:
        """The next event, past what only keeps the line open."""
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return name, json.loads(line.removeprefix("data: "))
        return "", {}


@pytest.fixture
def shelf(hub: TestHub):
    return a_bucket(hub, "acme/shelf", visibility="private", files={"a": b"1"})


@pytest.fixture
def url(hub: TestHub) -> Iterator[str]:
    with hub.serve() as url:
        yield url


@contextmanager
def follow(hub: TestHub, url: str, user: str = "zoe", **params: str) -> Iterator[Follower]:
    headers = {"Authorization": f"Bearer {hub.token(user)}", "Accept": "text/event-stream"}
    address = f"{url}/api/buckets/acme/shelf/events"
    with httpx.stream("GET", address, headers=headers, params=params, timeout=60) as answer:
        yield Follower(answer)


@contextmanager
def quick(hub: TestHub) -> Iterator[str]:
    """The hub with streams that look often, end soon and are few."""
    house = assemble(hub.rooms)
    (route,) = [one for one in house.routes if one.path.endswith("/events")]
    route.endpoint.__self__.following.pace = Pace(look=0.2, ping=0.5, life=6.0, most_of_one=1)
    with live(house.app) as url:
        yield url


def changed(event: tuple[str, dict]) -> list[tuple[str, str]]:
    assert event[0] == "changes", event
    return [(one["op"], one["path"]) for one in event[1]["changes"]]


@pytest.mark.proves("GET /api/buckets/{id}/events")
def test_a_follower_is_told_what_changes_and_can_go_on_where_it_stopped(hub, shelf, url):
    with follow(hub, url) as follower:
        assert follower.answer.headers["Content-Type"].startswith("text/event-stream")
        assert follower.next()[0] == "ready"
        put(hub, shelf, {"b": b"22"})
        event = follower.next()
        assert changed(event) == [("add", "b")]
        assert {"size", "xetHash", "uploadedAt", "mtime"} <= event[1]["changes"][0].keys()
        assert event[1]["changes"][0]["uploadedAt"].endswith("Z")
    put(hub, shelf, {"b": b"3", "c": b"4"})
    with follow(hub, url, cursor=event[1]["cursor"]) as follower:
        assert changed(follower.next()) == [("update", "b"), ("add", "c")]
        assert follower.next()[0] == "ready"


def test_a_replay_since_a_moment(hub, shelf, url):
    with follow(hub, url, since="2020-01-01T00:00:00.000Z") as follower:
        assert changed(follower.next()) == [("add", "a")]
        assert follower.next()[0] == "ready"
    with follow(hub, url, since="2100-01-01T00:00:00Z") as follower:
        assert follower.next()[0] == "ready"


def test_who_comes_too_late_is_told_to_list_anew(hub, shelf, url):
    with follow(hub, url, cursor=f"{'0' * 24}.1") as follower:
        assert [follower.next()[0], follower.next()[0]] == ["reset", ""]
    hub.clock.advance(4 * 86400)
    hub.rooms.repos.buckets.sweep({})
    with follow(hub, url, since="2020-01-01T00:00:00.000Z") as follower:
        assert follower.next()[0] == "reset"
    moment = hub.client("alice").get("/api/buckets/acme/shelf").json()["updatedAt"]
    with follow(hub, url, since=moment) as follower:
        assert follower.next()[0] == "ready"


@pytest.mark.parametrize("params", [{"cursor": "x"}, {"cursor": "../1.1"}, {"cursor": "a.-1"}, {"since": "yesterday"}])
def test_nonsense_is_refused(hub, shelf, url, params):
    with follow(hub, url, **params) as follower:
        assert follower.answer.status_code == 400


def test_who_may_not_see_the_bucket_is_told_nothing(hub, shelf, url):
    with follow(hub, url, user="carol") as follower:
        assert follower.answer.status_code == 404


@pytest.mark.parametrize("how", ["leaves the organisation", "token is revoked", "bucket is deleted"])
def test_the_stream_ends_when_its_permission_does(hub, shelf, how):
    with quick(hub) as url, follow(hub, url) as follower:
        assert follower.next()[0] == "ready"
        if how == "leaves the organisation":
            hub.rooms.people.set_member(hub.actor("alice"), "acme", "zoe", None)
        elif how == "token is revoked":
            account = hub.actor("zoe")
            (token,) = hub.rooms.tokens.list(str(account.account_id))
            hub.rooms.tokens.revoke(account, str(account.account_id), token.id)
        else:
            hub.rooms.repos.delete(hub.actor("alice"), shelf)
        assert follower.next()[0] == ""


def test_a_long_stream_is_asked_to_come_back(hub, shelf):
    with quick(hub) as url, follow(hub, url) as follower:
        ready = follower.next()
        assert follower.next() == ("reconnect", ready[1])


def test_streams_of_one_caller_are_limited(hub, shelf):
    with quick(hub) as url, follow(hub, url) as first:
        assert first.next()[0] == "ready"
        with follow(hub, url) as second:
            assert (second.answer.status_code, second.answer.headers["Retry-After"]) == (429, "60")
        with follow(hub, url, user="bob") as other:
            assert other.next()[0] == "ready"


def test_a_server_that_stops_does_not_wait_for_its_followers(hub, shelf):
    events: list[str] = []
    opened = threading.Event()

    def listen(url: str) -> None:
        with follow(hub, url) as follower:
            events.append(follower.next()[0])
            opened.set()
            events.append(follower.next()[0])

    with hub.serve() as url:
        thread = threading.Thread(target=listen, args=(url,))
        thread.start()
        assert opened.wait(30)
        began = time.monotonic()
    thread.join(30)
    assert (events, time.monotonic() - began < 8) == (["ready", "reconnect"], True)

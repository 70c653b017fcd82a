"""How files are read: only those of the token's repository, and only the bytes that a link was made for."""

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.xorb import decode
from tests.protocols.xet.conftest import cas, new_repo
from tests.stores.xet.conftest import file_of, layout_of, some_chunks


def _fetch(hub, entry, span=None):
    span = span or entry["ranges"][0]["bytes"]
    with hub.client() as client:
        return client.get(entry["url"], headers={"Range": f"bytes={span['start']}-{span['end']}"})


def _content(hub, plan) -> bytes:
    """What a client makes of a reconstruction."""
    blocks = {}
    for xorb, entries in plan["xorbs"].items():
        for entry in entries:
            [one] = entry["ranges"]
            answer = _fetch(hub, entry)
            assert answer.status_code == 206
            chunks = [bytes(chunk) for chunk in decode(answer.content)]
            blocks.update({(xorb, one["chunks"]["start"] + i): chunk for i, chunk in enumerate(chunks)})
    out = b""
    for term in plan["terms"]:
        part = b"".join(blocks[term["hash"], i] for i in range(term["range"]["start"], term["range"]["end"]))
        assert len(part) == term["unpacked_length"]
        out += part
    return out[plan["offset_into_first_range"] :]


@pytest.fixture
def song(birds):
    """A file of three terms in two xorbs, and its content."""
    mine = cas(birds, "alice")
    first, second = some_chunks(1, 9), some_chunks(2, 9)
    a, b = mine.send(first), mine.send(second)
    file = file_of((a, 0, 4), (b, 2, 7), (a, 6, 9))
    assert mine.register(file)[-1] == {"type": "result"}
    return file, b"".join(first[:4] + second[2:7] + first[6:])


def test_anyone_can_read_a_public_file(birds, song):
    file, content = song
    assert _content(birds, cas(birds, None, verb="read").plan(file)) == content


@pytest.mark.parametrize("span", [(0, 1), (12_345, 12_346), (0, 100_000), (30_000, 90_001)])
def test_a_range_brings_little_more_than_it_asks_for(birds, song, span):
    file, content = song
    start, stop = span
    made = _content(birds, cas(birds, "bob", verb="read").plan(file, start, stop))
    assert made[: stop - start] == content[start:stop]
    assert len(made) < stop - start + 2 * 131_072


def test_ranges_of_one_xorb_have_a_link_each(birds, song):
    file, _ = song
    plan = cas(birds, None, verb="read").plan(file)
    assert sorted(len(entries) for entries in plan["xorbs"].values()) == [1, 2]
    assert all(len(entry["ranges"]) == 1 for entries in plan["xorbs"].values() for entry in entries)


def test_v1_and_batches_say_the_same(birds, song):
    file, _ = song
    mine, name = cas(birds, None, verb="read"), to_text(file.hash)
    v2 = mine.plan(file)
    v1 = mine.call("GET", f"/v1/reconstructions/{name}").json()
    assert v1["terms"] == v2["terms"]
    flat = {
        h: [(e["ranges"][0]["chunks"], e["ranges"][0]["bytes"], e["url"]) for e in es] for h, es in v2["xorbs"].items()
    }
    assert {h: [(e["range"], e["url_range"], e["url"]) for e in es] for h, es in v1["fetch_info"].items()} == flat
    by_query = mine.call("GET", f"/v1/reconstructions?file_id={name}&file_id={name}").json()
    by_body = mine.call("POST", "/v1/reconstructions", json=[{"prefix": "default", "hash": name}]).json()
    assert by_query["files"] == by_body["files"] == {name: v2["terms"]}
    assert by_query["fetch_info"] == by_body["fetch_info"]
    assert mine.call("POST", "/v1/reconstructions", content=b"{").status_code == 400


def test_beyond_the_end_is_416(birds, song):
    file, content = song
    mine = cas(birds, None, verb="read")
    path = f"/v2/reconstructions/{to_text(file.hash)}"
    answer = mine.call("GET", path, headers={"Range": f"bytes={len(content)}-"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert mine.call("GET", path, headers={"Range": "bytes=9-3"}).status_code == 400
    assert mine.call("GET", path, headers={"Range": "bytes=1-2,5-6"}).status_code == 400


def test_a_file_of_another_repository_is_not_found(birds, song):
    file, _ = song
    new_repo(birds, "mallory", "x")
    path = f"/v2/reconstructions/{to_text(file.hash)}"
    stranger = cas(birds, "mallory", "mallory/x", "read")
    answers = [stranger.call("GET", p) for p in (path, f"/v2/reconstructions/{'ab' * 32}")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_a_repository_that_became_private_is_closed_at_once(birds, song):
    file, _ = song
    visitor = cas(birds, "bob", verb="read")
    admin = birds.rooms.repos.admin(birds.actor("alice"), RepoId(RepoKind.MODEL, "alice", "birds"))
    admin.update(visibility="private")
    assert visitor.call("GET", f"/v2/reconstructions/{to_text(file.hash)}").status_code == 404


def _some_entry(birds, file):
    plan = cas(birds, None, verb="read").plan(file)
    return next(
        entry for entries in plan["xorbs"].values() for entry in entries if entry["ranges"][0]["bytes"]["start"]
    )


def test_a_link_opens_its_range_and_nothing_beside_it(birds, song):
    entry = _some_entry(birds, song[0])
    span = entry["ranges"][0]["bytes"]
    assert _fetch(birds, entry).status_code == 206
    inner = {"start": span["start"] + 1, "end": span["end"] - 1}
    answer = _fetch(birds, entry, inner)
    assert answer.headers["Content-Range"] == f"bytes {inner['start']}-{inner['end']}/*"
    assert len(answer.content) == inner["end"] - inner["start"] + 1
    assert _fetch(birds, entry, {"start": 0, "end": span["end"]}).status_code == 403
    assert (
        len(_fetch(birds, entry, {"start": span["start"], "end": 1 << 40}).content) == span["end"] - span["start"] + 1
    )
    with birds.client() as client:
        assert client.get(entry["url"]).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"), [("range=", "range=0"), ("range=", "range=x"), ("signature=", "signature=A"), ("until=", "until=9")]
)
def test_a_changed_link_opens_nothing(birds, song, old, new):
    entry = _some_entry(birds, song[0])
    changed = {**entry, "url": entry["url"].replace(old, new)}
    assert _fetch(birds, changed).status_code == 403


def test_a_link_does_not_open_another_blob(birds, song):
    entry = _some_entry(birds, song[0])
    for path in ("xorbs/ab/" + "ab" * 32, "objects/ab/cd/" + "ab" * 32, "../../hub.sqlite", "%2e%2e/hub.sqlite"):
        before, _, query = entry["url"].partition("?")
        url = f"{before[: before.index('/fetch/')]}/fetch/{path}?{query}"
        assert _fetch(birds, {**entry, "url": url}).status_code in {403, 404}


def test_a_link_ends_after_some_hours(birds, song):
    entry = _some_entry(birds, song[0])
    birds.clock.advance(3 * 3600)
    assert _fetch(birds, entry).status_code == 403


def test_chunks_are_told_to_those_who_may_read(birds, song):
    first = some_chunks(1, 9)
    chunk = to_text(layout_of(first).hash_at(0))
    for prefix in ("default", "default-merkledb"):
        assert cas(birds, "bob", verb="read").call("GET", f"/v1/chunks/{prefix}/{chunk}").status_code == 200
        assert cas(birds, "bob", verb="read").call("GET", f"/v1/chunks/{prefix}/{'ab' * 32}").status_code == 404


def test_chunk_hashes_are_never_told(birds, song):
    path = f"/v2/file-chunk-hashes/{to_text(song[0].hash)}"
    assert cas(birds, "alice", verb="read").call("GET", path).status_code == 501

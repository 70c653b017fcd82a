"""Xorbs are taken in whole and true, or not at all."""

import pytest

from freehold.base.errors import Invalid, TooLarge
from freehold.wire.xet.codec import Scheme
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.xorb import encode_xorb
from tests.stores.xet.conftest import layout_of, some_chunks


def test_it_keeps_what_was_sent_whatever_the_pieces(bench):
    chunks = some_chunks(1)
    body = encode_xorb(chunks)
    layout = layout_of(chunks)
    with bench.xet.xorbs.receive(to_text(layout.hash), "alice") as incoming:
        for start in range(0, len(body), 1777):
            incoming.feed(memoryview(body)[start : start + 1777])
        assert incoming.finish()
    with bench.db.read() as tx:
        [xorb] = bench.xet.xorbs.find(tx, [to_text(layout.hash)]).values()
    assert bench.blobs.read(xorb.key) == body
    assert bench.xet.xorbs.layout(xorb) == layout


@pytest.mark.parametrize("step", [13, 64, 100_000, 10_000_000])
def test_it_does_not_keep_the_footer_that_older_clients_send(bench, step):
    chunks = some_chunks(2)
    layout = layout_of(chunks)
    body = encode_xorb(chunks)
    sent = memoryview(body + layout.to_bytes())
    with bench.xet.xorbs.receive(to_text(layout.hash), "alice") as incoming:
        for start in range(0, len(sent), step):
            incoming.feed(sent[start : start + step])
        incoming.finish()
    [key] = [key for key, _ in bench.blobs.keys("xorbs") if not key.path.endswith(".m")]
    assert bench.blobs.read(key) == body


def test_a_second_upload_makes_a_second_holder_but_no_second_copy(bench):
    layout = bench.upload("alice", some_chunks(3))
    before = sorted(bench.blobs.keys("xorbs"))
    assert not bench.xet.xorbs.held_by("mallory", to_text(layout.hash))
    bench.upload("mallory", some_chunks(3), Scheme.NONE)
    assert bench.xet.xorbs.held_by("mallory", to_text(layout.hash))
    assert sorted(bench.blobs.keys("xorbs")) == before


def test_two_uploads_at_once_of_differently_packed_chunks_do_not_mix(bench):
    chunks = some_chunks(4)
    name = to_text(layout_of(chunks).hash)
    first, second = bench.xet.xorbs.receive(name, "alice"), bench.xet.xorbs.receive(name, "bob")
    first.feed(memoryview(encode_xorb(chunks, Scheme.LZ4)))
    second.feed(memoryview(encode_xorb(chunks, Scheme.NONE)))
    second._is_here = lambda: False  # as if the first had finished between its look and its write
    assert first.finish()
    del second._is_here
    assert not second.finish()
    assert not list(bench.xet.check())
    assert len(list(bench.blobs.keys("xorbs"))) == 2


def _refused(bench, body: bytes, name: str, error: type[Exception] = Invalid) -> None:
    with pytest.raises(error), bench.xet.xorbs.receive(name, "mallory") as incoming:
        incoming.feed(memoryview(body))
        incoming.finish()
    assert not list(bench.blobs.keys("xorbs"))
    assert not bench.xet.xorbs.held_by("mallory", name)


def test_it_refuses_a_tampered_xorb(bench):
    body = bytearray(encode_xorb(some_chunks(5), Scheme.NONE))
    body[5000] ^= 1
    _refused(bench, bytes(body), to_text(layout_of(some_chunks(5)).hash))


def test_it_refuses_a_truncated_xorb(bench):
    _refused(bench, encode_xorb(some_chunks(5))[:-1], to_text(layout_of(some_chunks(5)).hash))


def test_it_refuses_a_xorb_under_another_name(bench):
    _refused(bench, encode_xorb(some_chunks(5)), to_text(layout_of(some_chunks(6)).hash))


def test_it_refuses_an_empty_xorb(bench):
    _refused(bench, b"", "0" * 64)


def test_it_refuses_a_bomb_without_unpacking_it(bench):
    bomb = bytearray(encode_xorb([bytes(128 << 10)], Scheme.LZ4))
    bomb[5:8] = (100).to_bytes(3, "little")
    _refused(bench, bytes(bomb), to_text(layout_of([bytes(128 << 10)]).hash))


def test_it_refuses_more_than_64_mebibytes_of_content(bench):
    body = encode_xorb([bytes(128 << 10)]) * 513
    _refused(bench, body, "0" * 64, TooLarge)

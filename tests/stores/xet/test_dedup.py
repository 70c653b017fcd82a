"""Dedup answers name only what the asker may use, and only under the asker's own key of the week."""

from freehold.wire.xet.hashes import keyed, to_text
from freehold.wire.xet.shard import parse_shard
from tests.stores.xet.conftest import START, file_of, layout_of, some_chunks


def _first(chunks: list[bytes]):
    return to_text(layout_of(chunks).hash_at(0))


def _names(answer: bytes) -> set[bytes]:
    return {xorb.hash for xorb in parse_shard(answer).xorbs}


def _recognised(answer: bytes, layout) -> list[int]:
    """Which chunks of `layout` somebody who knows their content finds in the answer."""
    shard = parse_shard(answer)
    seen = {xorb.hashes[i : i + 32] for xorb in shard.xorbs for i in range(0, len(xorb.hashes), 32)}
    return [i for i in range(layout.n) if keyed(shard.footer.key, layout.hash_at(i)) in seen]


def test_the_owner_finds_his_chunks_again(bench):
    bench.push("alice", "alice-x", some_chunks(1))
    answer = bench.xet.dedup.answer(bench.caller("alice"), _first(some_chunks(1)))
    assert _recognised(answer, layout_of(some_chunks(1))) == [0, 1, 2, 3, 4]
    footer = parse_shard(answer).footer
    assert footer.expiry * 1_000_000 > START


def test_a_stranger_finds_nothing(bench):
    bench.push("alice", "alice-x", some_chunks(2))
    assert bench.xet.dedup.answer(bench.caller("mallory"), _first(some_chunks(2))) is None
    assert bench.xet.dedup.answer(bench.caller("mallory"), _first(some_chunks(3))) is None


def test_a_reader_of_a_public_file_finds_its_chunks_and_not_their_neighbours(bench):
    layout = bench.upload("alice", some_chunks(4))
    bench.register("alice", "alice-public", [file_of((layout, 0, 2))])
    bench.register("alice", "alice-secret", [file_of((layout, 2, 5))])
    answer = bench.xet.dedup.answer(bench.caller("mallory"), _first(some_chunks(4)))
    assert _recognised(answer, layout) == [0, 1]
    assert bench.xet.dedup.answer(bench.caller("mallory"), to_text(layout.hash_at(2))) is None


def test_no_raw_chunk_hash_is_ever_told(bench):
    bench.push("alice", "alice-public", some_chunks(5))
    layout = layout_of(some_chunks(5))
    answer = bench.xet.dedup.answer(bench.caller("bob"), _first(some_chunks(5)))
    assert all(layout.hash_at(i) not in answer for i in range(layout.n))


def test_two_people_get_two_keys(bench):
    bench.push("alice", "alice-public", some_chunks(6))
    keys = {
        parse_shard(bench.xet.dedup.answer(bench.caller(name), _first(some_chunks(6)))).footer.key
        for name in ("alice", "bob")
    }
    assert len(keys) == 2


def test_the_other_xorbs_of_the_file_come_along_but_at_most_64(bench):
    layouts = [bench.upload("alice", some_chunks(100 + i, 2)) for i in range(70)]
    bench.register("alice", "alice-x", [file_of(*((layout, 0, 2) for layout in layouts))], layouts)
    answer = bench.xet.dedup.answer(bench.caller("alice"), to_text(layouts[0].hash_at(0)))
    assert _names(answer) == {layout.hash for layout in layouts[:64]}
    second = bench.xet.dedup.answer(bench.caller("alice"), to_text(layouts[0].hash_at(0)))
    assert second is answer


def test_what_was_told_is_kept_as_long_as_it_may_be_used(bench):
    bench.push("alice", "alice-public", some_chunks(7))
    with bench.db.write() as tx:
        tx.run("UPDATE xet_xorb SET advertised_until = 0")
    answer = bench.xet.dedup.answer(bench.caller("bob"), _first(some_chunks(7)))
    with bench.db.read() as tx:
        assert tx.scalar("SELECT advertised_until FROM xet_xorb") >= parse_shard(answer).footer.expiry * 1_000_000

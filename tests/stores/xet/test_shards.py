"""A shard makes a file visible only when every claim in it is true and every xorb in it is the caller's to use."""

from dataclasses import replace

import pytest

from freehold.base.errors import Invalid, QuotaExceeded, RangeUnsatisfiable
from freehold.base.ids import Sha256
from freehold.stores.xet.shards import MissingXorbs, Registered
from freehold.wire.xet.hashes import to_text
from freehold.wire.xet.shard import XorbInfo, write_upload_shard
from tests.stores.xet.conftest import file_of, layout_of, some_chunks


def _content(bench, file) -> bytes:
    size = bench.xet.file_size(file)
    return b"".join(bytes(piece) for piece in bench.xet.stream(file, 0, size).pieces())


def test_a_file_can_be_read_once_its_shard_is_registered(bench):
    chunks = some_chunks(1)
    file = bench.push("alice", "alice-birds", chunks)
    assert _content(bench, file) == b"".join(chunks)
    assert bench.xet.files.size_in("alice-birds", file) == len(b"".join(chunks))
    assert bench.bound == [Registered(file, len(b"".join(chunks)), None)]
    assert not list(bench.xet.check())


def test_a_file_of_many_pieces_is_read_in_order(bench):
    first, second = some_chunks(2, 9), some_chunks(3, 9)
    a, b = bench.upload("alice", first), bench.upload("alice", second)
    file = file_of((a, 4, 9), (b, 0, 2), (a, 0, 1), (b, 1, 9), sha256=Sha256("ab" * 32))
    bench.register("alice", "alice-birds", [file], [a, b])
    expected = b"".join(first[4:] + second[:2] + first[:1] + second[1:])
    assert _content(bench, to_text(file.hash)) == expected
    assert bench.bound[0].sha256 == "ab" * 32


def test_any_range_can_be_read(bench):
    first, second = some_chunks(4, 7), some_chunks(5, 7)
    a, b = bench.upload("alice", first), bench.upload("alice", second)
    file = file_of((a, 1, 4), (b, 2, 3), (a, 0, 7))
    bench.register("alice", "alice-birds", [file])
    whole = b"".join(first[1:4] + second[2:3] + first)
    edges = [0, 1, len(first[1]) - 1, len(first[1]), len(first[1]) + 1, len(b"".join(first[1:4])), len(whole) - 1]
    for start in edges:
        for stop in [*edges, len(whole)]:
            if start < stop:
                made = bench.xet.stream(to_text(file.hash), start, stop)
                assert b"".join(map(bytes, made.pieces())) == whole[start:stop]
                assert made.length == stop - start


def test_a_range_beyond_the_end_is_refused(bench):
    file = bench.push("alice", "alice-birds", some_chunks(6))
    with pytest.raises(RangeUnsatisfiable):
        bench.xet.files.reconstruction(file, bench.xet.file_size(file), 1 << 40)


def test_every_part_lies_in_one_span_and_spans_are_disjoint(bench):
    layout = bench.upload("alice", some_chunks(7, 12))
    file = file_of((layout, 0, 3), (layout, 5, 9), (layout, 2, 6), (layout, 10, 11))
    bench.register("alice", "alice-birds", [file])
    plan = bench.xet.files.reconstruction(to_text(file.hash), 0, 1 << 40)
    [spans] = plan.spans.values()
    assert [(span.start, span.end) for span in spans] == [(0, 9), (10, 11)]
    assert [(span.first, span.stop) for span in spans] == [layout.stored_span(0, 9), layout.stored_span(10, 11)]
    assert all(any(s.start <= p.start and p.end <= s.end for s in spans) for p in plan.parts)


def _refused(bench, name: str, file, layouts=(), error: type[Exception] = Invalid) -> str:
    with pytest.raises(error) as caught:
        bench.register(name, f"{name}-x", [file], list(layouts))
    assert bench.xet.file_size(to_text(file.hash)) is None
    assert bench.bound == []
    return str(caught.value)


def test_it_refuses_a_wrong_proof(bench):
    layout = bench.upload("mallory", some_chunks(8))
    file = file_of((layout, 0, 3), (layout, 3, 5))
    assert "proof of term 1" in _refused(bench, "mallory", replace(file, range_hashes=file.range_hashes[:32] * 2))


def test_it_refuses_a_file_without_proofs(bench):
    layout = bench.upload("mallory", some_chunks(8))
    assert "no proof" in _refused(bench, "mallory", replace(file_of((layout, 0, 3)), range_hashes=None))


def test_it_refuses_a_wrong_file_hash(bench):
    layout = bench.upload("mallory", some_chunks(9))
    other = file_of((layout, 0, 2)).hash
    assert "another file" in _refused(bench, "mallory", replace(file_of((layout, 0, 3)), hash=other))


@pytest.mark.parametrize(("start", "end"), [(0, 6), (5, 6), (1 << 31, (1 << 31) + 1)])
def test_it_refuses_chunks_that_a_xorb_does_not_have(bench, start, end):
    layout = bench.upload("mallory", some_chunks(10))
    file = file_of((layout, 0, 5))
    term = replace(file.terms[0], start=start, end=end)
    assert "which has 5" in _refused(bench, "mallory", replace(file, terms=(term,)))


def test_it_refuses_a_wrong_length(bench):
    layout = bench.upload("mallory", some_chunks(11))
    file = file_of((layout, 0, 5))
    term = replace(file.terms[0], unpacked=file.terms[0].unpacked + 1)
    assert "wrong length" in _refused(bench, "mallory", replace(file, terms=(term,)))


def test_it_refuses_a_false_description_of_a_xorb(bench):
    layout = bench.upload("mallory", some_chunks(12))
    lie = replace(layout, hashes=layout.hashes[32:] + layout.hashes[:32])
    assert "otherwise" in _refused(bench, "mallory", file_of((layout, 0, 5)), [lie])
    assert XorbInfo(layout.hash, layout.hashes, tuple(layout.raw_ends)).hash == layout.hash


def test_it_refuses_xorbs_that_were_never_uploaded(bench):
    layout = layout_of(some_chunks(13))
    message = _refused(bench, "alice", file_of((layout, 0, 5)), error=MissingXorbs)
    assert "Run the upload again" in message


def test_it_refuses_chunks_of_another_tenant_in_the_same_words_as_absent_ones(bench):
    bench.push("alice", "alice-secret", some_chunks(14))
    theirs, absent = layout_of(some_chunks(14)), layout_of(some_chunks(15))
    words = [
        _refused_words(bench, file_of((layout, 0, 5))).replace(to_text(layout.hash), "…") for layout in (theirs, absent)
    ]
    assert words[0] == words[1]


def _refused_words(bench, file) -> str:
    with pytest.raises(MissingXorbs) as caught:
        bench.register("mallory", "mallory-x", [file])
    return str(caught.value)


def test_a_public_file_may_be_built_upon(bench):
    bench.push("alice", "alice-public", some_chunks(16))
    layout = layout_of(some_chunks(16))
    bench.register("bob", "bob-fork", [file_of((layout, 1, 3))])
    assert bench.bound[-1].size == sum(layout.raw_sizes(1, 3))


def test_a_public_file_does_not_lend_the_rest_of_its_xorb(bench):
    layout = bench.upload("alice", some_chunks(17))
    bench.register("alice", "alice-public", [file_of((layout, 0, 2))])
    bench.register("alice", "alice-secret", [file_of((layout, 2, 5))])
    with pytest.raises(MissingXorbs):
        bench.register("mallory", "mallory-x", [file_of((layout, 1, 3))])
    bench.register("mallory", "mallory-x", [file_of((layout, 0, 2))])


def test_what_the_repository_refuses_is_not_registered(bench):
    layout = bench.upload("alice", some_chunks(18))
    file = file_of((layout, 0, 5))

    def full(_tx, _new):
        raise QuotaExceeded("No room.")

    with pytest.raises(QuotaExceeded):
        bench.xet.shards.register(bench.caller("alice"), "alice-x", write_upload_shard([file], [layout]), full)
    assert bench.xet.file_size(to_text(file.hash)) is None


def test_a_xorb_that_is_being_deleted_counts_as_absent_until_it_comes_again(bench):
    layout = bench.upload("alice", some_chunks(19))
    with bench.db.write() as tx:
        tx.run("UPDATE xet_xorb SET state = 'deleting'")
        [old] = tx.all("SELECT key FROM xet_xorb")
    with pytest.raises(MissingXorbs):
        bench.register("alice", "alice-x", [file_of((layout, 0, 5))])
    bench.upload("alice", some_chunks(19))
    with bench.db.read() as tx:
        assert tx.scalar("SELECT key FROM xet_xorb") != old.key
    bench.register("alice", "alice-x", [file_of((layout, 0, 5))])


def test_a_registered_file_stays_where_it_is_when_somebody_has_it_too(bench):
    file = bench.push("alice", "alice-x", some_chunks(20))
    assert bench.push("bob", "bob-x", some_chunks(20)) == file
    assert bench.xet.files.size_in("bob-x", file) == bench.xet.files.size_in("alice-x", file)

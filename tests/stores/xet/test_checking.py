"""The check finds every kind of damage and says what it is."""

from freehold.stores.blobs.key import sidecar_key
from tests.stores.xet.conftest import some_chunks


def _problems(bench) -> str:
    return "\n".join(f"{fault.subject}: {fault.problem}" for fault in bench.xet.check())


def _chunks_key(bench):
    return next(key for key, _ in bench.blobs.keys("xorbs") if not key.path.endswith(".m"))


def test_it_finds_nothing_in_a_sound_store(bench):
    for seed in range(4):
        bench.push("alice", f"alice-{seed}", some_chunks(seed))
    assert _problems(bench) == ""


def test_it_finds_a_flipped_bit(bench):
    bench.push("alice", "alice-x", some_chunks(1))
    key = _chunks_key(bench)
    body = bytearray(bench.blobs.read(key))
    body[len(body) // 2] ^= 4
    bench.blobs.put(key, body)
    assert "xorb" in _problems(bench)


def test_it_finds_a_lost_xorb_and_a_lost_layout(bench):
    bench.push("alice", "alice-x", some_chunks(2))
    key = _chunks_key(bench)
    bench.xet.xorbs._layouts.clear()
    bench.blobs.delete(sidecar_key(key))
    assert "lost stored bytes" in _problems(bench)
    bench.blobs.delete(key)
    assert "no bytes are stored" in _problems(bench)


def test_it_finds_rows_that_name_nothing(bench):
    bench.push("alice", "alice-x", some_chunks(3))
    with bench.db.write() as tx:
        tx.run("DELETE FROM xet_xorb")
    problems = _problems(bench)
    assert "is missing" in problems
    assert "a file names it, but it is not kept" in problems
    with bench.db.write() as tx:
        tx.run("DELETE FROM xet_file")
    assert "a repository names it" in _problems(bench)


def test_it_finds_a_file_whose_terms_were_changed(bench):
    file = bench.push("alice", "alice-x", some_chunks(4))
    packed = bytearray(bench.xet.files.terms(file).to_bytes())
    packed[40] -= 1
    with bench.db.write() as tx:
        tx.run("UPDATE xet_file SET terms = :terms", terms=bytes(packed))
    assert "another file" in _problems(bench)


def test_it_finds_a_lost_row_of_the_index_and_makes_it_again(bench):
    bench.push("alice", "alice-x", some_chunks(5))
    with bench.db.write() as tx:
        tx.run("DELETE FROM xet_chunk")
    assert "not in the index" in _problems(bench)
    assert bench.xet.repair_index().added == 1
    assert _problems(bench) == ""


def test_it_finds_a_false_row_of_the_index_and_removes_it(bench):
    bench.push("alice", "alice-x", some_chunks(6))
    with bench.db.write() as tx:
        tx.run("INSERT INTO xet_chunk (prefix, xorb) SELECT :prefix, hash FROM xet_xorb", prefix=b"x" * 16)
    assert "chunks that it does not have" in _problems(bench)
    assert bench.xet.repair_index().removed == 1
    assert _problems(bench) == ""


def test_it_finds_marks_that_would_mislead_the_sweep(bench):
    bench.push("alice", "alice-x", some_chunks(7))
    with bench.db.write() as tx:
        tx.run("UPDATE xet_xorb SET unused_since = 1")
        tx.run("UPDATE xet_file SET unlinked_at = 1")
    assert "marked as unused" in _problems(bench)
    assert "marked as deleted" in _problems(bench)
    with bench.db.write() as tx:
        tx.run("UPDATE xet_xorb SET unused_since = NULL")
        tx.run("UPDATE xet_file SET unlinked_at = NULL")
        tx.run("DELETE FROM xet_repo_file")
    assert "the sweep will not see" in _problems(bench)


def test_it_finds_a_xorb_that_points_at_anothers_blobs(bench):
    for seed in (8, 9):
        bench.push("alice", f"alice-{seed}", some_chunks(seed))
    with bench.db.write() as tx:
        tx.run("UPDATE xet_xorb SET key = (SELECT max(key) FROM xet_xorb)")
    assert _problems(bench) != ""

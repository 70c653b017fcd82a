"""The table of counts."""

import multiprocessing
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from freehold.asgi.limits.tally import Tally

SECRET = b"s" * 32


@given(moments=st.lists(st.integers(0, 300), max_size=80), quota=st.integers(1, 10), window=st.integers(1, 60))
def test_no_window_ever_holds_more_than_its_quota(moments, quota, window):
    tally = Tally(SECRET, window)
    let_in: dict[int, int] = {}
    for at in sorted(moments):
        standing = tally.count("alice", quota, at)
        assert 1 <= standing.reset_s <= window
        end = at + standing.reset_s
        let_in[end] = let_in.get(end, 0) + (standing.left >= 0)
        assert standing.left == max(quota - let_in[end], 0) or (standing.left == -1 and let_in[end] == quota)
    assert all(count <= quota for count in let_in.values())


def test_what_is_full_is_empty_again_when_the_client_was_told():
    tally = Tally(SECRET, 60)
    for _ in range(3):
        standing = tally.count("alice", 3, 1000)
    assert (standing.left, tally.count("alice", 3, 1000).left) == (0, -1)
    assert tally.count("alice", 3, 1000 + standing.reset_s).left == 2


def test_callers_and_classes_do_not_share():
    tally = Tally(SECRET, 60)
    assert [tally.count(name, 5, 1).left for name in ("api alice", "api bob", "git alice", "api alice")] == [4, 4, 4, 3]


def test_a_flood_of_callers_costs_no_memory_and_does_not_free_who_counts_most():
    tally = Tally(SECRET, 10_000)
    for _ in range(100):
        tally.count("mallory", 1000, 1)
    for number in range(60_000):
        tally.count(f"address {number}", 1000, 1)
    assert tally.count("mallory", 1000, 1).left == 1000 - 101


def test_windows_of_different_callers_begin_at_different_moments():
    tally = Tally(SECRET, 300)
    assert len({tally.count(f"caller {n}", 5, 1000).reset_s for n in range(50)}) > 20


def _count(file: Path, times: int) -> None:
    tally = Tally(SECRET, 1000, file)
    for _ in range(times):
        tally.count("alice", 1_000_000, 1)


def test_no_process_undoes_what_another_counted(tmp_path):
    file = tmp_path / "run" / "limits"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count, args=(file, 20_000)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seen = 1_000_000 - Tally(SECRET, 1000, file).count("alice", 1_000_000, 1).left - 1
    assert seen == 2 * 20_000

"""Whatever the terms and the range, the bytes are those of the file, and the plan keeps the client's rules."""

from functools import lru_cache
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.clock import now
from freehold.stores.blobs.memory import MemoryBlobs
from freehold.stores.db.database import Database
from freehold.stores.xet.access import merged
from freehold.stores.xet.store import XetStore
from freehold.wire.xet.hashes import to_text
from tests.stores.xet.conftest import Bench, file_of, some_chunks

CHUNKS = 6
RANGES = st.tuples(st.integers(0, CHUNKS - 1), st.integers(1, CHUNKS)).map(lambda pair: (pair[0], pair[0] + pair[1]))
TERMS = st.lists(st.tuples(st.integers(0, 1), RANGES.filter(lambda span: span[1] <= CHUNKS)), min_size=1, max_size=6)


@lru_cache(maxsize=1)
def _store(folder: str) -> tuple[Bench, list, list]:
    db = Database(f"sqlite:///{folder}/ranges.sqlite")
    db.migrate()
    bench = Bench(XetStore(db, MemoryBlobs(), b"secret", now), db, MemoryBlobs())
    contents = [some_chunks(seed, CHUNKS) for seed in (1, 2)]
    return bench, contents, [bench.upload("alice", chunks) for chunks in contents]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(terms=TERMS, data=st.data())
def test_any_range_of_any_file(tmp_path_factory, terms, data):
    bench, contents, layouts = _store(str(tmp_path_factory.getbasetemp()))
    whole = b"".join(b"".join(contents[xorb][a:b]) for xorb, (a, b) in terms)
    file = file_of(*((layouts[xorb], a, b) for xorb, (a, b) in terms))
    bench.register("alice", "alice-x", [file])
    start = data.draw(st.integers(0, len(whole) - 1))
    stop = data.draw(st.integers(start + 1, len(whole)))
    name = to_text(file.hash)
    assert b"".join(map(bytes, bench.xet.stream(name, start, stop).pieces())) == whole[start:stop]
    _keeps_the_rules(bench.xet.files.reconstruction(name, start, stop), stop - start)


def _keeps_the_rules(plan, asked: int) -> None:
    assert 0 <= plan.skip < plan.parts[0].unpacked
    assert sum(part.unpacked for part in plan.parts) - plan.skip >= asked
    for part in plan.parts:
        assert sum(span.start <= part.start and part.end <= span.end for span in plan.spans[part.xorb]) == 1
    for spans in plan.spans.values():
        assert all(before.end < after.start for before, after in pairwise(spans))


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda pair: (pair[0], sum(pair)))))
def test_merged_ranges_cover_the_same_chunks_once(spans):
    result = merged(spans)
    assert {i for a, b in spans for i in range(a, b)} == {i for a, b in result for i in range(a, b)}
    assert all(before[1] < after[0] for before, after in pairwise(result))

"""Lists of a bucket against the same lists made of a dictionary."""

import time

import hypothesis
from hypothesis import strategies as st

from freehold.base.ids import XetHash, new_id
from freehold.core.repos import bucket_rows
from freehold.core.repos.bucket_rows import BucketFile, BucketFolder
from freehold.stores.db.database import Database

NAMES = st.sampled_from(["a", "aa", "a b", "a-b", "a.b", "a0", "b", "ü", "🐦", "z"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
ODD = st.sampled_from(["", "a ", "a/", "/", "\U0010ffff"])
PREFIXES = st.one_of(ODD, PATHS, PATHS.map(lambda path: f"{path}/"))


def fill(db: Database, paths: set[str] | list[str]) -> str:
    """A bucket's rows, whose times are their places in the order; its id."""
    bucket = new_id()
    rows = [
        {"bucket": bucket, "path": path.encode(), "hash": "0" * 64, "at": at}
        for at, path in enumerate(sorted(paths, key=str.encode))
    ]
    with db.write() as tx:
        tx.many(
            "INSERT INTO repos_bucket_file (bucket_id, path, xet_hash, size, uploaded_at)"
            " VALUES (:bucket, :path, :hash, 0, :at)",
            rows,
        )
    return bucket


def expected_level(paths: set[str], prefix: str, at_once: int) -> list[tuple[str, int | None]]:
    """Files, and folders with the newest time in each that is not too large, by the simplest thinking."""
    found: dict[str, list[int]] = {}
    for at, path in enumerate(sorted(paths, key=str.encode)):
        if path.startswith(prefix):
            rest = path[len(prefix) :]
            lead = "/" if rest.startswith("/") else ""
            first, slash, _ = rest[len(lead) :].partition("/")
            found.setdefault(f"{prefix}{lead}{first}{slash}", []).append(at)
    return [
        (name, None if name.endswith("/") and len(times) >= at_once else max(times))
        for name, times in sorted(found.items(), key=lambda item: item[0].encode())
    ]


def spelled(entries: list[BucketFile | BucketFolder]) -> list[tuple[str, int | None]]:
    return [(entry.cursor, entry.uploaded_at) for entry in entries]


@hypothesis.given(st.sets(PATHS, max_size=40), PREFIXES, st.integers(1, 5), st.integers(2, 9))
@hypothesis.example({"a/b", "a/c", "a0", "a-"}, "", 1, 2)
@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_every_list_is_what_a_dictionary_would_say(
    db: Database, paths: set[str], prefix: str, page: int, at_once: int
) -> None:
    bucket = fill(db, paths)
    files, level, after = [], [], ""
    with db.read() as tx:
        while found := bucket_rows.files_below(tx, bucket, prefix, after, page):
            files += [file.path for file in found]
            after = found[-1].cursor
        after = ""
        while entries := bucket_rows.level(tx, bucket, prefix, after, page, at_once=at_once):
            level += spelled(entries)
            after = entries[-1].cursor
    assert files == sorted((path for path in paths if path.startswith(prefix)), key=str.encode)
    assert level == expected_level(paths, prefix, at_once)


def test_folders_too_large_to_be_read_are_passed_by(db: Database) -> None:
    many = bucket_rows.AT_ONCE + 500
    paths = (
        {f"small/{n}" for n in range(bucket_rows.AT_ONCE - 1)}
        | {f"large/{n:05}" for n in range(many)}
        | {"top", "large.txt", "z/y"}
    )
    bucket = fill(db, paths)
    with db.read() as tx:
        entries = bucket_rows.level(tx, bucket, "", "", 100)
        below = bucket_rows.level(tx, bucket, "large", "", 10_000)
    assert [entry.cursor for entry in entries] == ["large.txt", "large/", "small/", "top", "z/"]
    assert [entry.uploaded_at is None for entry in entries] == [False, True, False, False, False]
    assert len(below) == many + 1


def test_a_bucket_of_a_hundred_thousand_files_is_listed_by_its_index(db: Database) -> None:
    bucket = fill(db, [f"{folder:03}/{n:04}" for folder in range(100) for n in range(1000)])
    began = time.perf_counter()
    with db.read() as tx:
        top = bucket_rows.level(tx, bucket, "", "", 1000)
        deep = bucket_rows.files_below(tx, bucket, "099/", "", 1000)
        last = bucket_rows.files_below(tx, bucket, "", "099/0998", 1000)
        plan = " ".join(str(row) for row in tx.all(
            f"{'EXPLAIN QUERY PLAN' if db.is_sqlite else 'EXPLAIN'} SELECT path FROM repos_bucket_file"
            " WHERE bucket_id = :bucket AND path >= :low ORDER BY path LIMIT 10", bucket=bucket, low=b"5",
        ))  # fmt: skip
    spent = time.perf_counter() - began
    assert (len(top), len(deep), [file.path for file in last]) == (100, 1000, ["099/0999"])
    assert "scan repos_bucket_file" not in plan.lower()
    assert spent < 5, f"{spent:.2f} s"


def test_the_empty_file_needs_no_content() -> None:
    assert XetHash("0" * 64) == bucket_rows.EMPTY

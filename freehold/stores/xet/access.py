"""Which chunks a caller may build upon: those it uploaded, and those of files that it may read.

A xorb is shared by every file that deduplicates against it, so a file that may be read lends only the
chunks that it consists of, never the rest of the xorb.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from freehold.base.ids import XetHash
from freehold.stores.db.database import Transaction
from freehold.stores.xet.terms import Terms
from freehold.wire.xet.hashes import from_text

_FILES_ASKED = 64  # readable files that are consulted about one xorb: a popular one is in thousands


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an account, and the repositories it may read as an SQL query of their ids with its parameters."""

    account_id: str
    readable: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Use:
    """What a caller may use of one xorb: all of it, or the chunk ranges `spans` (sorted, disjoint)."""

    spans: tuple[tuple[int, int], ...] | None = None

    def covers(self, start: int, end: int) -> bool:
        """Whether chunks `start` to `end` (exclusive) may be used."""
        return self.spans is None or any(a <= start and end <= b for a, b in self.spans)


EVERYTHING = Use()


def uses(tx: Transaction, caller: Caller, xorbs: Iterable[XetHash]) -> dict[XetHash, Use]:
    """What `caller` may use of each of `xorbs`; those of which it may use nothing are left out."""
    asked = list(dict.fromkeys(xorbs))
    held = tx.within(
        "SELECT xorb FROM xet_holder WHERE account_id = :account AND xorb IN :values", asked, account=caller.account_id
    )
    allowed = {XetHash(row.xorb): EVERYTHING for row in held}

    @lru_cache(maxsize=8)
    def terms_of(file: str) -> Terms:
        return Terms(tx.scalar("SELECT terms FROM xet_file WHERE hash = :file", file=file))

    for xorb in asked:
        if xorb not in allowed:
            files = readable_files(tx, caller, xorb, _FILES_ASKED)
            spans = [span for file in files for span in terms_of(file).spans_of(from_text(xorb))]
            if spans:
                allowed[xorb] = Use(merged(spans))
    return allowed


def readable_files(tx: Transaction, caller: Caller, xorb: XetHash, limit: int) -> list[XetHash]:
    """Files that have chunks of `xorb` and lie in a repository that `caller` may read."""
    rows = tx.all(
        "SELECT e.file FROM xet_file_xorb e WHERE e.xorb = :xorb AND EXISTS (SELECT 1 FROM xet_repo_file f"
        f" WHERE f.file = e.file AND f.repo_id IN ({caller.readable})) LIMIT :limit",
        xorb=xorb, limit=limit, **caller.params,
    )  # fmt: skip
    return [XetHash(row.file) for row in rows]


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges (end exclusive) sorted, with those that overlap or touch made one."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)

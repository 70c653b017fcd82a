"""What `git blame --porcelain` says: for each run of lines the commit that they come from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from freehold.base.ids import Oid

_HEAD = re.compile(rb"([0-9a-f]{40}) ([0-9]{1,9}) ([0-9]{1,9})(?: ([0-9]{1,9}))?")


@dataclass(frozen=True, slots=True)
class Run:
    """`count` lines from `first` on (counted from 1) that `commit` brought."""

    commit: Oid
    first: int
    count: int


def parse_blame(lines: Iterable[bytes]) -> Iterator[Run]:
    """The runs, in the order of the file. Neighbours of one commit are one run."""
    last: Run | None = None
    for line in lines:
        # Lines of the file begin with a tab, so that none can pass for a head.
        found = _HEAD.fullmatch(line.rstrip(b"\n"))
        if found is None:
            continue
        commit, at = Oid(found[1].decode()), int(found[3])
        if last is not None and last.commit == commit and last.first + last.count == at:
            last = Run(commit, last.first, last.count + 1)
            continue
        if last is not None:
            yield last
        last = Run(commit, at, 1)
    if last is not None:
        yield last

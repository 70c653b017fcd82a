"""Who is searched for, and what was counted for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

EXACT_TO = 10_000
"""Larger counts are rounded where they are shown, and may be five minutes old."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a search may find: `everything`; or what a stranger may find, and the repositories `closed` beyond that."""

    everything: bool = False
    open: bool = True
    closed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many repositories fit, and how many of them have each value of each facet."""

    total: int = 0
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def less(self, other: "Counts") -> "Counts":
        """What is left without `other`, which is a part of it."""
        left = {name: Counter(found) - Counter(other.facets.get(name, {})) for name, found in self.facets.items()}
        return Counts(self.total - other.total, left)


def together(parts: Iterable[Counts]) -> Counts:
    """Counts of what has nothing in common."""
    total = 0
    facets: dict[str, Counter[str]] = {}
    for part in parts:
        total += part.total
        for name, found in part.facets.items():
            facets.setdefault(name, Counter()).update(found)
    return Counts(total, facets)

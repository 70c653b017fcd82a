"""What a query means, said plainly over one repository: the index must give what this says, only sooner."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from freehold.core.catalog.facets import FACETS
from freehold.core.catalog.popularity import Popularity
from freehold.core.catalog.query import Place, Query, Sort
from freehold.core.catalog.rows import CatalogEntry
from freehold.core.repos.repo import Repo

EXACT, NAMED, TOLD, ALIKE = 1, 2, 3, 4
"""How words fit: they are the name; each is part of it; each stands in name, tags or card; each does but for a typo."""

MAX_TOKENS = 3000
MAX_TOKEN = 64
TYPO_FROM = 4
"""Shorter words have too many neighbours for a typo to say anything."""

_TOKEN = re.compile(r"[^\W_]+")


def tokens(text: str) -> list[str]:
    """The words of a text in small letters, without the `s` of a plural, in their order."""
    found = (word[:MAX_TOKEN] for word in _TOKEN.findall(text.lower()))
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in found]


def flat(text: str) -> str:
    """A name as it is compared with what somebody types: without what stands between its words."""
    return "".join(_TOKEN.findall(text.lower()))


@dataclass(frozen=True)
class Record:
    """Everything by which one repository is found."""

    repo: Repo
    entry: CatalogEntry
    popularity: Popularity

    @property
    def path(self) -> str:
        """`namespace/name` in small letters."""
        return self.repo.repo_id.full.lower()

    @cached_property
    def exact(self) -> frozenset[str]:
        """What somebody types who knows its name."""
        return frozenset((flat(self.repo.name), flat(self.path))) - {""}

    @cached_property
    def values(self) -> Mapping[str, Sequence[str]]:
        """The values that it has, by facet."""
        repo, entry = self.repo, self.entry
        found = {facet.name: [*facet.values(repo, entry)] for facet in FACETS if repo.kind in facet.kinds}
        return {name: [*dict.fromkeys(values)] if len(values) > 1 else values for name, values in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """The words of its name and tags, among which a typo is forgiven."""
        return frozenset(tokens(" ".join((self.path, *self.entry.tags)))[:MAX_TOKENS])

    @cached_property
    def words(self) -> frozenset[str]:
        """Those, and the words of its card."""
        return self.names | frozenset(tokens(self.entry.text)[:MAX_TOKENS])


def level(record: Record, words: Sequence[str]) -> int:
    """How well a repository fits `words`; 0: not at all."""
    if flat(" ".join(words)) in record.exact:
        return EXACT
    if all(word.lower() in record.path for word in words):
        return NAMED
    asked = [token for word in words for token in tokens(word)]
    if not asked:
        return 0
    if all(token in record.words for token in asked):
        return TOLD
    return ALIKE if all(token in record.words or _alike(token, record.names) for token in asked) else 0


def matches(record: Record, query: Query) -> bool:
    """Whether every condition holds."""
    repo, entry, span = record.repo, record.entry, query.parameters
    return (
        query.author.lower() in ("", repo.namespace.lower())
        and all(word.lower() in record.path for word in query.search)
        and set(query.tags) <= set(entry.tags)
        and query.pipeline_tag in ("", entry.pipeline_tag)
        and query.gated in (None, bool(repo.gated))
        and (span is None or span.least <= entry.parameters <= span.most)
        and all(value in values(record, name) for name, value in query.facets)
        and (not query.words or 0 < level(record, query.words) <= most_level(query))
    )


def most_level(query: Query) -> int:
    """Typos are forgiven only where what fits better comes first."""
    return ALIKE if query.sort is Sort.BEST else TOLD


def values(record: Record, facet: str) -> Sequence[str]:
    """The values that a repository has of a facet; none of one that there is not."""
    return record.values.get(facet, ())


def sort_value(record: Record, sort: Sort) -> int:
    """What a listing is ordered by, most first."""
    repo, popularity = record.repo, record.popularity
    match sort:
        case Sort.LAST_MODIFIED:
            return repo.updated_at
        case Sort.CREATED_AT:
            return repo.created_at
        case Sort.LIKES:
            return popularity.likes
        case Sort.DOWNLOADS:
            return popularity.downloads
        case Sort.TRENDING:
            return round(popularity.trend * 1000)
        case _:
            return use(popularity)


def use(popularity: Popularity) -> int:
    """How much a repository is used: a like says as much as twenty downloads, and each doubling adds the same."""
    return round(100 * math.log2(1 + popularity.downloads + 20 * popularity.likes))


def place_of(record: Record, query: Query) -> Place:
    """Where a repository that matches stands in the list."""
    best = query.sort is Sort.BEST
    return Place(
        sort_value(record, query.sort), record.repo.id, level(record, query.words) if best and query.words else 0
    )


def _alike(token: str, names: frozenset[str]) -> bool:
    return len(token) >= TYPO_FROM and any(_one_edit(token, name) for name in names)


def _one_edit(a: str, b: str) -> bool:
    """Whether one letter more, less or other, or two exchanged neighbours, makes `a` of `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[start:], b[start:]
    return (
        x[1:] == y[1:]
        or x[1:] == y
        or x == y[1:]
        or (len(x) > 1 and len(y) > 1 and x[0] == y[1] and x[1] == y[0] and x[2:] == y[2:])
    )

"""The index at one moment: which repositories a query finds, and how many have which value."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur

from freehold.base.ids import RepoKind
from freehold.core.catalog.counts import Counts, Reach, together
from freehold.core.catalog.facets import of_kind
from freehold.core.catalog.index import fields
from freehold.core.catalog.index.conditions import Condition, Conditions, any_of, ordering
from freehold.core.catalog.index.walking import Sizes, Walk
from freehold.core.catalog.matching import most_level
from freehold.core.catalog.query import Place, Query, Sort

_VALUES = 500
"""Of a facet with more values, only so many of the most frequent are counted."""


@dataclass(frozen=True, slots=True)
class View:
    """`without` are repositories that have changed since: what the index says of them is not asked."""

    searcher: tantivy.Searcher
    conditions: Conditions
    sizes: Sizes
    without: Sequence[str] = ()

    def page(self, reach: Reach, kind: RepoKind, query: Query, after: Place | None, most: int) -> list[Place]:
        """The next places behind `after`."""
        if most <= 0:
            return []
        if query.sort is Sort.BEST and query.words:
            return self._by_level(reach, kind, query, after, most)
        rest = self._words(query)
        return self._merged(reach, [*self.conditions.of(kind, query), *rest], query, after, most)

    def count(self, reach: Reach, kind: RepoKind, query: Query) -> Counts:
        """Everything that fits, counted."""
        base = [*self.conditions.of(kind, query), *self._words(query)]
        names = [facet.name for facet in of_kind(kind)]
        return together(self._counted([*base, *seen], names) for seen, _ in self._seen(reach))

    def _by_level(self, reach: Reach, kind: RepoKind, query: Query, after: Place | None, most: int) -> list[Place]:
        base = self.conditions.of(kind, query)
        found: list[Place] = []
        better: list[Condition] = []
        for level, fits in self.conditions.levels(query.words, most_level(query)):
            if after is None or after.level <= level:
                start = after if after is not None and after.level == level else None
                levelled = [*base, *better, (Occur.Must, fits)]
                places = self._merged(reach, levelled, query, start, most - len(found))
                found += [Place(one.at, one.id, level) for one in places]
                if len(found) >= most:
                    break
            better.append((Occur.MustNot, fits))
        return found

    def _words(self, query: Query) -> list[Condition]:
        if not query.words:
            return []
        return [(Occur.Must, any_of([fits for _, fits in self.conditions.levels(query.words, most_level(query))]))]

    def _merged(
        self, reach: Reach, base: Sequence[Condition], query: Query, after: Place | None, most: int
    ) -> list[Place]:
        rarest = self.conditions.rarest(self.searcher, query)
        found: list[Place] = []
        for seen, about in self._seen(reach):
            walk = Walk(
                self.searcher, self.conditions, [*base, *seen], ordering(query.sort), min(rarest, about), self.sizes
            )
            found += walk.page(after, most)
        return sorted(found, key=lambda one: one.key)[:most]

    def _seen(self, reach: Reach) -> list[tuple[list[Condition], int]]:
        """What may be seen, in parts that have nothing in common, since each is quicker alone; and about how much."""
        changed: list[Condition] = [(Occur.MustNot, self.conditions.ids(self.without))] if self.without else []
        if reach.everything:
            return [(changed, self.searcher.num_docs)]
        shown: list[tuple[list[Condition], int]] = []
        if reach.open:
            shown.append(([(Occur.Must, self.conditions.term(fields.OPEN)), *changed], self.searcher.num_docs))
        if reach.closed:
            beyond = (Occur.MustNot, self.conditions.term(fields.OPEN))
            mine = [(Occur.Must, self.conditions.ids(reach.closed)), beyond, *changed]
            shown.append((mine, len(reach.closed)))
        return shown

    def _counted(self, base: Sequence[Condition], names: Sequence[str]) -> Counts:
        asked = {
            name: {"terms": {"field": fields.facet_field(name), "size": _VALUES, "segment_size": 10 * _VALUES}}
            for name in names
        }
        asked["total"] = {"value_count": {"field": fields.HIGH}}
        told = self.searcher.aggregate(tantivy.Query.boolean_query(list(base)), asked)
        facets = {
            name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in told[name]["buckets"]} for name in names
        }
        return Counts(int(told["total"]["value"]), facets)

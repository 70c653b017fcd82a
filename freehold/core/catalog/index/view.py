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
from freehold.core.catalog.index.fields import Part
from freehold.core.catalog.index.walking import PACE, Pace, Sizes, Walk
from freehold.core.catalog.matching import most_level
from freehold.core.catalog.query import Place, Query, Sort

_VALUES = 500
"""Of a facet with more values, only so many of the most frequent are counted."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A part of what may be seen; `about` so many documents."""

    part: Part
    conditions: Sequence[Condition]
    about: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What must hold, in which order it is wanted, and how many documents that could be at most."""

    base: Sequence[Condition]
    sort: Sort
    rarest: int


@dataclass(frozen=True, slots=True)
class View:
    """`without` are repositories that have changed since: what the index says of them is not asked."""

    searcher: tantivy.Searcher
    conditions: Conditions
    sizes: Sizes
    without: Sequence[str] = ()
    pace: Pace = PACE

    def page(self, reach: Reach, kind: RepoKind, query: Query, after: Place | None, most: int) -> list[Place]:
        """The next places behind `after`."""
        if most <= 0:
            return []
        if query.sort is Sort.BEST and query.words:
            return self._by_level(reach, kind, query, after, most)
        rarest = self.conditions.rarest(self.searcher, query)
        asked = _Asked([*self.conditions.of(query), *self._words(query)], ordering(query.sort), rarest)
        return self._merged(self._seen(reach, kind), asked, after, most)

    def count(self, reach: Reach, kind: RepoKind, query: Query) -> Counts:
        """Everything that fits, counted."""
        base = [*self.conditions.of(query), *self._words(query)]
        names = [facet.name for facet in of_kind(kind)]
        return together(
            self._counted([*base, *one.conditions, (Occur.Must, self.conditions.term(one.part.term))], names)
            for one in self._seen(reach, kind)
        )

    def _by_level(self, reach: Reach, kind: RepoKind, query: Query, after: Place | None, most: int) -> list[Place]:
        base, rarest = self.conditions.of(query), self.conditions.rarest(self.searcher, query)
        seen = self._seen(reach, kind)
        found: list[Place] = []
        better: list[Condition] = []
        for fit in self.conditions.levels(self.searcher, query.words, most_level(query)):
            places: list[Place] = []
            if after is None or after.level <= fit.level:
                asked = _Asked(
                    [*base, *better, *((Occur.Must, part) for part in fit.parts)], Sort.USE, min(rarest, fit.most)
                )
                start = after if after is not None and after.level == fit.level else None
                places = self._merged(seen, asked, start, most - len(found))
                found += [Place(one.at, one.id, fit.level) for one in places]
                if len(found) >= most:
                    break
            # To pass over the few that were found takes less than to look for them again.
            whole = after is None or after.level < fit.level
            known = self.conditions.ids([one.id for one in places]) if whole else fit.query
            better.append((Occur.MustNot, known))
        return found

    def _words(self, query: Query) -> list[Condition]:
        if not query.words:
            return []
        levels = self.conditions.levels(self.searcher, query.words, most_level(query))
        return [(Occur.Must, any_of(fit.query for fit in levels) if levels else tantivy.Query.empty_query())]

    def _merged(self, seen: Sequence["_Seen"], asked: "_Asked", after: Place | None, most: int) -> list[Place]:
        found: list[Place] = []
        for one in seen:
            base, rarest = [*asked.base, *one.conditions], min(asked.rarest, one.about)
            walk = Walk(self.searcher, self.conditions, one.part, base, asked.sort, rarest, self.sizes, self.pace)
            found += walk.page(after, most)
        return sorted(found, key=lambda one: one.key)[:most]

    def _seen(self, reach: Reach, kind: RepoKind) -> list["_Seen"]:
        """What may be seen, in parts that have nothing in common, since each is quicker alone."""
        changed: list[Condition] = [(Occur.MustNot, self.conditions.ids(self.without))] if self.without else []
        public, closed = Part(kind), Part(kind, closed=True)
        shown: list[_Seen] = []
        if reach.everything or reach.open:
            shown.append(_Seen(public, changed, self.searcher.num_docs))
        if reach.everything:
            shown.append(_Seen(closed, changed, self.searcher.num_docs))
        elif reach.closed:
            mine = [(Occur.Must, self.conditions.ids(reach.closed)), *changed]
            shown.append(_Seen(closed, mine, len(reach.closed)))
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

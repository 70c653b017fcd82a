"""The index at one moment: which repositories a query finds, and how many have which value."""

from collections.abc import Sequence
from dataclasses import dataclass

import tantivy
from tantivy import Occur

from freehold.base.ids import RepoKind
from freehold.core.catalog.counts import Counts, Reach, together
from freehold.core.catalog.facets import of_kind
from freehold.core.catalog.index import fields
from freehold.core.catalog.index.conditions import Condition, Conditions, Fit, any_of, likely, ordering
from freehold.core.catalog.index.fields import Part
from freehold.core.catalog.index.walking import PACE, Pace, Sizes, Walk
from freehold.core.catalog.matching import most_level
from freehold.core.catalog.query import Place, Query, Sort

_VALUES, _REST_VALUES = 500, 2000
"""Of a facet with more values, only so many of the most frequent are counted; and of what does not fit."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A part of what may be seen; `about` so many documents."""

    part: Part
    conditions: Sequence[Condition]
    about: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """What must hold of about how many documents, and in which order they are wanted."""

    base: Sequence[Condition]
    sort: Sort
    about: int


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
        about = self.conditions.about(self.searcher, query)
        asked = _Asked([*self.conditions.of(query), *self._words(query)], ordering(query.sort), about)
        return self._merged(self._seen(reach, kind), asked, after, most)

    def count(self, reach: Reach, kind: RepoKind, query: Query) -> Counts:
        """Everything that fits, counted."""
        base = [*self.conditions.of(query), *self._words(query)]
        return self._summed(reach, kind, base, _VALUES)

    def count_rest(self, reach: Reach, kind: RepoKind, query: Query) -> Counts:
        """Everything that does not fit: where that is less, it is counted sooner."""
        base = self.conditions.of(query)
        if not base and not query.words:
            return Counts()
        if base:
            apart = [tantivy.Query.boolean_query([*base, *self._words(query)])]
        else:
            apart = [fit.query for fit in self._levels(query)]  # several at once are passed over more quickly
        excluded = [(Occur.MustNot, one) for one in apart]
        return self._summed(reach, kind, excluded, _REST_VALUES)

    def mostly_fits(self, query: Query) -> bool:
        """Whether it is likely that more fits than does not; of parameters nothing is known beforehand."""
        every = self.searcher.num_docs
        if query.parameters is not None:
            return False
        told = [max((fit.about for fit in self._levels(query)), default=0)] if query.words else []
        return 2 * likely(every, (self.conditions.about(self.searcher, query), *told)) > every

    def _by_level(self, reach: Reach, kind: RepoKind, query: Query, after: Place | None, most: int) -> list[Place]:
        base, about = self.conditions.of(query), self.conditions.about(self.searcher, query)
        seen = self._seen(reach, kind)
        found: list[Place] = []
        better: list[Condition] = []
        for fit in self._levels(query):
            places: list[Place] = []
            if after is None or after.level <= fit.level:
                fitting = likely(self.searcher.num_docs, (about, fit.about))
                asked = _Asked([*base, *better, *((Occur.Must, part) for part in fit.parts)], Sort.USE, fitting)
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

    def _levels(self, query: Query) -> list[Fit]:
        return self.conditions.levels(self.searcher, query.words, most_level(query))

    def _words(self, query: Query) -> list[Condition]:
        if not query.words:
            return []
        levels = self._levels(query)
        return [(Occur.Must, any_of(fit.query for fit in levels) if levels else tantivy.Query.empty_query())]

    def _merged(self, seen: Sequence["_Seen"], asked: "_Asked", after: Place | None, most: int) -> list[Place]:
        found: list[Place] = []
        for one in seen:
            base, about = [*asked.base, *one.conditions], min(asked.about, one.about)
            walk = Walk(self.searcher, self.conditions, one.part, base, asked.sort, about, self.sizes, self.pace)
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

    def _summed(self, reach: Reach, kind: RepoKind, base: Sequence[Condition], most: int) -> Counts:
        names = [facet.name for facet in of_kind(kind)]
        return together(
            self._counted([*base, *one.conditions, (Occur.Must, self.conditions.term(one.part.term))], names, most)
            for one in self._seen(reach, kind)
        )

    def _counted(self, base: Sequence[Condition], names: Sequence[str], most: int) -> Counts:
        asked = {
            name: {"terms": {"field": fields.facet_field(name), "size": most, "segment_size": 10 * _VALUES}}
            for name in names
        }
        asked["total"] = {"value_count": {"field": fields.HIGH}}
        told = self.searcher.aggregate(tantivy.Query.boolean_query(list(base)), asked)
        facets = {
            name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in told[name]["buckets"]} for name in names
        }
        return Counts(int(told["total"]["value"]), facets)

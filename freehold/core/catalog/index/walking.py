"""Walks along an order through the documents that fit, and stops as soon as a page is full.

To sort all that fits would take as long as there is much of it. So the order is cut into tiers, and the search goes
through the first few thousand documents of the order, then as many more as should do by what was found among those,
and only then through all of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import tantivy
from tantivy import Occur, Order

from freehold.core.catalog.index import fields
from freehold.core.catalog.index.conditions import Condition, Conditions
from freehold.core.catalog.index.fields import Part
from freehold.core.catalog.query import Place, Sort

_SPARE = 8
"""So many more than a page are asked for, to see where its last value ends."""

_TOO_MANY = 20
"""A tier that is so many times as large as what is wanted saves nothing."""


@dataclass(frozen=True, slots=True)
class Tiers:
    """The tiers of one order, upwards; `until[n]` documents are in the first `n`. A rough number, to save time."""

    tiers: Sequence[int]
    until: Sequence[int]

    @classmethod
    def of(cls, sizes: Mapping[int, int]) -> "Tiers":
        """From the number of documents in each."""
        tiers = sorted(sizes)
        return cls(tiers, [0, *accumulate(sizes[tier] for tier in tiers)])

    def down(self, first: int, top: int, portion: int) -> int | None:
        """Where the last `portion` up to `top` begin; None if that is at `first`, below it, or takes many more."""
        end = bisect_right(self.tiers, top)
        n = bisect_right(self.until, self.until[end] - portion) - 1
        few = n >= 0 and self.tiers[n] > first and self.until[end] - self.until[n] < _TOO_MANY * portion
        return self.tiers[n] if few else None

    def up(self, first: int | None, portion: int) -> int | None:
        """Where the next `portion` from `first` on end; None if there are fewer, or it takes many more."""
        begin = 0 if first is None else bisect_left(self.tiers, first)
        n = bisect_left(self.until, self.until[begin] + portion)
        few = n < len(self.until) and self.until[n] - self.until[begin] < _TOO_MANY * portion
        return self.tiers[n - 1] if few else None


Sizes = Mapping[str, Tiers]
"""By the field of the tier."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many documents are looked through `first`, and at `most` before all are; so `few` are sorted at once."""

    first: int = 3_000
    most: int = 60_000
    few: int = 4_000

    def begin(self, about: int) -> int:
        """How many to look through first; 0: all of them."""
        return self.first if about > self.few else 0

    def then(self, portion: int, found: int, wanted: int) -> int:
        """How many to look through next, if `found` of `wanted` were among so many; 0: all of them."""
        if portion == self.most:
            return 0
        if not found:
            return self.most
        return min(self.most, max(self.first // 4, 3 * portion * (wanted - found) // (2 * found)))


PACE = Pace()


@dataclass(frozen=True, slots=True)
class Walk:
    """A search in one part for what holds `base`, by `sort`: `about` so many documents."""

    searcher: tantivy.Searcher
    conditions: Conditions
    part: Part
    base: Sequence[Condition]
    sort: Sort
    about: int
    sizes: Sizes
    pace: Pace

    def page(self, after: Place | None, most: int) -> list[Place]:
        """The next `most` places, by value downwards and then by id upwards."""
        found: list[Place] = []
        bound: int | None = None
        if after is not None:
            found = self._ties(after.at, after.id, most)
            bound = after.at
        while len(found) < most:
            left = most - len(found)
            # Of the last value there may be more that fell off; mostly the spare ones show that there are not.
            values = self._below(bound, left + _SPARE)
            if len(values) < left + _SPARE:
                return [*found, *values][:most]
            last = values[-1].at
            found += [one for one in values if one.at > last][:left]
            found += self._ties(last, "", most - len(found))
            bound = last
        return found

    def _below(self, bound: int | None, most: int) -> list[Place]:
        field, tiers = fields.value_field(self.sort), fields.tier_field(self.sort)
        found: list[Place] = []
        top = self.part.last_tier
        if bound is not None:
            if bound <= 0:
                return []
            top = self.part.first_tier + fields.tier(self.sort, bound) - 1
            if not fields.is_whole(self.sort, bound):
                same = [self._tiers(tiers, top + 1, top + 1), self._between(field, None, bound - 1)]
                found = self._search(same, field, most)
        left = most - len(found)
        return [*found, *self._portions(tiers, top, left)] if left else found

    def _portions(self, tiers: str, top: int, most: int) -> list[Place]:
        field, sizes = fields.value_field(self.sort), self.sizes[tiers]
        found: list[Place] = []
        if top < self.part.first_tier:
            return found
        whole, portion = top == self.part.last_tier, self.pace.begin(self.about)
        while portion and (least := sizes.down(self.part.first_tier, top, portion)) is not None:
            found += self._search([self._tiers(tiers, least, top)], field, most - len(found))
            if len(found) == most:
                return found
            top, portion = least - 1, self.pace.then(portion, len(found), most)
        if whole:
            # To find the first again takes less than a range of nearly all tiers.
            return self._search([(Occur.Must, self.conditions.term(self.part.term))], field, most)
        return [*found, *self._search([self._tiers(tiers, self.part.first_tier, top)], field, most - len(found))]

    def _ties(self, value: int, after: str, most: int) -> list[Place]:
        """Documents of one value by their ids."""
        if most <= 0:
            return []
        tier = self.part.first_tier + fields.tier(self.sort, value)
        base = [self._tiers(fields.tier_field(self.sort), tier, tier)]
        if not fields.is_whole(self.sort, value):
            base.append(self._between(fields.value_field(self.sort), value, value))
        first = fields.id_tier(after) if after else None
        if after:
            base.append(self._between(fields.HIGH, fields.id_parts(after)[0], None))
        # Ids share their first part only by chance; a few more are asked for so that the second can tell them apart.
        wanted = most + 4
        found: list[Place] = []
        portion = self.pace.begin(self.about)
        while portion and len(found) < wanted and (last := self.sizes[fields.ID_TIER].up(first, portion)) is not None:
            narrow = [*base, self._tiers(fields.ID_TIER, first, last)]
            found += self._search(narrow, fields.HIGH, wanted - len(found), Order.Asc, value)
            first, portion = last + 1, self.pace.then(portion, len(found), wanted)
        if len(found) < wanted:
            wide = [*base, *([self._tiers(fields.ID_TIER, first, None)] if first is not None else [])]
            found += self._search(wide, fields.HIGH, wanted - len(found), Order.Asc, value)
        return sorted((one for one in found if one.id > after), key=lambda one: one.id)[:most]

    def _search(
        self, more: Sequence[Condition], field: str, most: int, order: Order = Order.Desc, value: int | None = None
    ) -> list[Place]:
        query = tantivy.Query.boolean_query([*self.base, *more])
        hits = self.searcher.search(query, most, count=False, order_by_field=field, order=order).hits
        addresses = [address for _, address in hits]
        highs = self.searcher.fast_field_values(fields.HIGH, addresses)
        lows = self.searcher.fast_field_values(fields.LOW, addresses)
        found = [
            Place(int(hit[0]) if value is None else value, fields.id_of(int(high or 0), int(low or 0)))
            for hit, high, low in zip(hits, highs, lows, strict=True)
        ]
        return sorted(found, key=lambda one: one.key)

    def _tiers(self, field: str, least: int | None, most: int | None) -> Condition:
        return Occur.Must, self.conditions.tiers(field, least, most)

    def _between(self, field: str, least: int | None, most: int | None) -> Condition:
        return Occur.Must, self.conditions.between(field, least, most)

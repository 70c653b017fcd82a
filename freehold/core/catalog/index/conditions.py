"""Conditions of a query in the index's own terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, prod

import tantivy
from tantivy import FieldType, Occur

from freehold.core.catalog.index import fields
from freehold.core.catalog.matching import ALIKE, EXACT, NAMED, TOLD, TYPO_FROM, flat, tokens
from freehold.core.catalog.query import Query, Sort

Condition = tuple[Occur, tantivy.Query]


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits words on one level, better ones included: all of `parts`; `about` so many documents."""

    level: int
    parts: Sequence[tantivy.Query]
    about: int

    @property
    def query(self) -> tantivy.Query:
        """The parts as one; where they are conditions among others, the index is quicker with each by itself."""
        return tantivy.Query.boolean_query([(Occur.Must, one) for one in self.parts])


class Conditions:
    """Builds conditions for indexes of one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def term(self, term: str, field: str = fields.TERM) -> tantivy.Query:
        """Documents that have a term."""
        return tantivy.Query.term_query(self._schema, field, term, index_option="basic")

    def ids(self, ids: Sequence[str]) -> tantivy.Query:
        """These repositories."""
        return tantivy.Query.term_set_query(self._schema, fields.ID, list(ids))

    def tiers(self, field: str, least: int | None, most: int | None) -> tantivy.Query:
        """Documents of a range of tiers, both ends included, from their lists."""
        return tantivy.Query.range_query(self._schema, field, FieldType.Integer, least, most, use_inverted_index=True)

    def between(self, field: str, least: int | None, most: int | None) -> tantivy.Query:
        """Documents with a value in a range, both ends included, by looking at each."""
        return tantivy.Query.range_query(self._schema, field, FieldType.Integer, least, most)

    def of(self, query: Query) -> list[Condition]:
        """All but the kind, the words and the place."""
        found = [*map(self.term, _named(query)), *(self.part(word) for word in query.search)]
        if query.parameters is not None:
            found.append(self.between(fields.PARAMETERS, query.parameters.least, query.parameters.most))
        return [(Occur.Must, one) for one in found]

    def about(self, searcher: tantivy.Searcher, query: Query) -> int:
        """How many documents those are likely to fit."""
        named = (searcher.doc_freq(fields.TERM, term) for term in _named(query))
        parts = (_Held(searcher).with_part(word.lower()) for word in query.search)
        return likely(searcher.num_docs, (*named, *parts))

    def part(self, word: str) -> tantivy.Query:
        """Documents whose `namespace/name` contains a word."""
        text = word.lower()
        if not text:
            return tantivy.Query.all_query()
        if not text.isprintable() or any(letter.isspace() for letter in text):
            return tantivy.Query.empty_query()  # no name has any
        if len(text) < fields.GRAM_LENGTH:
            return self.term(f"short:{text}")
        found = fields.grams(text)
        if len(found) == 1:
            return tantivy.Query.term_query(self._schema, fields.GRAM, found[0])
        # Each letter once is enough, and takes half the time; the last may come twice.
        places = {*range(0, len(found), fields.GRAM_LENGTH), len(found) - 1}
        return tantivy.Query.phrase_query(
            self._schema, fields.GRAM, [(place, found[place]) for place in sorted(places)]
        )

    def levels(self, searcher: tantivy.Searcher, words: Sequence[str], most: int) -> list[Fit]:
        """What fits `words`, the best first; levels that nothing is on are left out."""
        held, every = _Held(searcher), searcher.num_docs
        name = f"exact:{flat(' '.join(words))}"
        parts = list(dict.fromkeys(word.lower() for word in words))
        asked = list(dict.fromkeys(token for word in words for token in tokens(word)))
        found = [
            Fit(EXACT, [self.term(name)], searcher.doc_freq(fields.TERM, name)),
            Fit(NAMED, [*map(self.part, parts)], likely(every, map(held.with_part, parts))),
            Fit(TOLD, [self.term(token, fields.WORD) for token in asked], likely(every, map(held.with_word, asked))),
            Fit(ALIKE, [*map(self._alike, asked)], likely(every, map(held.with_like, asked))),
        ]
        return [one for one in found if one.level <= most and one.about and (asked or one.level <= NAMED)]

    def _alike(self, token: str) -> tantivy.Query:
        exact = self.term(token, fields.WORD)
        if len(token) < TYPO_FROM:
            return exact
        return any_of([exact, tantivy.Query.fuzzy_term_query(self._schema, fields.NAME, token, distance=1)])


def _named(query: Query) -> list[str]:
    """The terms that a query asks for as they stand."""
    named = [f"tag:{tag}" for tag in query.tags]
    named += [f"author:{query.author.lower()}"] if query.author else []
    named += [f"task:{query.pipeline_tag}"] if query.pipeline_tag else []
    named += [f"facet:{name}:{value}" for name, value in query.facets]
    return named + ([] if query.gated is None else [f"gated:{'yes' if query.gated else 'no'}"])


@dataclass(frozen=True, slots=True)
class _Held:
    """How many documents hold a word, at most."""

    searcher: tantivy.Searcher

    def with_part(self, text: str) -> int:
        """In their names, also within another word."""
        if len(text) < fields.GRAM_LENGTH:
            return self.searcher.doc_freq(fields.TERM, f"short:{text}") if text else self.searcher.num_docs
        return min(self.searcher.doc_freq(fields.GRAM, gram) for gram in fields.grams(text))

    def with_word(self, token: str) -> int:
        """As a word of its own."""
        return self.searcher.doc_freq(fields.WORD, token)

    def with_like(self, token: str) -> int:
        """Or but for a typo."""
        return self.with_word(token) if len(token) < TYPO_FROM else self.searcher.num_docs


def likely(every: int, each: Iterable[int]) -> int:
    """About how many of `every` have all of what so many have each; 0 only if none can.

    As if one said nothing of another, which is good enough to choose a way by.
    """
    numbers = list(each)
    return max(ceil(every * prod(min(one / every, 1.0) for one in numbers)), 1) if every and all(numbers) else 0


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """What fits at least one."""
    return tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])


def ordering(sort: Sort) -> Sort:
    """By which values an order is kept in the index."""
    return Sort.USE if sort is Sort.BEST else sort

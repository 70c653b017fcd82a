"""Conditions of a query in the index's own terms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Occur

from freehold.core.catalog.index import fields
from freehold.core.catalog.matching import ALIKE, EXACT, NAMED, TOLD, TYPO_FROM, flat, tokens
from freehold.core.catalog.query import Query, Sort

Condition = tuple[Occur, tantivy.Query]
_ANY = 2**62


@dataclass(frozen=True, slots=True)
class Fit:
    """What fits words on one level, better ones included: all of `parts`.

    `most` documents, as far as that is known beforehand.
    """

    level: int
    parts: Sequence[tantivy.Query]
    most: int

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
        named = [f"tag:{tag}" for tag in query.tags]
        named += [f"author:{query.author.lower()}"] if query.author else []
        named += [f"task:{query.pipeline_tag}"] if query.pipeline_tag else []
        named += [f"facet:{name}:{value}" for name, value in query.facets]
        named += [] if query.gated is None else [f"gated:{'yes' if query.gated else 'no'}"]
        found = [*map(self.term, named), *(self.part(word) for word in query.search)]
        if query.parameters is not None:
            found.append(self.between(fields.PARAMETERS, query.parameters.least, query.parameters.most))
        return [(Occur.Must, one) for one in found]

    def rarest(self, searcher: tantivy.Searcher, query: Query) -> int:
        """How many documents have the rarest of the query's terms."""
        named = [*(f"tag:{tag}" for tag in query.tags), *(f"facet:{name}:{value}" for name, value in query.facets)]
        named += [f"author:{query.author.lower()}"] if query.author else []
        return min((searcher.doc_freq(fields.TERM, one) for one in named), default=_ANY)

    def part(self, word: str) -> tantivy.Query:
        """Documents whose `namespace/name` contains a word."""
        text = word.lower()
        if not text:
            return tantivy.Query.all_query()
        if not text.isprintable() or any(letter.isspace() for letter in text):
            return tantivy.Query.empty_query()  # no name has any
        if len(text) < 3:
            return self.term(f"short:{text}")
        found = fields.grams(text)
        if len(found) == 1:
            return tantivy.Query.term_query(self._schema, fields.GRAM, found[0])
        return tantivy.Query.phrase_query(self._schema, fields.GRAM, list(found))

    def levels(self, searcher: tantivy.Searcher, words: Sequence[str], most: int) -> list[Fit]:
        """What fits `words`, the best first; levels that nothing is on are left out."""
        asked = [token for word in words for token in tokens(word)]
        short = [token for token in asked if len(token) < TYPO_FROM]
        name = f"exact:{flat(' '.join(words))}"
        found = [
            Fit(EXACT, [self.term(name)], searcher.doc_freq(fields.TERM, name)),
            Fit(NAMED, [*map(self.part, words)], min(_with_part(searcher, word) for word in words)),
            Fit(TOLD, [self.term(token, fields.WORD) for token in asked], _with_all(searcher, asked)),
            Fit(ALIKE, [*map(self._alike, asked)], _with_all(searcher, short) if short else _ANY),
        ]
        return [one for one in found if one.level <= most and one.most and (asked or one.level <= NAMED)]

    def _alike(self, token: str) -> tantivy.Query:
        exact = self.term(token, fields.WORD)
        if len(token) < TYPO_FROM:
            return exact
        return any_of([exact, tantivy.Query.fuzzy_term_query(self._schema, fields.NAME, token, distance=1)])


def _with_part(searcher: tantivy.Searcher, word: str) -> int:
    """About how many documents have a word in their names, at most."""
    text = word.lower()
    if len(text) < 3:
        return searcher.doc_freq(fields.TERM, f"short:{text}") if text else _ANY
    return min(searcher.doc_freq(fields.GRAM, gram) for gram in fields.grams(text))


def _with_all(searcher: tantivy.Searcher, asked: Iterable[str]) -> int:
    return min((searcher.doc_freq(fields.WORD, token) for token in asked), default=0)


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """What fits at least one."""
    return tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])


def ordering(sort: Sort) -> Sort:
    """By which values an order is kept in the index."""
    return Sort.USE if sort is Sort.BEST else sort

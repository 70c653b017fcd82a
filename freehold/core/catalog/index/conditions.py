"""Conditions of a query in the index's own terms."""

from collections.abc import Iterable, Sequence

import tantivy
from tantivy import FieldType, Occur

from freehold.base.ids import RepoKind
from freehold.core.catalog.index import fields
from freehold.core.catalog.matching import ALIKE, EXACT, NAMED, TOLD, TYPO_FROM, flat, tokens
from freehold.core.catalog.query import Query, Sort

Condition = tuple[Occur, tantivy.Query]


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

    def of(self, kind: RepoKind, query: Query) -> list[Condition]:
        """All but the words and the place."""
        named = [f"kind:{kind.value}", *(f"tag:{tag}" for tag in query.tags)]
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
        return min((searcher.doc_freq(fields.TERM, one) for one in named), default=2**62)

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

    def levels(self, words: Sequence[str], most: int) -> list[tuple[int, tantivy.Query]]:
        """What fits `words`, by how well it does; each holds what better levels hold, too."""
        asked = [token for word in words for token in tokens(word)]
        told = [self.term(token, fields.WORD) for token in asked]
        alike = [self._alike(token) for token in asked]
        none = tantivy.Query.empty_query()
        found = {
            EXACT: self.term(f"exact:{flat(' '.join(words))}"),
            NAMED: _all([self.part(word) for word in words]),
            TOLD: _all(told) if told else none,
            ALIKE: _all(alike) if alike else none,
        }
        return [(level, query) for level, query in found.items() if level <= most]

    def _alike(self, token: str) -> tantivy.Query:
        exact = self.term(token, fields.WORD)
        if len(token) < TYPO_FROM:
            return exact
        return any_of([exact, tantivy.Query.fuzzy_term_query(self._schema, fields.NAME, token, distance=1)])


def _all(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(Occur.Must, one) for one in queries])


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """What fits at least one."""
    return tantivy.Query.boolean_query([(Occur.Should, one) for one in queries])


def ordering(sort: Sort) -> Sort:
    """By which values an order is kept in the index."""
    return Sort.USE if sort is Sort.BEST else sort

"""Conditions find what they say, also where only some of a text's letters are asked for."""

from itertools import product

import pytest
import tantivy

from freehold.core.catalog.index import fields
from freehold.core.catalog.index.conditions import Conditions, likely

NAMES = ["".join(letters) for length in (3, 8) for letters in product("ab", repeat=length)]


def test_a_part_of_a_name_is_found_where_it_is_and_nowhere_else():
    index = tantivy.Index(fields.schema())
    writer = index.writer(heap_size=16 << 20, num_threads=1)
    for number, name in enumerate(NAMES):
        writer.add_document(tantivy.Document(**{fields.GRAM: " ".join(fields.grams(name)), fields.HIGH: number}))
    writer.commit()
    index.reload()
    conditions, searcher = Conditions(index.schema), index.searcher()
    for length in range(fields.GRAM_LENGTH, 9):
        for text in map("".join, product("ab", repeat=length)):
            hits = searcher.search(conditions.part(text), len(NAMES)).hits
            numbers = searcher.fast_field_values(fields.HIGH, [address for _, address in hits])
            assert {NAMES[number] for number in numbers} == {name for name in NAMES if text in name}, text


@pytest.mark.parametrize(
    ("every", "numbers", "said"),
    [
        (0, [0], 0),
        (0, [], 0),
        (100, [], 100),
        (100, [50, 50], 25),
        (100, [200], 100),
        (100, [1, 1], 1),
        (100, [0, 9], 0),
        (10**6, [1] * 99, 1),
    ],
)
def test_few_are_likely_where_each_has_few_and_none_where_one_has_none(every, numbers, said):
    assert likely(every, numbers) == said

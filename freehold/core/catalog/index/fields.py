"""What the index knows of a repository: its fields, and the document that a record becomes."""

import hashlib
from dataclasses import dataclass
from importlib import metadata
from itertools import pairwise
from typing import Any

import tantivy

from freehold.base.ids import RepoKind
from freehold.core.catalog.facets import BY_NAME, FACETS
from freehold.core.catalog.matching import Record, sort_value
from freehold.core.catalog.query import Sort
from freehold.core.repos.repo import Repo

FORMAT = 2
"""Raised when documents are made otherwise than before: the index is then made anew."""

SORTS = (Sort.LAST_MODIFIED, Sort.CREATED_AT, Sort.LIKES, Sort.DOWNLOADS, Sort.TRENDING, Sort.USE)
ID, TERM, GRAM, WORD, NAME = "id", "term", "gram", "word", "name"
HIGH, LOW, PARAMETERS, MARK = "high", "low", "parameters", "mark"
ID_TIER = "tier_id"
MARK_TERM = "mark"
MAX_TERM = 300
GRAM_LENGTH = 3

_DAY = 86_400
_BLOCK = 1 << 20
"""More than there are tiers."""
_KINDS = (*RepoKind,)


def value_field(sort: Sort) -> str:
    """Where the value is that a listing is ordered by."""
    return f"by_{sort.name.lower()}"


def tier_field(sort: Sort) -> str:
    """Where its tier is: a rough number that grows with the value, with a list of documents for each."""
    return f"tier_{sort.name.lower()}"


def facet_field(name: str) -> str:
    """Where a facet's values are counted."""
    return f"facet_{name}"


@dataclass(frozen=True, slots=True)
class Part:
    """The repositories of a kind that anybody may see, or (`closed`) those that only some may."""

    kind: RepoKind
    closed: bool = False

    @property
    def term(self) -> str:
        """What its documents have and no others."""
        return f"{'closed' if self.closed else 'open'}:{self.kind.value}"

    @property
    def first_tier(self) -> int:
        """Its tiers begin here: a range of them says of itself which part is meant."""
        return (2 * _KINDS.index(self.kind) + self.closed) * _BLOCK

    @property
    def last_tier(self) -> int:
        """And end here."""
        return self.first_tier + _BLOCK - 1


def part_of(repo: Repo) -> Part:
    """Where a repository belongs."""
    return Part(repo.kind, closed=repo.visibility != "public" or bool(repo.hold))


def schema() -> tantivy.Schema:
    """The fields; nothing is stored, since rows are read from the database."""
    builder = tantivy.SchemaBuilder()
    for name in (ID, TERM, WORD, NAME):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(GRAM, tokenizer_name="whitespace", index_option="position")
    for name in (HIGH, LOW, PARAMETERS, MARK, *map(value_field, SORTS)):
        builder.add_integer_field(name, fast=True)
    for name in (ID_TIER, *map(tier_field, SORTS)):
        builder.add_integer_field(name, indexed=True, fast=True)
    for facet in FACETS:
        if facet.shown:
            builder.add_text_field(facet_field(facet.name), tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


def version() -> str:
    """A word that differs when an index that was made before cannot be read, or says something else."""
    told = repr((FORMAT, metadata.version("tantivy"), [(facet.name, sorted(facet.kinds)) for facet in FACETS], SORTS))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def number_tier(value: int) -> int:
    """Each small number by itself, then eight tiers for each doubling."""
    if value < 16:
        return max(value, 0)
    exponent = value.bit_length() - 1
    return 16 + (exponent - 4) * 8 + ((value >> (exponent - 3)) & 7)


def tier(sort: Sort, value: int) -> int:
    """The tier of a sort value."""
    if sort in (Sort.LAST_MODIFIED, Sort.CREATED_AT):
        return value // (_DAY * 1_000_000)
    # Use is counted in doublings already.
    return 16 + value // 32 if sort is Sort.USE and value >= 16 else number_tier(value)


def is_whole(sort: Sort, value: int) -> bool:
    """Whether all of the value's tier has this very value."""
    return sort not in (Sort.LAST_MODIFIED, Sort.CREATED_AT) and value < 16


def id_parts(row_id: str) -> tuple[int, int]:
    """An id as two numbers, which are ordered as it is."""
    return int(row_id[:15], 16), int(row_id[15:], 16)


def id_of(high: int, low: int) -> str:
    """The id of two numbers."""
    return f"{high:015x}{low:09x}"


def id_tier(row_id: str) -> int:
    """Ids begin with the second they were made in: their tier is the day."""
    return int(row_id[:8], 16) // _DAY


def grams(text: str) -> list[str]:
    """Three letters each, in their order: where a text is part of another, they stand as far from each other."""
    return [text[n : n + GRAM_LENGTH] for n in range(len(text) - GRAM_LENGTH + 1)]


def terms(record: Record) -> list[str]:
    """What is asked for as it stands."""
    repo, entry, path = record.repo, record.entry, record.path
    found = [part_of(repo).term, f"author:{repo.namespace.lower()}", f"gated:{'yes' if repo.gated else 'no'}"]
    if entry.pipeline_tag:
        found.append(f"task:{entry.pipeline_tag}")
    found += [f"tag:{tag}" for tag in entry.tags]
    found += [f"exact:{name}" for name in record.exact]
    found += [f"facet:{name}:{value}" for name, values in record.values.items() for value in values]
    found += ["short:" + part for part in {*path, *map("".join, pairwise(path))}]
    return [term for term in found if len(term) <= MAX_TERM]


def document(record: Record) -> tantivy.Document:
    """A record as the index takes it."""
    repo = record.repo
    high, low = id_parts(repo.id)
    held: dict[str, Any] = {
        ID: repo.id,
        HIGH: high,
        LOW: low,
        ID_TIER: id_tier(repo.id),
        PARAMETERS: min(record.entry.parameters, 2**62),
        TERM: terms(record),
        GRAM: " ".join(grams(record.path)),
        WORD: list(record.words),
        NAME: list(record.names),
    }
    for sort in SORTS:
        value = sort_value(record, sort)
        held[value_field(sort)], held[tier_field(sort)] = value, part_of(repo).first_tier + tier(sort, value)
    for name, found in record.values.items():
        if found and BY_NAME[name].shown:
            held[facet_field(name)] = [value for value in found if len(value) <= MAX_TERM]
    return tantivy.Document(**held)


def mark_document(at: int) -> tantivy.Document:
    """What says up to which change the index knows everything."""
    return tantivy.Document(**{TERM: [MARK_TERM], MARK: at})

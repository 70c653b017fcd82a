"""What somebody types into a search box: words, and conditions written `license:mit`."""

from dataclasses import dataclass

from freehold.core.catalog.facets import BY_NAME
from freehold.core.catalog.query import Query, Sort

MAX_WORDS = 6
MAX_WORD = 64

_OTHER_NAMES = {"licence": "license", "lang": "language", "lib": "library", "app": "app", "data": "dataset"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Words, and what was said besides."""

    words: tuple[str, ...] = ()
    author: str = ""
    tags: tuple[str, ...] = ()
    facets: tuple[tuple[str, str], ...] = ()


def query_of(said: Asked, limit: int) -> Query:
    """The list of what was asked for: the best first, or without words the most used."""
    sort = Sort.BEST if said.words else Sort.USE
    return Query(said.author, words=said.words, tags=said.tags, facets=said.facets, sort=sort, limit=limit)


def read(text: str) -> Asked:
    """`owl author:alice license:mit tag:bird`; what has no scope that there is, is a word."""
    words: list[str] = []
    tags: list[str] = []
    facets: list[tuple[str, str]] = []
    author = ""
    for piece in text.split():
        scope, _, value = piece.partition(":")
        name = _OTHER_NAMES.get(scope.lower(), scope.lower())
        if not value or len(piece) > 4 * MAX_WORD:
            words.append(piece[:MAX_WORD])
        elif name == "author":
            author = value
        elif name == "tag":
            tags.append(value)
        elif name in BY_NAME:
            facets.append((name, value))
        else:
            words.append(piece[:MAX_WORD])
    return Asked(tuple(words[:MAX_WORDS]), author, tuple(tags[:MAX_WORDS]), tuple(facets[:MAX_WORDS]))

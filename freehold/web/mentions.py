"""Links for the people and threads that a comment names, made in the tokens of its Markdown."""

import re
from collections.abc import Iterator, Sequence
from typing import Protocol
from urllib.parse import quote

from markdown_it.token import Token

from freehold.features.discussions.text import NUMBER, PERSON

_NAMES = re.compile(f"{PERSON.pattern}|{NUMBER.pattern}", re.ASCII)


class Linking(Protocol):
    """Where people and threads are found."""

    @property
    def profile(self) -> str:
        """The start of addresses of people's pages."""

    @property
    def thread(self) -> str:
        """The start of addresses of threads."""

    @property
    def people(self) -> frozenset[str]:
        """Names of those who exist."""


def link_names(tokens: Sequence[Token], talk: Linking) -> frozenset[str]:
    """Turn names in plain text into links, in place; the addresses that were linked."""
    known = {name.lower(): name for name in talk.people}
    own: set[str] = set()
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children, talk, known, own))
    return frozenset(own)


def _linked(children: Sequence[Token], talk: Linking, known: dict[str, str], own: set[str]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += child.nesting if child.type in ("link_open", "link_close") else 0
        if child.type == "html_inline" and child.content.lower().startswith(("<a ", "</a")):
            inside += -1 if child.content.startswith("</") else 1
        if child.type == "text" and not inside:
            yield from _split(child.content, talk, known, own)
        else:
            yield child


def _split(text: str, talk: Linking, known: dict[str, str], own: set[str]) -> Iterator[Token]:
    at = 0
    for found in _NAMES.finditer(text):
        person, number = found.groups()
        name = known.get(person.rstrip(".-").lower()) if person else None
        if person and name is None:
            continue
        end = found.start() + 1 + len(person.rstrip(".-")) if person else found.end()
        address = talk.profile + quote(name) if name else talk.thread + number
        own.add(address)
        yield _text(text[at : found.start()])
        yield Token("link_open", "a", 1, {"href": address})
        yield _text(text[found.start() : end])
        yield Token("link_close", "a", -1)
        at = end
    yield _text(text[at:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)

"""The step that reads a card's front matter and the papers its text refers to."""

import re

from freehold.core.facts.subject import Subject, Value
from freehold.wire.cards import parse_card

README = "README.md"
MAX_CARD = 4 << 20
"""In bytes; a longer README is text without metadata."""

_MAX_PAPERS = 50
_ARXIV = re.compile(r"arxiv\.org/(?:abs|pdf)/([0-9]{4}\.[0-9]{4,5})", re.ASCII | re.IGNORECASE)


def read_card(subject: Subject) -> Value:
    """`{data, problem?, arxiv}`; empty without a README."""
    content = subject.read(README, MAX_CARD)
    if content is None:
        return {}
    card = parse_card(content)
    papers = list(dict.fromkeys(found.group(1) for found in _ARXIV.finditer(card.body)))
    fact: Value = {"data": dict(card.data), "arxiv": papers[:_MAX_PAPERS]}
    return fact | {"problem": card.problem} if card.problem else fact

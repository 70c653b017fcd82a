"""The step that reads a card's front matter and the papers its text refers to."""

import re

from freehold.core.facts.subject import Subject, Value
from freehold.wire.cards import parse_card

README = "README.md"
MAX_CARD = 4 << 20
"""In bytes; a longer README is text without metadata."""

_MAX_PAPERS = 50
_ARXIV = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|\barxiv:\s?)([0-9]{4}\.[0-9]{4,5})", re.A | re.I
)
_DOI = re.compile(r"(?:doi\.org/|\bdoi:\s?)(10\.[0-9]{4,9}/[A-Za-z0-9._;/:+-]{1,120})", re.ASCII | re.IGNORECASE)


def read_card(subject: Subject) -> Value:
    """`{data, problem?, arxiv, doi}`; empty without a README."""
    content = subject.read(README, MAX_CARD)
    if content is None:
        return {}
    card = parse_card(content)
    fact: Value = {"data": dict(card.data), "arxiv": _named(_ARXIV, card.body), "doi": _named(_DOI, card.body)}
    return fact | {"problem": card.problem} if card.problem else fact


def _named(pattern: re.Pattern[str], text: str) -> list[str]:
    found = (match.group(1).rstrip(".,;:") for match in pattern.finditer(text))
    return list(dict.fromkeys(found))[:_MAX_PAPERS]

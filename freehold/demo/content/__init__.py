"""The texts that ship with the story: cards, sentences, colours; written for it, under the project's own licence."""

import csv
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent
_TESTED = 4
"""Every so many sentences one is kept for testing."""


def text(name: str) -> str:
    """A file of this folder."""
    return (FOLDER / name).read_text("utf-8")


def card(name: str, /, **facts: object) -> bytes:
    """A card, with `@name@` replaced by what was found of it."""
    found = text(f"cards/{name}.md")
    for key, value in facts.items():
        found = found.replace(f"@{key}@", f"{value:.3g}" if isinstance(value, float) else str(value))
    return found.encode()


@lru_cache
def rows(name: str) -> Sequence[dict[str, str]]:
    """The rows of a CSV file of this folder."""
    return list(csv.DictReader(text(name).splitlines()))


@lru_cache
def sentences(split: str, language: str) -> Sequence[str]:
    """The sentences of a language that are for training (`train`) or for testing (`test`)."""
    own = [row["text"] for row in rows("sentences.csv") if row["language"] == language]
    return [one for place, one in enumerate(own) if (place % _TESTED == _TESTED - 1) == (split == "test")]

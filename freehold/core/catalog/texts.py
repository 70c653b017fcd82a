"""The text of a repository's card, as much of it as is searched."""

from freehold.base.ids import Oid
from freehold.core.facts.card import MAX_CARD, README
from freehold.core.facts.subject import Reader, Subject
from freehold.wire.cards import parse_card

MAX_TEXT = 20_000
"""In letters: what stands further below in a card says little that is not said above."""


def text_of(reader: Reader, commit: Oid) -> str:
    """The Markdown of the card without its front matter; empty without a card."""
    content = Subject(reader.opened(), commit, lambda _step: {}).read(README, MAX_CARD)
    return "" if content is None else parse_card(content).body[:MAX_TEXT].replace("\0", "")

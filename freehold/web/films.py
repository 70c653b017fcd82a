"""Players for films that were uploaded for a comment and stand in it as a bare address: so the Hub's clients write."""

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape

from markdown_it.token import Token

_BARE = re.compile(r"(?<!\S)\S+\.(?:mp4|mov|webm)(?!\S)", re.ASCII)

Attached = Callable[[str], str | None]
"""Where an upload is found that the comment may show, by an address that names it."""


def show_films(tokens: Sequence[Token], attached: Attached) -> None:
    """Put a player in the place of each such address, in place; the sanitiser judges it like all else."""
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = [part for child in token.children for part in _shown(child, attached)]


def _shown(child: Token, attached: Attached) -> Iterator[Token]:
    if child.type != "text":
        yield child
        return
    at = 0
    for found in _BARE.finditer(child.content):
        address = attached(found.group())
        if address is None:
            continue
        yield Token("text", "", 0, content=child.content[at : found.start()])
        yield Token("html_inline", "", 0, content=f'<video src="{escape(address)}" controls></video>')
        at = found.end()
    yield Token("text", "", 0, content=child.content[at:]) if at else child

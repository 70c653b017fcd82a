"""Pictures that are sent along with a comment's form: kept as its attachments, and named below its text."""

import re
from collections.abc import Sequence

from freehold.base.errors import Invalid
from freehold.core.accounts.actor import Actor
from freehold.features.discussions.attachments import LARGEST, Attachments
from freehold.web.sent import Most, Sent
from freehold.wire.media import NEEDED, medium_of

MOST_PICTURES = 4
MOST = Most(body=MOST_PICTURES * LARGEST["image"] + (1 << 20), files=MOST_PICTURES, words=1 << 20)
"""Of a form with a comment; its text is quoted for its journey."""


def with_pictures(attachments: Attachments, actor: Actor, text: str, files: Sequence[Sent]) -> str:
    """The text, and below it the Markdown of each picture, which is kept from now on.

    Raises Invalid for what is no picture, TooLarge, QuotaExceeded.
    """
    for file in files:
        medium = medium_of(file.content[:NEEDED])
        if medium is None or medium.kind != "image":
            raise Invalid("Only pictures can be sent along: PNG, JPEG, GIF or WebP. Put other files into a repository.")
    shown = [f"![{_words(file.name)}](/uploads/{_kept(attachments, actor, file)})" for file in files]
    return "\n\n".join([text.rstrip(), *shown] if text.strip() else shown) if shown else text


def _kept(attachments: Attachments, actor: Actor, file: Sent) -> str:
    incoming = attachments.begin(actor)
    try:
        incoming.write(file.content)
        return incoming.finish().name
    finally:
        incoming.abort()


def _words(name: str) -> str:
    """What a file is called, without what Markdown would read otherwise."""
    return " ".join(re.sub(r"[^\w.-]|_", " ", name.rpartition("/")[2].rpartition(".")[0]).split())[:100]

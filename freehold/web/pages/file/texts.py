"""Text as numbered lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup

from freehold.web import highlight

MAX_TEXT = 1 << 20
"""In bytes; of a longer text the beginning is shown."""
MAX_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines with their code marked."""

    lines: Sequence[Markup]
    cut: bool


def decoded(raw: bytes, *, cut: bool) -> str | None:
    """The bytes as text; None if they are something else. `cut` says that they may end within a letter."""
    if b"\0" in raw:
        return None
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if cut and error.start > len(raw) - 4:
            return raw[: error.start].decode("utf-8").replace("\r\n", "\n")
        return None


def listed(text: str, path: str, *, cut: bool) -> Listing:
    """The lines of a file at `path`."""
    marked = highlight.lines(text.removesuffix("\n"), highlight.language_of(path))
    lines = list(islice(marked, MAX_LINES + 1))
    return Listing(lines[:MAX_LINES], cut or len(lines) > MAX_LINES)

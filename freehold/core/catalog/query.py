"""What a listing asks for, and the place where its next page begins."""

import re
from dataclasses import dataclass
from enum import StrEnum

from freehold.base.errors import Invalid

_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9a-f]{1,24})(?:\.([1-9]))?", re.ASCII)


class Sort(StrEnum):
    """What a listing is ordered by, newest or most first; the value is the word the wire uses."""

    LAST_MODIFIED = "lastModified"
    CREATED_AT = "createdAt"
    LIKES = "likes"
    DOWNLOADS = "downloads"
    TRENDING = "trendingScore"
    USE = "use"
    """By how much it is used and liked, on a scale that flattens: what breaks ties between names that fit alike."""
    BEST = "best"
    """By how well the words fit, then by use; only with `words`."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `least` to `most`, both included."""

    least: int = 1
    most: int = 2**62


@dataclass(frozen=True, slots=True)
class Query:
    """Every condition must hold; an empty one asks nothing."""

    author: str = ""
    search: tuple[str, ...] = ()
    """Each must occur in `namespace/name`, in any case."""
    words: tuple[str, ...] = ()
    """What somebody looks for, in names, tags and cards: see `matching.level`."""
    tags: tuple[str, ...] = ()
    pipeline_tag: str = ""
    facets: tuple[tuple[str, str], ...] = ()
    """Names of facets, each with the value that it must have."""
    parameters: Span | None = None
    """Only models whose weights were counted, and have so many parameters."""
    gated: bool | None = None
    """Only those with a gate, or only those without."""
    sort: Sort = Sort.LAST_MODIFIED
    limit: int = 30
    after: str = ""
    """The cursor of the last repository of the page before."""

    @property
    def plain(self) -> bool:
        """Whether rows and their own indexes answer it: a whole list, or that of an owner by a date."""
        by_date = self.sort in (Sort.LAST_MODIFIED, Sort.CREATED_AT)
        ordered = self.sort not in (Sort.USE, Sort.BEST)
        narrowed = self.search or self.words or self.tags or self.pipeline_tag or self.facets
        return not narrowed and self.parameters is None and self.gated is None and (by_date if self.author else ordered)


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a listing: its sort value, and the id that tells equal ones apart.

    `level` is how well the words fit, where that comes before the value.
    """

    at: int
    id: str
    level: int = 0

    def text(self) -> str:
        """As a cursor that fits into a URL."""
        return f"{self.at}.{self.id}" + (f".{self.level}" if self.level else "")

    @property
    def key(self) -> tuple[int, int, str]:
        """What lists are sorted by, in ascending order."""
        return (self.level, -self.at, self.id)


def place(cursor: str) -> Place:
    """Read a cursor. Raises Invalid if this hub did not make it."""
    found = _CURSOR.fullmatch(cursor)
    if not found:
        raise Invalid("The page marker is not one of this hub's. Start again from the first page.")
    return Place(int(found[1]), found[2], int(found[3] or 0))


def like(text: str) -> str:
    """A LIKE pattern (escaped by a backslash) for texts that contain `text`, whose case is lowered."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"

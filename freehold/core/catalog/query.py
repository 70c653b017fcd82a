"""What a listing asks for, and the place where its next page begins."""

from dataclasses import dataclass
from enum import StrEnum

from freehold.base.errors import Invalid


class Sort(StrEnum):
    """What a listing is ordered by, newest or most first; the value is the word the wire uses."""

    LAST_MODIFIED = "lastModified"
    CREATED_AT = "createdAt"
    LIKES = "likes"
    DOWNLOADS = "downloads"
    TRENDING = "trendingScore"


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
    tags: tuple[str, ...] = ()
    pipeline_tag: str = ""
    parameters: Span | None = None
    """Only models whose weights were counted, and have so many parameters."""
    gated: bool | None = None
    """Only those with a gate, or only those without."""
    sort: Sort = Sort.LAST_MODIFIED
    limit: int = 30
    after: str = ""
    """The cursor of the last repository of the page before."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a listing: its sort value, and the id that tells equal ones apart."""

    at: int
    id: str

    def text(self) -> str:
        """As a cursor that fits into a URL."""
        return f"{self.at}.{self.id}"


def place(cursor: str) -> Place:
    """Read a cursor. Raises Invalid if this hub did not make it."""
    at, _, row_id = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 19 and row_id.isalnum() and len(row_id) <= 64):
        raise Invalid("The page marker is not one of this hub's. Start again from the first page.")
    return Place(int(at), row_id)


def like(text: str) -> str:
    """A LIKE pattern (escaped by a backslash) for texts that contain `text`, whose case is lowered."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"

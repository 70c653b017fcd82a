"""A collection and its items as values, what may stand in them, and the slugs that name them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from freehold.base.errors import Conflict, Invalid, NotFound
from freehold.base.ids import RepoKind
from freehold.base.words import later
from freehold.core.repos.repo import Repo

THEMES = ("orange", "blue", "green", "purple", "pink", "indigo")
MAX_TITLE, MAX_DESCRIPTION, MAX_NOTE = 100, 150, 500
"""In characters."""
MAX_ITEMS, MAX_COLLECTIONS = 1000, 1000
"""Of one collection; of one owner."""

_SLUG = re.compile(r"(?:.*-)?([0-9a-f]{24})", re.ASCII | re.DOTALL)
_PAPER = re.compile(r"[0-9]{4}\.[0-9]{4,5}", re.ASCII)
_SLUG_LENGTH = 80

PAPER, COLLECTION = "paper", "collection"
ITEM_TYPES = (*(kind.value for kind in RepoKind), COLLECTION, PAPER)

ABSENT = later("Collection not found. Check its slug, or sign in with an account that may see it.")


class CollectionExists(Conflict):
    """The owner has a collection of this title; `slug` is its address."""

    def __init__(self, slug: str) -> None:
        super().__init__(
            later("A collection of this title already exists here. Choose another title, or change that one.")
        )
        self.slug = slug


class Order(StrEnum):
    """What a list of collections is ordered by, most first; the value is the word the wire uses."""

    LAST_MODIFIED = "lastModified"
    UPVOTES = "upvotes"
    TRENDING = "trending"
    """As by upvotes: this hub does not watch how they change."""


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection. `id` never changes; the slug follows the title."""

    id: str
    owner_id: str
    namespace: str
    title: str
    description: str
    visibility: str
    """`public` or `private`."""
    theme: str
    upvotes: int
    created_at: int
    updated_at: int

    @property
    def slug(self) -> str:
        """`namespace/words-of-the-title-24hexdigits`."""
        words = slug_words(self.title)
        return f"{self.namespace}/{words}-{self.id}" if words else f"{self.namespace}/{self.id}"

    @property
    def private(self) -> bool:
        """Whether only its owner, or the owner's members, may see it."""
        return self.visibility != "public"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a collection, as one reader sees it. `position` counts only what that reader may see."""

    id: str
    type: str
    target: str
    """The row id of a repository or a collection; the id of a paper."""
    note: str
    position: int
    repo: Repo | None = None
    likes: int = 0
    downloads: int = 0
    collection: Collection | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A collection with what one reader sees of it: all items, or in lists the first few of `count`."""

    collection: Collection
    items: Sequence[Item]
    count: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a collection; None leaves it as it is. `position` is among the owner's collections."""

    title: str | None = None
    description: str | None = None
    private: bool | None = None
    theme: str | None = None
    position: int | None = None


def slug_words(title: str) -> str:
    """A title in the form that addresses carry; empty if it has no letter that folds to ASCII."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].strip("-")


def id_in(slug: str) -> str:
    """The id at the end of a slug, whatever title stands before it. Raises NotFound for what is none."""
    found = _SLUG.fullmatch(slug)
    if found is None:
        raise NotFound(ABSENT)
    return found.group(1)


def check_title(title: str) -> str:
    """The title without spaces around it. Raises Invalid if it is empty, too long or not one line."""
    title = title.strip()
    if not title or not title.isprintable():
        raise Invalid("A collection needs a title: one line of text.")
    return _short("title", title, MAX_TITLE)


def check_text(name: str, text: str, most: int) -> str:
    """A description or a note. Raises Invalid if it is too long."""
    return _short(name, text.strip(), most)


def check_theme(theme: str) -> str:
    """Raises Invalid for a theme that is not one of THEMES."""
    if theme not in THEMES:
        raise Invalid(f"A theme is one of {', '.join(THEMES)}; not {theme[:50]!r}.")
    return theme


def check_paper(paper: str) -> str:
    """Raises Invalid unless `paper` is an arXiv id such as `2311.12983`."""
    if not _PAPER.fullmatch(paper):
        raise Invalid(f"{paper[:50]!r} is no arXiv id: write it as 2311.12983.")
    return paper


def check_type(kind: str) -> str:
    """Raises Invalid for a type of item that this hub does not know."""
    if kind not in ITEM_TYPES:
        raise Invalid(f"An item is one of {', '.join(ITEM_TYPES)}; not {kind[:50]!r}.")
    return kind


def _short(name: str, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(f"The {name} has {len(text)} characters; it may have {most} at most.")
    return text

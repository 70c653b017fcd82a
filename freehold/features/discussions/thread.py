"""A discussion or pull request, and what happened in it, as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["draft", "open", "closed", "merged"]

OPEN: tuple[Status, ...] = ("draft", "open")
CLOSED: tuple[Status, ...] = ("closed", "merged")

DELETED = "deleted"
"""Who an account is called that is gone."""

REACTIONS = ("👍", "👎", "😄", "🎉", "😕", "❤️", "🚀", "👀", "🔥", "🤗", "👏", "➕", "🤝", "🧠", "😎", "🤯", "😔")


@dataclass(frozen=True, slots=True)
class Thread:
    """A discussion, or with `is_pull` a pull request; `number` counts both within a repository."""

    repo_id: str
    number: int
    is_pull: bool
    title: str
    status: Status
    author_id: str | None
    author: str
    pinned: bool
    comments: int
    """That are not hidden."""
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Version:
    """What a comment says, or said before it was edited."""

    text: str
    author: str
    at: int


@dataclass(frozen=True, slots=True)
class Reaction:
    """One sign under a comment, and who left it."""

    emoji: str
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comment:
    """What a comment event holds. A hidden one has no text any more, nor a history."""

    latest: Version
    edited: bool
    hidden: bool
    history: Sequence[Version]
    """Earlier versions, oldest first."""
    mentions: Sequence[str]
    """Names of people who exist."""
    reactions: Sequence[Reaction]
    attachments: Sequence[str] = ()
    """Names of uploads that it shows, such as `<id>.png`."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: a comment, or what `data` says of another kind."""

    id: str
    number: int
    kind: str
    author_id: str | None
    author: str
    at: int
    data: Mapping[str, Any]
    comment: Comment | None = None

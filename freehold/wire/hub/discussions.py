"""Discussions and pull requests as the Hub's API spells them: what clients send, and what they are told."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType


class OpenDiscussion(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/discussions`."""

    title: str
    description: str = ""
    pull_request: bool = False


class AddComment(Struct):
    """`POST …/discussions/{num}/comment`."""

    comment: str


class EditComment(Struct):
    """`POST …/comment/{comment}/edit`."""

    content: str


class React(Struct):
    """`POST …/comment/{comment}/reaction`; `on` false takes it back."""

    reaction: str
    on: bool = True


class Rename(Struct):
    """`POST …/discussions/{num}/title`."""

    title: str


class ChangeStatus(Struct):
    """`POST …/discussions/{num}/status`."""

    status: str
    comment: str | None = None


class Merge(Struct):
    """`POST …/discussions/{num}/merge`. Clients send at most `comment`.

    `squash` makes one commit of all; `head` is the last commit that the caller has seen.
    """

    comment: str | None = None
    squash: bool = False
    head: str | None = None


class Pin(Struct):
    """`POST …/discussions/{num}/pin`."""

    pinned: bool


class Person(Struct):
    """Whose doing it is; `deleted` when the account is gone."""

    name: str


class RepoName(Struct):
    """The repository that is talked about: `alice/birds`, and its kind."""

    name: str
    type: str


class Discussion(Struct, rename="camel"):
    """One line of a list."""

    num: int
    title: str
    author: Person
    created_at: str
    status: str
    repo: RepoName
    is_pull_request: bool
    pinned: bool
    num_comments: int


class DiscussionPage(Struct):
    """A page of a list: clients ask for more while start + len(discussions) < count."""

    discussions: Sequence[Discussion]
    count: int
    start: int


class Version(Struct, rename="camel"):
    """What a comment says or said."""

    raw: str
    html: str
    updated_at: str
    author: Person


class Reaction(Struct):
    """One sign under a comment."""

    reaction: str
    users: Sequence[str]
    count: int


class CommentData(Struct, rename="camel"):
    """The data of a comment event."""

    edited: bool
    hidden: bool
    latest: Version
    history: Sequence[Version]
    num_edits: int
    reactions: Sequence[Reaction]


class Event(Struct, rename="camel"):
    """One thing that happened; `data` depends on `type`."""

    id: str
    author: Person
    created_at: str
    type: str
    data: CommentData | Mapping[str, Any]


class Changes(Struct, rename="camel", omit_defaults=True):
    """Where a pull request is meant to go, and the commit that holds it once it is merged."""

    base: str
    merge_commit_id: str | UnsetType = UNSET


class Details(Discussion, rename="camel", omit_defaults=True):
    """A discussion with all that happened in it; the last three fields are of pull requests."""

    events: Sequence[Event] = ()
    changes: Changes | UnsetType = UNSET
    files_with_conflicts: bool | Sequence[str] | UnsetType = UNSET
    diff: str | UnsetType = UNSET


class Opened(Struct, rename="camel"):
    """The answer to opening one."""

    num: int
    pull_request: bool
    url: str

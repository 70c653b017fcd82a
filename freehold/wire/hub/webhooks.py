"""Webhooks on the wire: what clients send to manage them, what they are answered, and the payload of a delivery."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType

Domain = Literal["repo", "discussion"]
WatchedKind = Literal["user", "org", "model", "dataset", "space", "bucket"]

VERSION = 3
"""Of the payload."""

KINDS = frozenset({"model", "dataset", "space"})
"""The kinds of repositories that clients can read a payload of; others are told to who watches them by name alone."""


class Watched(Struct):
    """What a webhook watches."""

    type: WatchedKind
    name: str


class CreateWebhook(Struct, rename="camel"):
    """`POST /api/settings/webhooks`."""

    watched: list[Watched]
    domains: list[Domain] | None = None
    url: str | None = None
    job_source_id: str | None = None
    secret: str | None = None


class UpdateWebhook(Struct, rename="camel"):
    """`POST /api/settings/webhooks/{id}`; clients send an empty `watched` for what they leave as it is."""

    watched: list[Watched] = []
    domains: list[Domain] | None = None
    url: str | None = None
    job_source_id: str | None = None
    secret: str | None = None


class WebhookInfo(Struct):
    """A webhook as its owner sees it; the secret is hidden but for the answer to who has just set it."""

    id: str
    url: str
    watched: list[Watched]
    domains: list[str]
    secret: str | None
    disabled: bool


class WebhookAnswer(Struct):
    """Every answer about one webhook."""

    webhook: WebhookInfo


class Id(Struct):
    """An object of which only the id is told."""

    id: str


class Links(Struct, omit_defaults=True):
    """Where something is found."""

    web: str
    api: str | UnsetType = UNSET


class PayloadEvent(Struct):
    """What happened."""

    action: str
    scope: str


class PayloadRepo(Struct, omit_defaults=True):
    """The repository. The Hub's documents write `headSha`, its clients read `head_sha`: both are sent."""

    type: str
    name: str
    id: str
    private: bool
    url: Links
    owner: Id
    headSha: str | UnsetType = UNSET  # noqa: N815 - as the wire spells it
    head_sha: str | UnsetType = UNSET


class PayloadChanges(Struct, rename="camel", omit_defaults=True):
    """What a pull request would change."""

    base: str
    merge_commit_id: str | UnsetType = UNSET


class PayloadDiscussion(Struct, rename="camel", omit_defaults=True):
    """A discussion or pull request."""

    id: str
    title: str
    url: Links
    status: str
    author: Id
    num: int
    is_pull_request: bool
    pinned: bool | UnsetType = UNSET
    changes: PayloadChanges | UnsetType = UNSET


class PayloadComment(Struct, omit_defaults=True):
    """A comment; a hidden one without its text."""

    id: str
    author: Id
    hidden: bool
    url: Links
    content: str | UnsetType = UNSET


class PayloadWebhook(Struct):
    """Which webhook this was sent for."""

    id: str
    version: int = VERSION


class PayloadRef(Struct, rename="camel"):
    """One ref that moved."""

    ref: str
    old_sha: str | None
    new_sha: str | None


class PayloadMovedTo(Struct):
    """The new address of a repository."""

    name: str
    owner: Id


class PayloadAccess(Struct, rename="camel"):
    """A request at a gate and what became of it: this hub's own, under the scope `repo.gate`."""

    id: str
    user: str
    """A person's or an organisation's name."""
    status: str


class Payload(Struct, rename="camel", omit_defaults=True):
    """The body of a delivery."""

    event: PayloadEvent
    repo: PayloadRepo
    webhook: PayloadWebhook
    discussion: PayloadDiscussion | UnsetType = UNSET
    comment: PayloadComment | UnsetType = UNSET
    moved_to: PayloadMovedTo | UnsetType = UNSET
    updated_refs: list[PayloadRef] | UnsetType = UNSET
    updated_config: dict[str, Any] | UnsetType = UNSET
    access_request: PayloadAccess | UnsetType = UNSET

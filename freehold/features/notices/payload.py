"""Events as the Hub's webhooks tell them, in version 3 of their payload."""

import msgspec
from msgspec import UNSET

from freehold.base.ids import RepoId, RepoKind
from freehold.core.queue.events import AccessState, CommentState, DiscussionState, Event, RepoState
from freehold.wire.hub import webhooks as wire

NOBODY = "0" * 24
"""Stands for an account that is gone: the payload always has an id."""

_CONFIG = ("private",)
"""The settings that the payload tells; others are an empty object, as on the Hub."""


def payload_of(event: Event, repo: RepoState, webhook_id: str, base: str) -> bytes:
    """The body that tells `event`; `repo` is what may be told of its repository, `base` the hub's address."""
    moved, discussion = event.moved_to, event.discussion
    web = _web(repo, base)
    payload = wire.Payload(
        event=wire.PayloadEvent(event.action, event.scope),
        repo=_repo(event, repo, base),
        webhook=wire.PayloadWebhook(webhook_id),
        discussion=_discussion(discussion, repo, base) if discussion else UNSET,
        comment=_comment(event.comment, discussion, web) if event.comment and discussion else UNSET,
        moved_to=wire.PayloadMovedTo(f"{moved.namespace}/{moved.name}", wire.Id(moved.owner_id)) if moved else UNSET,
        updated_refs=[wire.PayloadRef(ref.ref, ref.old, ref.new) for ref in event.updated_refs] or UNSET,
        updated_config=_config(event),
        access_request=_access(event.access) if event.access else UNSET,
    )
    return msgspec.json.encode(payload)


def _repo(event: Event, repo: RepoState, base: str) -> wire.PayloadRepo:
    head = repo.head if repo.head and event.scope.startswith("repo") else UNSET
    return wire.PayloadRepo(
        type=repo.kind,
        name=f"{repo.namespace}/{repo.name}",
        id=repo.id,
        private=repo.visibility != "public",
        url=wire.Links(_web(repo, base), _api(repo, base)),
        owner=wire.Id(repo.owner_id),
        headSha=head,
        head_sha=head,
    )


def _discussion(said: DiscussionState, repo: RepoState, base: str) -> wire.PayloadDiscussion:
    path = f"/discussions/{said.num}"
    changes = None
    if said.is_pull_request:
        changes = wire.PayloadChanges(said.base or "refs/heads/main", said.merge_commit or UNSET)
    return wire.PayloadDiscussion(
        id=said.id,
        title=said.title,
        url=wire.Links(_web(repo, base) + path, _api(repo, base) + path),
        status=said.status,
        author=wire.Id(said.author_id or NOBODY),
        num=said.num,
        is_pull_request=said.is_pull_request,
        pinned=said.pinned or UNSET,
        changes=changes or UNSET,
    )


def _access(said: AccessState) -> wire.PayloadAccess:
    return wire.PayloadAccess(said.request_id, said.account_name, said.became)


def _comment(said: CommentState, discussion: DiscussionState, web: str) -> wire.PayloadComment:
    return wire.PayloadComment(
        id=said.id,
        author=wire.Id(said.author_id or NOBODY),
        hidden=said.hidden,
        url=wire.Links(f"{web}/discussions/{discussion.num}#{said.id}"),
        content=UNSET if said.hidden else said.content,
    )


def _config(event: Event) -> dict[str, object] | msgspec.UnsetType:
    if event.scope != "repo.config":
        return UNSET
    return {name: event.config[name] for name in _CONFIG if name in event.config}


def _web(repo: RepoState, base: str) -> str:
    return f"{base}/{RepoId(RepoKind(repo.kind), repo.namespace, repo.name).path}"


def _api(repo: RepoState, base: str) -> str:
    return f"{base}/api/{RepoKind(repo.kind).plural}/{repo.namespace}/{repo.name}"

"""The endpoints of discussions and pull requests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import taking_bytes
from freehold.asgi.needs import Need
from freehold.asgi.urls import base_url, path_url
from freehold.base.clock import iso
from freehold.base.errors import Invalid, NotFound, RevisionNotFound, Unprocessable
from freehold.base.ids import Oid, RepoId, is_oid
from freehold.core.accounts.people import People
from freehold.core.repos.pulls import Pull
from freehold.core.repos.reader import RepoReader
from freehold.features.discussions.discussions import Discussions
from freehold.features.discussions.reading import Query
from freehold.features.discussions.thread import OPEN, Comment, Event, Thread, Version
from freehold.protocols.hub.answer import flag, json
from freehold.protocols.hub.body import taking
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.table import Declared, on
from freehold.wire.hub import discussions as wire

PAGE = 50

Value = TypeVar("Value")
_KINDS: dict[str, Literal["discussion", "pull"] | None] = {
    "": None, "all": None, "discussion": "discussion", "pull_request": "pull",
}  # fmt: skip
_STATUSES: dict[str, Literal["open", "closed"] | None] = {"": None, "all": None, "open": "open", "closed": "closed"}

Render = Callable[[str, RepoId, str, Comment], str]
"""A comment as safe HTML: the hub's address, the repository, this or an earlier text, and the comment itself."""


@dataclass(frozen=True, slots=True)
class DiscussionEndpoints:
    """All of them; `render` makes HTML of comments, which is not this room's business."""

    gate: Gate
    discussions: Discussions
    people: People
    render: Render

    def declared(self) -> list[Declared]:
        """The routes."""
        all_, one = "/api/{type}s/{id}/discussions", "/api/{type}s/{id}/discussions/{num}"
        comment = one + "/comment/{comment}"
        return [
            on("GET", all_, Need.READ, self.listing),
            on("POST", all_, Need.PROPOSE, taking(wire.OpenDiscussion, self.open)),
            on("GET", one, Need.READ, self.details),
            on("POST", one + "/comment", Need.PROPOSE, taking(wire.AddComment, self.comment)),
            on("POST", comment + "/edit", Need.PROPOSE, taking(wire.EditComment, self.edit)),
            on("POST", comment + "/hide", Need.PROPOSE, taking_bytes(self.hide, 1 << 10)),
            on("POST", comment + "/reaction", Need.PROPOSE, taking(wire.React, self.react)),
            on("POST", one + "/title", Need.PROPOSE, taking(wire.Rename, self.rename)),
            on("POST", one + "/status", Need.PROPOSE, taking(wire.ChangeStatus, self.status)),
            on("POST", one + "/merge", Need.WRITE, taking(wire.Merge, self.merge)),
            on("POST", one + "/pin", Need.WRITE, taking(wire.Pin, self.pin)),
        ]

    def listing(self, request: Request) -> Response:
        """`GET …/discussions`: newest first, in pages of 50 that are counted by `p`."""
        reader = self.gate.reader(request)
        asked = request.query_params
        start = _page(asked.get("p", "")) * PAGE
        if author := asked.get("author", ""):
            account = self.people.by_name(author)
            if account is None:
                return json(wire.DiscussionPage([], 0, start))
        query = Query(
            _choice(asked.get("type", ""), _KINDS, "type"),
            _choice(asked.get("status", ""), _STATUSES, "status"),
            account.id if author and account else None,
            start=start,
            limit=PAGE,
        )
        threads, count = self.discussions.threads(reader, query)
        return json(wire.DiscussionPage([_line(reader, thread) for thread in threads], count, start))

    def open(self, request: Request, body: wire.OpenDiscussion) -> Response:
        """`POST …/discussions`: a discussion, or a pull request without changes, which is a draft."""
        writer = self.gate.proposer(request)
        begin = self.discussions.open_pull if body.pull_request else self.discussions.open
        thread = begin(writer, body.title, body.description)
        url = f"{path_url(request, writer.repo.repo_id.path)}/discussions/{thread.number}"
        return json(wire.Opened(thread.number, thread.is_pull, url))

    def details(self, request: Request) -> Response:
        """`GET …/discussions/{num}`, with `diff=1` what a pull request changes, as far as the caller may see it."""
        reader, number = self.gate.reader(request), _number(request)
        thread = self.discussions.thread(reader, number)
        events = [self._event(request, reader, event) for event in self.discussions.events(reader, number)]
        line = _line(reader, thread)
        answer = wire.Details(**asdict(line), events=events)
        if thread.is_pull:
            pull = reader.pull(number)
            merged = pull.merged.oid if pull.merged else UNSET
            answer.changes = wire.Changes(pull.base, merged)
            answer.files_with_conflicts = _conflicts(reader, thread, pull)
            answer.diff = _diff(reader, pull) if flag(request, "diff") else UNSET
        return json(answer)

    def comment(self, request: Request, body: wire.AddComment) -> Response:
        """`POST …/comment`."""
        writer = self.gate.proposer(request)
        event = self.discussions.comment(writer, _number(request), body.comment)
        return json({"newMessage": self._event(request, writer, event)})

    def edit(self, request: Request, body: wire.EditComment) -> Response:
        """`POST …/comment/{comment}/edit`."""
        writer = self.gate.proposer(request)
        event = self.discussions.edit(writer, _number(request), request.path_params["comment"], body.content)
        return json({"updatedComment": self._event(request, writer, event)})

    def hide(self, request: Request, _body: bytes) -> Response:
        """`POST …/comment/{comment}/hide`: for good."""
        writer = self.gate.proposer(request)
        event = self.discussions.hide(writer, _number(request), request.path_params["comment"])
        return json({"updatedComment": self._event(request, writer, event)})

    def react(self, request: Request, body: wire.React) -> Response:
        """`POST …/comment/{comment}/reaction`."""
        writer, number = self.gate.proposer(request), _number(request)
        event = self.discussions.react(writer, number, request.path_params["comment"], body.reaction, on=body.on)
        return json({"updatedComment": self._event(request, writer, event)})

    def rename(self, request: Request, body: wire.Rename) -> Response:
        """`POST …/title`."""
        writer = self.gate.proposer(request)
        event = self.discussions.rename(writer, _number(request), body.title)
        return json({"newTitle": self._event(request, writer, event)})

    def status(self, request: Request, body: wire.ChangeStatus) -> Response:
        """`POST …/status`."""
        writer = self.gate.proposer(request)
        event = self.discussions.set_status(writer, _number(request), body.status, body.comment or "")
        return json({"newStatus": self._event(request, writer, event)})

    def merge(self, request: Request, body: wire.Merge) -> Response:
        """`POST …/merge`: 409 with the files that conflict, where some do."""
        writer = self.gate.writer(request)
        if body.head is not None and not is_oid(body.head):
            raise Invalid("head must be the id of a commit: 40 lower-case hexadecimal digits.")
        head = Oid(body.head) if body.head is not None else None
        event = self.discussions.merge(
            writer, _number(request), comment=body.comment or "", squash=body.squash, head=head
        )
        return json({"newStatus": self._event(request, writer, event)})

    def pin(self, request: Request, body: wire.Pin) -> Response:
        """`POST …/pin`."""
        writer = self.gate.proposer(request)
        thread = self.discussions.pin(writer, _number(request), pinned=body.pinned)
        return json({"pinned": thread.pinned})

    def _event(self, request: Request, reader: RepoReader, event: Event) -> wire.Event:
        data = event.data if event.comment is None else self._comment(request, reader, event.comment)
        return wire.Event(event.id, wire.Person(event.author), iso(event.at), event.kind, data)

    def _comment(self, request: Request, reader: RepoReader, comment: Comment) -> wire.CommentData:
        def version(one: Version) -> wire.Version:
            html = str(self.render(base_url(request), reader.repo.repo_id, one.text, comment))
            return wire.Version(one.text, html, iso(one.at), wire.Person(one.author))

        reactions = [wire.Reaction(one.emoji, one.people, len(one.people)) for one in comment.reactions]
        history = [version(one) for one in comment.history]
        return wire.CommentData(
            comment.edited, comment.hidden, version(comment.latest), history, len(history), reactions
        )


def _line(reader: RepoReader, thread: Thread) -> wire.Discussion:
    return wire.Discussion(
        num=thread.number,
        title=thread.title,
        author=wire.Person(thread.author),
        created_at=iso(thread.created_at),
        status=thread.status,
        repo=wire.RepoName(reader.repo.repo_id.full, reader.repo.kind.value),
        is_pull_request=thread.is_pull,
        pinned=thread.pinned,
        num_comments=thread.comments,
    )


def _conflicts(reader: RepoReader, thread: Thread, pull: Pull) -> bool | Sequence[str]:
    if thread.status not in OPEN:
        return []
    try:
        return reader.merge_of(pull).conflicts
    except (RevisionNotFound, Unprocessable):
        return True  # it cannot be merged, and nobody knows which files to name


def _diff(reader: RepoReader, pull: Pull) -> str | UnsetType:
    if reader.closed:
        return UNSET
    return reader.compare(reader.pull_start(pull), pull.head).diff


def _number(request: Request) -> int:
    text = request.path_params["num"]
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise NotFound(f"There is no discussion or pull request {text[:20]!r} here.")
    return int(text)


def _page(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit()) or len(text) > 7:
        raise Invalid("p must be the number of a page, counted from 0.")
    return int(text)


def _choice(text: str, choices: dict[str, Value], name: str) -> Value:
    if text not in choices:
        raise Invalid(f"{name} must be one of {', '.join(choice for choice in choices if choice)}.")
    return choices[text]

"""What happened in a repository: commits, comparisons, and the squashing of it all into one commit."""

from dataclasses import dataclass
from html import escape

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from freehold.asgi import paging
from freehold.base.clock import iso
from freehold.base.errors import Invalid
from freehold.core.repos.entries import Commit
from freehold.protocols.hub.answer import json, page, several
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub import models
from freehold.wire.hub.requests import Squash

PAGE = 50
MOST = 1000


@dataclass(frozen=True, slots=True)
class History:
    """Endpoints that read and rewrite history."""

    gate: Gate

    def commits(self, request: Request) -> Response:
        """`GET /commits/{rev}`, newest first, in pages."""
        reader = self.gate.reader(request)
        most = paging.limit(request, PAGE, MOST)
        commits = reader.commits(request.path_params["rev"], after=paging.cursor(request), limit=most + 1)
        formatted = "formatted" in several(request, "expand")
        shown = commits[:most]
        link = paging.next_link(request, shown[-1].oid) if len(commits) > most else None
        return page([_commit(commit, formatted=formatted) for commit in shown], link)

    def compare(self, request: Request) -> Response:
        """`GET /compare/{base}..{head}`: the difference as a unified git diff."""
        base, dots, head = request.path_params["spec"].partition("..")
        head = head.removeprefix(".")
        if not (base and dots and head):
            raise Invalid("Compare two revisions in the form base..head.")
        return PlainTextResponse(self.gate.reader(request).compare(base, head).diff)

    def super_squash(self, request: Request, body: Squash) -> Response:
        """`POST /super-squash/{branch}`: one commit with the same tree and no past."""
        branch = request.path_params["branch"]
        message = body.message.strip() or f"Super-squash branch '{branch}'"
        self.gate.writer(request).super_squash(branch, message)
        return json({})


def _commit(commit: Commit, *, formatted: bool) -> models.CommitInfo:
    return models.CommitInfo(
        id=commit.oid,
        title=commit.title,
        message=commit.message,
        date=iso(commit.date_us),
        authors=[models.CommitAuthor(name) for name in commit.authors],
        formatted=models.Formatted(escape(commit.title), escape(commit.message)) if formatted else UNSET,
    )

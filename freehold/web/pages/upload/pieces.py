"""What the upload page's script talks to: begin a file, send its pieces, ask which have come, and commit them all.

A file on its way is named by a ticket that the hub has sealed: it is good for one account and one repository.
"""

import time
from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from freehold.asgi.bytes import receive_into
from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid, NotFound
from freehold.base.ids import Sha256, is_digest
from freehold.core.repos.arriving import PART, Arrival, announce_file, part_of, parts_here, received
from freehold.core.repos.parts import PARTS_KEPT_S, IncomingPart
from freehold.core.repos.repos import Repos
from freehold.core.repos.requests import AddFile, AddLarge
from freehold.core.repos.writer import RepoWriter
from freehold.web.committing import land, wish_in
from freehold.web.forms import Form
from freehold.web.parts.head import repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site, root_of

MAX_FILES = 5000
"""Of one commit."""
_MAX_FORM = 8 << 20


class _Ticket(msgspec.Struct, frozen=True, array_like=True):
    upload: str
    rev: str
    path: str
    size: int


class _File(msgspec.Struct, frozen=True):
    """A file that has come. `sha256` is empty for one that is small."""

    ticket: str
    sha256: str = ""


class Pieces:
    """The endpoints."""

    def __init__(self, site: Site, repos: Repos) -> None:
        self._site, self._repos = site, repos

    def routes(self) -> list[Route]:
        """All of them."""
        csrf = self._site.csrf
        table = (
            ("POST", "/incoming", csrf.posted(self.begin)),
            ("POST", "/incoming/commit", csrf.posted(self.commit, _MAX_FORM)),
            ("GET", "/incoming/{ticket:seg}", self.status),
            ("POST", "/incoming/{ticket:seg}/finish", csrf.posted(self.finish)),
            ("PUT", "/incoming/{ticket:seg}/{number:seg}", self.put),
        )
        return [
            Route(place, endpoint, needs=Need.PROPOSE, methods=[method], name="incoming")
            for method, tail, endpoint in table
            for place in templates(tail)
        ]

    def begin(self, request: Request, form: Form) -> Response:
        """Announce a file: its path and size."""
        actor, account = signed_in(request)
        writer = self._repos.proposer(actor, repo_id(request))
        size = form.get("size", "")
        if not (size.isascii() and size.isdigit() and len(size) < 16):
            raise Invalid("A file's size is a number of bytes.")
        rev, path = form.get("rev", "main"), form.get("path", "").strip("/")
        arrival = announce_file(writer, rev, path, int(size))
        body = msgspec.json.encode(_Ticket(arrival.upload, rev, arrival.path, arrival.size))
        ticket = self._site.csrf.seal(_about(account, writer), body)
        return _told({"ticket": ticket, "part": PART, "parts": len(arrival.parts)})

    def status(self, request: Request) -> Response:
        """Which pieces have come."""
        writer, _, arrival = self._at(request)
        return _told({"here": parts_here(writer, arrival), "parts": len(arrival.parts)})

    async def put(self, request: Request) -> Response:
        """One piece, as it is."""
        part, size = await run_in_threadpool(self._part, request)
        try:
            await receive_into(request, part.write, size)
            await run_in_threadpool(part.finish)
        finally:
            await run_in_threadpool(part.abort)
        return _told({})

    def finish(self, request: Request, _form: Form) -> Response:
        """All pieces of a file have come: join what is large."""
        writer, rev, arrival = self._at(request)
        found = received(writer, rev, arrival)
        return _told({"sha256": found.sha256 if isinstance(found, AddLarge) else ""})

    def commit(self, request: Request, form: Form) -> Response:
        """Commit files that have come; the address of what was made."""
        actor, account = signed_in(request)
        writer = self._repos.proposer(actor, repo_id(request))
        files = _files(form.get("files", ""))
        rev = form.get("rev", "main")
        added = [self._added(writer, account, file) for file in files]
        name = added[0].path.rpartition("/")[2] if len(added) == 1 else f"{len(added)} files"
        there = land(writer, rev, wish_in(writer, rev, form, f"Upload {name}"[:200]), added)
        return _told({"location": root_of(request) + there})

    def _added(self, writer: RepoWriter, account: str, file: _File) -> AddFile | AddLarge:
        rev, arrival = self._opened(writer, account, file.ticket)
        if not file.sha256:
            return received(writer, rev, arrival)
        if not is_digest(file.sha256):
            raise Invalid("A file is named by 64 lower-case hexadecimal digits.")
        return AddLarge(arrival.path, Sha256(file.sha256), arrival.size)

    def _part(self, request: Request) -> tuple[IncomingPart, int]:
        writer, _, arrival = self._at(request)
        number = request.path_params["number"]
        if not (number.isascii() and number.isdigit() and len(number) < 6):
            raise NotFound("The pieces of an upload are numbered from 1.")
        part = part_of(writer, arrival, int(number))
        return part, arrival.parts[int(number) - 1]

    def _at(self, request: Request) -> tuple[RepoWriter, str, Arrival]:
        """The writer, the branch and the file that the address names."""
        actor = identity(request)
        writer = self._repos.proposer(actor, repo_id(request))
        rev, arrival = self._opened(writer, actor.account_id or "", request.path_params["ticket"])
        return writer, rev, arrival

    def _opened(self, writer: RepoWriter, account: str, ticket: str) -> tuple[str, Arrival]:
        body = self._site.csrf.unseal(_about(account, writer), ticket)
        if body is None:
            raise NotFound("There is no such upload of yours here. Begin it again.")
        found = msgspec.json.decode(body, type=_Ticket)
        if int(found.upload[:8], 16) < time.time() - PARTS_KEPT_S:
            raise NotFound("This upload began too long ago, and its pieces were removed. Begin it again.")
        return found.rev, Arrival(found.upload, found.path, found.size)


def _about(account: str, writer: RepoWriter) -> str:
    return f"incoming {account} {writer.repo.id}"


def _files(text: str) -> Sequence[_File]:
    try:
        files = msgspec.json.decode(text, type=list[_File])
    except msgspec.MsgspecError as error:
        raise Invalid("The list of files could not be read. Reload the page.") from error
    if not 0 < len(files) <= MAX_FILES:
        raise Invalid(f"One commit takes between 1 and {MAX_FILES} files here.")
    return files


def _told(answer: dict[str, object]) -> Response:
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})

"""Access to gated repositories: who asks, who waits, who was let in, and who decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.asgi.access_report import access_report
from freehold.asgi.bodies import taking_bytes
from freehold.asgi.needs import Need
from freehold.asgi.networks import network_of
from freehold.asgi.urls import path_url
from freehold.base.clock import iso
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.gates import gate as gates
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from freehold.core.repos.gating import Gating
from freehold.core.repos.writer import RepoWriter
from freehold.protocols.hub.answer import json, page
from freehold.protocols.hub.body import taking
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.repositories import signed_in
from freehold.protocols.hub.table import Declared, on
from freehold.wire.gates.answers import parse_answers
from freehold.wire.gates.receipts import key_document
from freehold.wire.hub import models
from freehold.wire.hub.requests import GrantAccess, Handle, HandleMany

MOST = 1000
MOST_ANSWERED = 256 << 10
"""In bytes: of all answers to a gate's questions."""


@dataclass(frozen=True, slots=True)
class AccessRequests:
    """Endpoints about access requests; who may write to a repository decides."""

    gate: Gate
    gating: Gating

    def declared(self) -> list[Declared]:
        """The routes."""
        asked = "/api/{type}s/{id}/user-access-request"
        return [
            on("GET", "/.well-known/freehold-receipts", Need.NOTHING, self.receipt_keys),
            on("GET", f"{asked}/{{status}}", Need.WRITE, self.listing),
            on("POST", f"{asked}/handle", Need.WRITE, taking(Handle, self.handle)),
            on("POST", f"{asked}/batch", Need.WRITE, taking(HandleMany, self.batch)),
            on("POST", f"{asked}/grant", Need.WRITE, taking(GrantAccess, self.grant)),
            on("POST", f"{asked}/cancel", Need.PROPOSE, self.cancel),
            on("POST", "/{prefix}{id}/ask-access", Need.PROPOSE, taking_bytes(self.ask, MOST_ANSWERED)),
            on("GET", "/{prefix}{id}/user-access-report", Need.WRITE, self.report),
        ]

    def receipt_keys(self, _request: Request) -> Response:
        """`GET /.well-known/freehold-receipts`: what receipts of access are verified with, as a JWK set (RFC 8037)."""
        return json({"keys": [key_document(self.gating.receipt_key)]})

    def listing(self, request: Request) -> Response:
        """`GET /user-access-request/{status}`, in pages; `q` is the beginning of a name."""
        writer, status = self.gate.writer(request), request.path_params["status"]
        if status not in gates.STATUSES:
            raise Invalid(f"Access requests are {', '.join(gates.STATUSES)}; not {status[:50]!r}.")
        most = paging.limit(request, MOST, MOST)
        found = self.gating.keeper(writer).requests(
            status, after=paging.cursor(request) or "", limit=most + 1,
            prefix=request.query_params.get("q", "")[:250],
        )  # fmt: skip
        link = paging.next_link(request, found[most - 1].id) if len(found) > most else None
        return page([_line(one) for one in found[:most]], link)

    def handle(self, request: Request, body: Handle) -> Response:
        """`POST /user-access-request/handle`: accept, reject, or cancel to pending."""
        writer = self.gate.writer(request)
        if (body.user is None) == (body.request_id is None):
            raise Invalid("Name the request by either user or requestId.")
        decision = Decision(body.status, body.rejection_reason or "")
        self.gating.keeper(writer).decide(decision, user=body.user or "", request_id=body.request_id or "")
        return json({})

    def batch(self, request: Request, body: HandleMany) -> Response:
        """`POST /user-access-request/batch`: the same for many; each is told by itself how it went."""
        writer = self.gate.writer(request)
        decision = Decision(body.status, body.rejection_reason or "")
        return json([self._one(writer, decision, asker.user) for asker in body.requests])

    def _one(self, writer: RepoWriter, decision: Decision, user: str) -> Mapping[str, object]:
        try:
            self.gating.keeper(writer).decide(decision, user=user)
        except NotFound as error:
            already = any(one.person.name.lower() == user.lower() for one in self._with(writer, decision, user))
            if already:
                return {"user": user, "ok": True}
            reason = "user_not_found" if error.message == "User not found" else "request_not_found"
            return {"user": user, "ok": False, "error": reason}
        return {"user": user, "ok": True}

    def _with(self, writer: RepoWriter, decision: Decision, user: str) -> list[gates.AccessRequest]:
        return self.gating.keeper(writer).requests(decision.status, prefix=user)

    def grant(self, request: Request, body: GrantAccess) -> Response:
        """`POST /user-access-request/grant`: let somebody in, asked or not."""
        self.gating.keeper(self.gate.writer(request)).let_in(body.user)
        return json({})

    def cancel(self, request: Request) -> Response:
        """`POST /user-access-request/cancel`: take back one's own request."""
        reader = self.gate.reader(request)
        signed_in(request)
        self.gating.door(reader).withdraw()
        return json({"ok": True})

    def ask(self, request: Request, body: bytes) -> Response:
        """`POST /{id}/ask-access`, as a form or as JSON; leads back to the repository."""
        reader = self.gate.reader(request)
        signed_in(request)
        self.gating.door(reader).ask(Asked(_given(request, body), network=network_of(request)))
        url = path_url(request, reader.repo.repo_id.path)
        return Response(f"See Other. Redirecting to {url}", 303, {"Location": url}, "text/plain")

    def report(self, request: Request) -> Response:
        """`GET /{id}/user-access-report`: everybody who asked, as JSON or, with `format=csv`, as a table."""
        writer = self.gate.writer(request)
        return access_report(
            request, self.gating.keeper(writer).export(), f"{writer.repo.namespace}-{writer.repo.name}"
        )


def _given(request: Request, body: bytes) -> Mapping[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return parse_answers(body)
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100, errors="strict"))
    except ValueError:
        raise Invalid("The form could not be read. Send it as UTF-8, with at most 100 fields.") from None


def _line(one: gates.AccessRequest) -> models.AccessRequest:
    person, grant = one.person, one.grant
    return models.AccessRequest(
        one.id,
        models.Requester(person.id, person.name, person.full_name or person.name, "", email=person.email or UNSET),
        one.status,
        iso(one.asked_at),
        one.terms_version,
        dict(one.answers) or UNSET,
        UNSET if one.reviewed_at is None else iso(one.reviewed_at),
        models.Requester("", one.reviewed_by, one.reviewed_by, "") if one.reviewed_by and grant else UNSET,
        one.reason or UNSET,
        UNSET if grant is None else models.AccessGrant(grant.id, grant.state, _moment(grant.not_after)),
    )


def _moment(micros: int | None) -> Any:
    return UNSET if micros is None else iso(micros)

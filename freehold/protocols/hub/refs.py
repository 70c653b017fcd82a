"""Branches, tags and the list of all refs."""

from dataclasses import dataclass

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.core.repos.entries import Ref
from freehold.protocols.hub.answer import flag, json
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub import models
from freehold.wire.hub.requests import CreateBranch, CreateTag


@dataclass(frozen=True, slots=True)
class RefEndpoints:
    """Endpoints that read and move refs."""

    gate: Gate

    def refs(self, request: Request) -> Response:
        """`GET /refs`; pull requests only with `include_prs`."""
        refs = self.gate.reader(request).refs()
        pulls = [_ref(ref) for ref in refs.pulls] if flag(request, "include_prs") else UNSET
        return json(
            models.RefsInfo(
                branches=[_ref(ref) for ref in refs.branches],
                converts=[_ref(ref) for ref in refs.converts],
                tags=[_ref(ref) for ref in refs.tags],
                pull_requests=pulls,
            )
        )

    def create_branch(self, request: Request, body: CreateBranch) -> Response:
        """`POST /branch/{branch}` from a revision, by default the tip of main."""
        self.gate.writer(request).create_branch(request.path_params["branch"], body.starting_point)
        return json({})

    def delete_branch(self, request: Request) -> Response:
        """`DELETE /branch/{branch}`."""
        self.gate.writer(request).delete_branch(request.path_params["branch"])
        return json({})

    def create_tag(self, request: Request, body: CreateTag) -> Response:
        """`POST /tag/{rev}`: `rev` is what is tagged, the name is in the body."""
        self.gate.writer(request).create_tag(body.tag, request.path_params["rev"], body.message or "")
        return json({})

    def delete_tag(self, request: Request) -> Response:
        """`DELETE /tag/{tag}`."""
        self.gate.writer(request).delete_tag(request.path_params["rev"])
        return json({})


def _ref(ref: Ref) -> models.RefInfo:
    return models.RefInfo(ref.name, ref.ref, ref.oid)

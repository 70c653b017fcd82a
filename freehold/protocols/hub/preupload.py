"""Before an upload: which files are large, which are ignored, which are there already."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.base.errors import Invalid
from freehold.core.repos.requests import PlannedFile
from freehold.core.repos.writer import RepoWriter
from freehold.protocols.hub.answer import flag, json
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub import models
from freehold.wire.hub.requests import Preupload

MOST_FILES = 1000
SAMPLE = 512


@dataclass(frozen=True, slots=True)
class Preuploads:
    """The endpoint that plans an upload."""

    gate: Gate

    def preupload(self, request: Request, body: Preupload) -> Response:
        """`POST /preupload/{rev}`; with `create_pr` anyone who may propose may ask."""
        writer = writer_or_proposer(self.gate, request)
        if len(body.files) > MOST_FILES:
            raise Invalid(f"Ask about {MOST_FILES} files at most in one request.")
        files = [PlannedFile(file.path, file.size, file.sample[:SAMPLE]) for file in body.files]
        plans = writer.plan(files, gitignore=body.git_ignore or "", rev=request.path_params["rev"])
        answers = [
            models.PreuploadAnswer(plan.path, "lfs" if plan.large else "regular", plan.ignore, plan.oid)
            for plan in plans
        ]
        return json(models.PreuploadAnswers(answers))


def writer_or_proposer(gate: Gate, request: Request) -> RepoWriter:
    """Who may change the branch, or, with `create_pr` in the query, who may propose a change to it."""
    if flag(request, "create_pr") or request.path_params["rev"].startswith("refs/pr/"):
        return gate.proposer(request)
    return gate.writer(request)

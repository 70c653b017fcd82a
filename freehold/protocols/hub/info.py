"""Information about one repository, at its main branch or at a revision."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.base.errors import RepoNotFound
from freehold.core.accounts.orgs.orgs import Orgs
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.repos.granting import ABSENT
from freehold.protocols.hub.answer import flag, json, several
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.properties import IN_INFO, Choice, Subject, describe
from freehold.wire.hub.expand import check_expand


@dataclass(frozen=True, slots=True)
class Info:
    """`GET /api/{type}s/{id}[/revision/{rev}]`."""

    gate: Gate
    facts: Facts
    catalog: Catalog
    orgs: Orgs

    def info(self, request: Request) -> Response:
        """Everything, or with `expand` exactly what was asked for."""
        reader = self.gate.reader(request)
        repo, expand = reader.repo, several(request, "expand")
        check_expand(repo.kind, expand)
        commit = reader.revision(request.path_params.get("rev", "main")).commit
        subject = Subject(
            repo,
            commit,
            lambda: reader,
            self.facts,
            popularity=lambda: self.catalog.popularity(reader),
            children=lambda: self.catalog.lineage.count(identity(request), repo),
        )
        choice = Choice(tuple(expand) or IN_INFO[repo.kind], blobs=flag(request, "blobs"))
        said = describe(subject, choice)
        if flag(request, "securityStatus"):
            said["securityRepoStatus"] = {"scansDone": False, "filesWithIssues": []}
        if not expand and (real := self.orgs.lookalikes.of(repo.namespace)) is not None:
            said["looksLike"] = real.name
        return json(said)


def no_namespace(request: Request) -> Response:
    """A name without an owner: here, nobody has one."""
    identity(request)  # whoever is signed in is not told to sign in
    raise RepoNotFound(ABSENT)

"""Token exchange for CI jobs (RFC 8693), as huggingface_hub asks for it when `HF_OIDC_RESOURCE` is set."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from freehold.base.errors import HubError
from freehold.base.ids import GIT_KINDS, RepoId, RepoKind, is_name
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.oauth.publishers import LIFE_S, Publishers
from freehold.core.accounts.scope import Entity
from freehold.core.repos.repos import Repos
from freehold.wire.oauth.parameters import Parameters, demand
from freehold.wire.oauth.refusals import INVALID_REQUEST, INVALID_TARGET, Refused

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
TYPES = ("urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt")
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An identity token of a CI for an access token of one repository."""

    publishers: Publishers
    repos: Repos

    def exchange(self, _request: Request, parameters: Parameters) -> Mapping[str, Any]:
        """The answer to a token exchange."""
        if parameters.get("subject_token_type") not in TYPES:
            raise Refused(INVALID_REQUEST, f"The parameter 'subject_token_type' must be {TYPES[0]}.")
        token, resource = demand(parameters, "subject_token"), demand(parameters, "resource")
        secret = self.publishers.exchange(self._entity(parse_resource(resource)), token)
        return {
            "access_token": secret,
            "issued_token_type": ACCESS,
            "token_type": "bearer",
            "expires_in": LIFE_S,
        }

    def _entity(self, repo_id: RepoId) -> Entity | None:
        """The repository, whoever may see it: the caller learns nothing of it unless it trusts them."""
        try:
            repo = self.repos.admit(SYSTEM, repo_id).repo
        except HubError:
            return None
        return Entity(repo.kind.value, repo.id, repo.repo_id.full)


def parse_resource(text: str) -> RepoId:
    """The repository that `resource` names: `ns/name`, `datasets/ns/name`, … Raises Refused."""
    parts = text.split("/")
    kinds = {kind.plural: kind for kind in GIT_KINDS}
    kind = kinds.get(parts[0], RepoKind.MODEL) if len(parts) == 3 else RepoKind.MODEL
    names = parts[1:] if len(parts) == 3 and parts[0] in kinds else parts
    if len(names) != 2 or not all(is_name(name) for name in names):
        raise Refused(INVALID_TARGET, "The parameter 'resource' names a repository, such as datasets/acme/songs.")
    return RepoId(kind, names[0], names[1])

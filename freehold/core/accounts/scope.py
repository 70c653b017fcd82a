"""What a narrow credential may do: permissions by account or repository, in the words of the Hub's own tokens."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from freehold.base.errors import Invalid

READ_CONTENT = "repo.content.read"
READ_REQUESTS = "repo.access.read"
WRITE_REPO = "repo.write"
UPLOAD = "repo.content.write"
"""To change files and refs, but neither settings nor which repositories there are; applications are given it."""
CREATE = "repo.create"
"""To make repositories, and to do everything with those that the same application has made; given as UPLOAD is."""
DISCUSS = "discussion.write"
READ_COLLECTION = "collection.read"
WRITE_COLLECTION = "collection.write"
READ_WEBHOOKS = "user.webhooks.read"
WRITE_WEBHOOKS = "user.webhooks.write"
INFER = "inference.serverless.write"
JOBS = "job.write"

OF_REPOSITORIES = (READ_CONTENT, DISCUSS, WRITE_REPO)
"""What can be given for one repository."""

OF_ACCOUNTS = (*OF_REPOSITORIES, READ_COLLECTION, WRITE_COLLECTION)
"""What can be given for all that a person or an organisation owns."""

OF_ONESELF = (*OF_ACCOUNTS, READ_WEBHOOKS, WRITE_WEBHOOKS)
"""What can be given for one's own account."""

EVERYWHERE = (DISCUSS,)
"""What can be given for whatever its holder may see."""

KEPT = (READ_REQUESTS, INFER, JOBS)
"""Known to the Hub's clients and kept in a scope, though nothing here asks for them yet."""

MOST_PARTS = 100
"""Accounts and repositories that one scope may name."""


@dataclass(frozen=True, slots=True)
class Entity:
    """An account or a repository by its row id, which outlives its name; `kind` is the Hub's: user, org, model, …"""

    kind: str
    id: str
    name: str
    """What it was called when the scope was made."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a scope allows on one entity; on an account: on all that the account owns."""

    entity: Entity
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The limits of a credential. It only ever takes away from what its holder may do."""

    parts: tuple[Part, ...] = ()
    everywhere: frozenset[str] = frozenset()
    reads_gated: bool = False
    """Whether gated content that its holder was let in to may be read where no part says so."""

    def holds(self, permission: str, *ids: str) -> bool:
        """Whether the permission is given everywhere or for one of the entities."""
        if permission in self.everywhere:
            return True
        return any(part.entity.id in ids and permission in part.permissions for part in self.parts)

    def ids(self, permissions: Iterable[str]) -> list[str]:
        """The entities for which at least one of the permissions is given."""
        wanted = set(permissions)
        return [part.entity.id for part in self.parts if wanted & part.permissions]

    def reading(self) -> "Scope":
        """What of it changes nothing."""
        parts = (Part(one.entity, frozenset(p for p in one.permissions if p.endswith(".read"))) for one in self.parts)
        everywhere = frozenset(p for p in self.everywhere if p.endswith(".read"))
        return replace(self, parts=tuple(parts), everywhere=everywhere)

    def check(self) -> None:
        """Raise Invalid for permissions that are none, and for a scope that names too much."""
        if len(self.parts) > MOST_PARTS:
            raise Invalid(f"A token may name {MOST_PARTS} accounts and repositories. Make several tokens.")
        if unknown := self.everywhere - {*OF_ONESELF, *KEPT}:
            raise Invalid(f"There is no permission called {min(unknown)!r}.")
        for part in self.parts:
            known = {"user": OF_ONESELF, "org": OF_ACCOUNTS}.get(part.entity.kind, OF_REPOSITORIES)
            if unknown := part.permissions - {*known, *KEPT}:
                raise Invalid(f"A {part.entity.kind} has no permission called {min(unknown)!r}.")


PUBLIC_ONLY = Scope()
"""Of a credential that tells who comes and opens nothing that is not public."""


def encode(scope: Scope) -> str:
    """The form in which a scope is kept."""
    return msgspec.json.encode(scope, order="deterministic").decode()


_DECODER = msgspec.json.Decoder(Scope)


def decode(text: str) -> Scope:
    """The scope of its kept form."""
    return _DECODER.decode(text)

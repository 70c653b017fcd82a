"""How far an application's token reaches: OAuth's scopes as the limits of a credential."""

from collections.abc import Iterable, Sequence

from freehold.core.accounts import scope as words
from freehold.core.accounts.scope import OF_ACCOUNTS, Entity, Part, Scope

_PERMISSIONS = {
    "read-repos": {words.READ_CONTENT, words.READ_COLLECTION},
    "contribute-repos": {words.CREATE, words.DISCUSS},
    "write-repos": {words.READ_CONTENT, words.UPLOAD, words.DISCUSS},
    "manage-repos": {words.READ_CONTENT, words.WRITE_REPO, words.DISCUSS},
    "write-discussions": {words.DISCUSS},
    "write-collections": {words.READ_COLLECTION, words.WRITE_COLLECTION},
    "webhooks": {words.READ_WEBHOOKS, words.WRITE_WEBHOOKS},
    "inference-api": {words.INFER},
    "jobs": {words.JOBS},
}
"""What each scope gives on what the person owns; a scope of identity gives nothing but its claims."""

_OF_ORGANIZATIONS = frozenset({*OF_ACCOUNTS, words.CREATE, words.UPLOAD})


def reach_of(scopes: Iterable[str], person: Entity, orgs: Sequence[Entity]) -> Scope:
    """The limits of a token: what is the person's, and what is of the organisations that they chose."""
    given = set(scopes)
    permissions = frozenset(one for scope in given for one in _PERMISSIONS.get(scope, ()))
    everywhere = frozenset({words.DISCUSS}) if "write-discussions" in given else frozenset[str]()
    parts = (Part(person, permissions), *(Part(org, permissions & _OF_ORGANIZATIONS) for org in orgs))
    return Scope(tuple(part for part in parts if part.permissions), everywhere, reads_gated="gated-repos" in given)

"""How far an application's token reaches: OAuth's scopes as the limits of a credential."""

from collections.abc import Iterable

from freehold.core.accounts import scope as words
from freehold.core.accounts.scope import Entity, Part, Scope
from freehold.wire.oauth.scopes import EVERYTHING

_PERMISSIONS = {
    "read-repos": {words.READ_CONTENT, words.READ_COLLECTION},
    "contribute-repos": {words.READ_CONTENT, words.WRITE_REPO},
    "write-repos": {words.READ_CONTENT, words.WRITE_REPO},
    "manage-repos": {words.READ_CONTENT, words.WRITE_REPO},
    "write-discussions": {words.DISCUSS},
    "write-collections": {words.READ_COLLECTION, words.WRITE_COLLECTION},
    "webhooks": {words.READ_WEBHOOKS, words.WRITE_WEBHOOKS},
    "inference-api": {words.INFER},
    "jobs": {words.JOBS},
}
"""What each scope gives on what the person owns; a scope of identity gives nothing but its claims."""


def reach_of(scopes: Iterable[str], account_id: str, name: str) -> Scope | None:
    """The limits of a token; None: all that the person may do, which only what asks for everything gets.

    Organisations' repositories are not in reach: the public hub asks for each of them apart, and so will this one.
    """
    given = set(scopes)
    if given >= set(EVERYTHING):
        return None
    permissions = frozenset(one for scope in given for one in _PERMISSIONS.get(scope, ()))
    everywhere = frozenset({words.DISCUSS}) if "write-discussions" in given else frozenset[str]()
    parts = (Part(Entity("user", account_id, name), permissions),) if permissions else ()
    return Scope(parts, everywhere, reads_gated="gated-repos" in given)

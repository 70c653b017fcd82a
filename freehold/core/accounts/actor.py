"""Who is asking: a person, nobody, or the hub itself."""

from dataclasses import dataclass
from typing import Literal

from freehold.core.accounts.scope import Scope

Kind = Literal["anonymous", "user", "system"]


@dataclass(frozen=True, slots=True)
class Barred:
    """An organisation of the holder's that a credential does not reach; `key` is its name as `name_key` spells it."""

    org_id: str
    key: str
    why: str


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller, as the credential shows them; `may_write` is the credential's role, not a right to anything.

    A narrow credential has a `scope`. Then `may_write` and `is_admin` are False, so that whatever knows nothing of
    scopes refuses it, and what does know asks `allows`.
    """

    account_id: str | None
    name: str
    is_admin: bool = False
    may_write: bool = False
    token_id: str | None = None
    kind: Kind = "user"
    scope: Scope | None = None
    barred: tuple[Barred, ...] = ()
    """Where this credential, but not its holder, is a stranger: the organisation wants another, or has shut it out."""

    @property
    def signed_in(self) -> bool:
        """Whether this is a known account."""
        return self.account_id is not None

    def allows(self, permission: str, *ids: str, changes: bool = False) -> bool:
        """Whether the credential, not the account, lets this be done to one of the entities; `changes`: it writes."""
        if self.scope is not None:
            return self.scope.holds(permission, *ids)
        return self.may_write or not changes

    def barred_from(self, org: str) -> str:
        """Why the credential does not reach the organisation of this id, or of this name as a key; empty: it does."""
        return next((one.why for one in self.barred if org in (one.org_id, one.key)), "")


ANONYMOUS = Actor(None, "anonymous", kind="anonymous")
SYSTEM = Actor(None, "freehold", is_admin=True, may_write=True, kind="system")

"""Who is asking: a person, nobody, a repository's own key, or the hub itself."""

from dataclasses import dataclass, replace
from typing import Literal

from freehold.core.accounts.scope import Scope

Kind = Literal["anonymous", "user", "deploy", "system"]


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

    A deploy key (`kind` is `deploy`) is nobody's: it has no account, and its scope is all that it may do beyond what
    anybody may.
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
    key_id: str | None = None
    """The key that was proven, a person's or a deploy key."""

    @property
    def principal(self) -> str | None:
        """Whose locks and uploads these are: the account, or a deploy key, which has none. None for nobody."""
        return self.account_id or self.key_id

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

    def reading(self) -> "Actor":
        """The same, who changes nothing."""
        return replace(self, may_write=False, scope=self.scope and self.scope.reading())


ANONYMOUS = Actor(None, "anonymous", kind="anonymous")
SYSTEM = Actor(None, "freehold", is_admin=True, may_write=True, kind="system")

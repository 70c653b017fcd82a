"""Who is asking: a person, nobody, or the hub itself."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["anonymous", "user", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """One caller, as the credential shows them; `may_write` is the credential's role, not a right to anything."""

    account_id: str | None
    name: str
    is_admin: bool = False
    may_write: bool = False
    token_id: str | None = None
    kind: Kind = "user"

    @property
    def signed_in(self) -> bool:
        """Whether this is a known account."""
        return self.account_id is not None


ANONYMOUS = Actor(None, "anonymous", kind="anonymous")
SYSTEM = Actor(None, "freehold", is_admin=True, may_write=True, kind="system")

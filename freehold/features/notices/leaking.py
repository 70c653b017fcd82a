"""Tells people that a token of theirs was found by somebody else and has been ended."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.leaks import Leaked
from freehold.features.notices.inbox import Inbox, Notice
from freehold.stores.db.database import Transaction

BECAUSE = (
    "Somebody found its secret and handed it in, so it works no more. Look at what was done with it, make a new token"
    " where you need one, and keep it out of files that others can read."
)


@dataclass(frozen=True, slots=True)
class Leaking:
    """Writes the notice."""

    inbox: Inbox
    clock: Clock = now

    def tell(self, tx: Transaction, leaked: Leaked) -> None:
        """One notice for each token."""
        title = later(f"Your token {leaked.name!r} (hf_…{leaked.hint}) had leaked and was revoked")
        self.inbox.add(
            tx, Notice(new_id(), leaked.account_id, leaked.token_id, "token", title, "freehold", self.clock(), BECAUSE)
        )

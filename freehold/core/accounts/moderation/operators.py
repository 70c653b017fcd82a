"""Who may moderate, and what every act of it needs: a reason that those whom it concerns will read."""

from freehold.base.errors import Forbidden, Invalid
from freehold.core.accounts.actor import Actor

LONGEST_REASON = 1000


def demand_operator(actor: Actor, *, to_change: bool = True) -> None:
    """Raise Forbidden unless the actor administers the hub (and may change things, with `to_change`)."""
    if not actor.is_admin or (to_change and not actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")


def checked_reason(text: str) -> str:
    """The reason as one line of words. Raises Invalid for none, and for one that is too long."""
    reason = " ".join(text.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(f"Give a reason of at most {LONGEST_REASON} characters: those whom it concerns will read it.")
    return reason

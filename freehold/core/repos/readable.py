"""Which repositories an actor may read, as a query for those who keep things by repository."""

from freehold.core.accounts.access import Fragment, visible_to
from freehold.core.accounts.actor import Actor


def readable_ids(actor: Actor) -> Fragment:
    """An SQL query of the row ids of every repository that `actor` may read."""
    visible = visible_to(actor, "r")
    return Fragment(f"SELECT r.id FROM repos_repo r WHERE r.disabled = 0 AND {visible.sql}", visible.params)

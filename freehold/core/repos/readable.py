"""Which repositories' content an actor may have, as a query for those who keep things by repository."""

from freehold.core.accounts.access import Fragment, content_open_to
from freehold.core.accounts.actor import Actor


def readable_ids(actor: Actor, at: int | None = None) -> Fragment:
    """An SQL query of the row ids of every repository whose content `actor` may have (`at` some moment: else now)."""
    visible = content_open_to(actor, "r", at)
    return Fragment(f"SELECT r.id FROM repos_repo r WHERE {visible.sql}", visible.params)

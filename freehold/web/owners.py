"""Under which names a person may keep things."""

from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People


def owners_of(people: People, actor: Actor) -> list[str]:
    """The person's own name, then the organisations that they may write in."""
    memberships = people.orgs_of(actor.account_id or "")
    return [actor.name, *(org.name for org in memberships if org.role in ("write", "admin"))]


def creatable_by(people: People, actor: Actor) -> list[str]:
    """The person's own name, then the organisations in which they may make or bring repositories."""
    memberships = people.orgs_of(actor.account_id or "")
    return [actor.name, *(org.name for org in memberships if org.role in ("contributor", "write", "admin"))]

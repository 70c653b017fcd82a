"""Under which names a person may keep things."""

from collections.abc import Collection

from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People


def owners_of(people: People, actor: Actor) -> list[str]:
    """The person's own name, then the organisations that they may write in."""
    return _named(people, actor, ("write", "admin"))


def creatable_by(people: People, actor: Actor) -> list[str]:
    """The person's own name, then the organisations in which they may make or bring repositories."""
    return _named(people, actor, ("contributor", "write", "admin"))


def _named(people: People, actor: Actor, roles: Collection[str]) -> list[str]:
    return [actor.name, *(org.name for org in people.orgs_of(actor.account_id or "") if org.role in roles)]

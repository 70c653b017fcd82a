"""Organisations that an application may be let reach: offered where it asks for what they have, chosen one by one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from freehold.core.accounts.access import NO_ACCESS
from freehold.core.accounts.people import People
from freehold.wire.oauth.scopes import REACHING


@dataclass(frozen=True, slots=True)
class Choice:
    """One organisation of the person's; `wanted`: the application names it, or was let reach it before."""

    id: str
    name: str
    wanted: bool


def offered(
    people: People, account_id: str, scopes: Iterable[str], wanted: Iterable[str] = (), *, most: int = 100
) -> Sequence[Choice]:
    """What can be chosen; nothing where no scope is about what organisations have."""
    if not REACHING & set(scopes):
        return ()
    asked = set(wanted)
    mine = [one for one in people.orgs_of(account_id) if one.role != NO_ACCESS]
    return [Choice(one.id, one.name, one.id in asked) for one in mine[:most]]


def chosen(choices: Iterable[Choice], form: Mapping[str, str]) -> tuple[str, ...]:
    """The ids of those that the form names, out of what was offered."""
    return tuple(one.id for one in choices if form.get(f"org:{one.id}") == "1")

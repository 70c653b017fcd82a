"""What is told of access to gated repositories, and whom: its holder of what becomes of it, and those who decide."""

from dataclasses import dataclass

from freehold.base.words import later
from freehold.core.accounts.people import People
from freehold.core.queue.events import AccessState, Event

_DELETE = (
    "New downloads have stopped. This hub cannot reach copies that were made: you are asked to delete yours, and to"
    " say so on the page of your access requests. Nobody can check that; your word is kept and shown to the authors."
)
_TEXTS = {
    "accepted": "The signed receipt lies on the page of its gate.",
    "rejected": "",
    "pending": "",
    "lapsed": "Nobody decided within 30 days. You may ask again.",
    "revoked": _DELETE,
    "expired": _DELETE,
    "suspended": "New downloads have stopped until it is resumed.",
    "resumed": "",
    "stale": "Agree to them on its page to go on downloading.",
}
"""What the holder of access, or those who speak for the organisation that holds it, read below a title."""


@dataclass(frozen=True, slots=True)
class Said:
    """A notice in words; `reason` is access for who holds it, request for who decides."""

    reason: str
    title: str
    text: str = ""


def concerned(people: People, event: Event) -> dict[str, Said]:
    """The accounts that an event at a gate concerns, without the one that did it, each with what it is told."""
    access, place = event.access, _place(event)
    told: dict[str, Said] = {}
    if access is not None and (title := _to_owners(access.became, access.account_name, place)):
        told |= dict.fromkeys(people.speakers(event.repo.owner_id), Said("request", title))
    if access is not None and access.became in _TEXTS:
        told |= dict.fromkeys(people.speakers(access.account_id), _to_holder(people, access, place))
    told.pop(event.actor_id or "", None)
    return told


def _place(event: Event) -> str:
    group = event.access.group if event.access else None
    return later(f"the collection {group.title}") if group else f"{event.repo.namespace}/{event.repo.name}"


def _to_owners(became: str, who: str, where: str) -> str | None:
    """What those who decide at a gate read."""
    titles = {
        "requested": later(f"{who} asks for access to {where}"),
        "deleted": later(f"{who} says that the copies from {where} are deleted"),
    }
    return titles.get(became)


def _to_holder(people: People, access: AccessState, place: str) -> Said:
    subject = people.by_id(access.account_id)
    own = subject is None or subject.kind == "user"
    title = _of_own(place) if own else _of_org(access.account_name, place)
    reason = f"They say: {access.reason}\n\n" if access.reason else ""
    return Said("access", title[access.became], reason + _TEXTS[access.became])


def _of_own(where: str) -> dict[str, str]:
    return {
        "accepted": later(f"Your request for {where} was accepted"),
        "rejected": later(f"Your request for {where} was rejected"),
        "pending": later(f"Your request for {where} waits for a decision again"),
        "lapsed": later(f"Your request for {where} has lapsed"),
        "revoked": later(f"Your access to {where} was ended"),
        "expired": later(f"Your access to {where} has run out"),
        "suspended": later(f"Your access to {where} is suspended"),
        "resumed": later(f"Your access to {where} is resumed"),
        "stale": later(f"The terms of {where} have changed"),
    }


def _of_org(who: str, where: str) -> dict[str, str]:
    return {
        "accepted": later(f"{who}'s request for {where} was accepted"),
        "rejected": later(f"{who}'s request for {where} was rejected"),
        "pending": later(f"{who}'s request for {where} waits for a decision again"),
        "lapsed": later(f"{who}'s request for {where} has lapsed"),
        "revoked": later(f"{who}'s access to {where} was ended"),
        "expired": later(f"{who}'s access to {where} has run out"),
        "suspended": later(f"{who}'s access to {where} is suspended"),
        "resumed": later(f"{who}'s access to {where} is resumed"),
        "stale": later(f"The terms of {where} have changed"),
    }

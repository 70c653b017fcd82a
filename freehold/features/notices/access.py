"""What is told of access to gated repositories, and whom: its holder of what becomes of it, and those who decide."""

from dataclasses import dataclass

from freehold.core.accounts.people import People
from freehold.core.queue.events import AccessState, Event

_DELETE = (
    "New downloads have stopped. This hub cannot reach copies that were made: you are asked to delete yours, and to"
    " say so on the page of your access requests. Nobody can check that; your word is kept and shown to the authors."
)
TO_HOLDERS = {
    "accepted": ("{whose} request for {repo} was accepted", "The signed receipt lies on the page of its gate."),
    "rejected": ("{whose} request for {repo} was rejected", ""),
    "pending": ("{whose} request for {repo} waits for a decision again", ""),
    "lapsed": ("{whose} request for {repo} has lapsed", "Nobody decided within 30 days. You may ask again."),
    "revoked": ("{whose} access to {repo} was ended", _DELETE),
    "expired": ("{whose} access to {repo} has run out", _DELETE),
    "suspended": ("{whose} access to {repo} is suspended", "New downloads have stopped until it is resumed."),
    "resumed": ("{whose} access to {repo} is resumed", ""),
    "stale": ("The terms of {repo} have changed", "Agree to them on its page to go on downloading."),
}
"""What the holder of access, or those who speak for the organisation that holds it, read: a title and a text."""

TO_OWNERS = {
    "requested": "{who} asks for access to {repo}",
    "deleted": "{who} says that the copies from {repo} are deleted",
}
"""What those who decide at a gate read."""


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
    if access is not None and access.became in TO_OWNERS:
        title = TO_OWNERS[access.became].format(who=access.account_name, repo=place)
        told |= dict.fromkeys(people.speakers(event.repo.owner_id), Said("request", title))
    if access is not None and access.became in TO_HOLDERS:
        told |= dict.fromkeys(people.speakers(access.account_id), _to_holder(people, access, place))
    told.pop(event.actor_id or "", None)
    return told


def _place(event: Event) -> str:
    group = event.access.group if event.access else None
    return f"the collection {group.title}" if group else f"{event.repo.namespace}/{event.repo.name}"


def _to_holder(people: People, access: AccessState, place: str) -> Said:
    subject = people.by_id(access.account_id)
    whose = "Your" if subject is None or subject.kind == "user" else f"{access.account_name}'s"
    title, text = TO_HOLDERS[access.became]
    reason = f"They say: {access.reason}\n\n" if access.reason else ""
    return Said("access", title.format(whose=whose, repo=place), reason + text)

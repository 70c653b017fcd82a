"""Who hears of an event in a discussion: those who take part, those who are mentioned, and the repository's owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from freehold.base.ids import new_id
from freehold.core.accounts.people import People
from freehold.core.queue.events import AccessState, Event
from freehold.features.notices.inbox import Inbox, Notice
from freehold.features.notices.sight import Sight
from freehold.features.notices.threads import Threads
from freehold.stores.db.database import Database, Transaction

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

MOST_MENTIONS = 50
"""So many people can be called by one text; further names are only text."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Turns events into notices, each person's own."""

    db: Database
    people: People
    sight: Sight
    threads: Threads
    inbox: Inbox

    def tell(self, event: Event) -> None:
        """Tell whom it concerns; a repeat tells nobody twice."""
        if event.access is not None:
            self._tell_of_access(event, event.access)
        if event.discussion is None:
            return
        with self.db.write() as tx:
            for account_id in self._taking_part(event):
                self.threads.join(tx, event.discussion.id, account_id)
        mentioned = [] if event.comment is not None and event.comment.hidden else self._mentioned(event)
        reasons = self._reasons(event, mentioned)
        reasons.pop(event.actor_id or "", None)
        reasons = {
            account_id: reason
            for account_id, reason in reasons.items()
            if self.sight.may_see(account_id, event.repo.id)
        }
        if reasons:
            with self.db.write() as tx:
                self._write(tx, event, reasons)

    def _tell_of_access(self, event: Event, access: AccessState) -> None:
        """What becomes of access, to its holder; a request, and the word that copies are deleted, to who decides."""
        place = f"{event.repo.namespace}/{event.repo.name}"
        told: dict[str, tuple[str, str]] = {}
        if access.became in TO_OWNERS:
            said = TO_OWNERS[access.became].format(who=access.account_name, repo=place)
            told |= dict.fromkeys(self.people.speakers(event.repo.owner_id), (said, ""))
        if access.became in TO_HOLDERS:
            subject = self.people.by_id(access.account_id)
            whose = "Your" if subject is None or subject.kind == "user" else f"{access.account_name}'s"
            title, text = TO_HOLDERS[access.became]
            reason = f"They say: {access.reason}\n\n" if access.reason else ""
            said = (title.format(whose=whose, repo=place), reason + text)
            told |= dict.fromkeys(self.people.speakers(access.account_id), said)
        told.pop(event.actor_id or "", None)
        seen = {who: said for who, said in told.items() if self.sight.may_see(who, event.repo.id)}
        with self.db.write() as tx:
            for account_id, (title, text) in sorted(seen.items()):
                reason = "access" if access.became in TO_HOLDERS else "request"
                notice = Notice(
                    new_id(), account_id, event.id, reason, title, event.actor_name, event.at, excerpt=text,
                    repo_id=event.repo.id,
                )  # fmt: skip
                self.inbox.add(tx, notice)

    def _taking_part(self, event: Event) -> Iterable[str]:
        assert event.discussion is not None  # noqa: S101 - `tell` has looked
        authors = [event.discussion.author_id, event.comment.author_id if event.comment else None]
        return {account_id for account_id in authors if account_id}

    def _mentioned(self, event: Event) -> list[str]:
        names = list(dict.fromkeys(name.lower() for name in event.mentions))[:MOST_MENTIONS]
        accounts = [self.people.by_name(name) for name in names]
        return [account.id for account in accounts if account and account.kind == "user" and not account.disabled]

    def _reasons(self, event: Event, mentioned: Iterable[str]) -> dict[str, str]:
        """Each account with why it is told; what concerns it most wins."""
        assert event.discussion is not None  # noqa: S101 - `tell` has looked
        reasons: dict[str, str] = {}
        why = _why(event)
        if why in ("reply", "merge"):
            reasons |= dict.fromkeys(self.threads.subscribed(event.discussion.id), why)
        elif why == "opened" and event.actor_id != event.repo.owner_id:
            owner = self.people.by_id(event.repo.owner_id)
            reasons |= {owner.id: why} if owner is not None and owner.kind == "user" else {}
        reasons |= dict.fromkeys(mentioned, "mention")
        away = self.threads.left(event.discussion.id)
        return {account_id: reason for account_id, reason in reasons.items() if account_id not in away}

    def _write(self, tx: Transaction, event: Event, reasons: dict[str, str]) -> None:
        said, comment = event.discussion, event.comment
        assert said is not None  # noqa: S101 - `tell` has looked
        for account_id, reason in sorted(reasons.items()):
            self.threads.join(tx, said.id, account_id)
            notice = Notice(
                new_id(), account_id, event.id, reason, said.title, event.actor_name, event.at,
                excerpt="" if comment is None or comment.hidden else comment.content, repo_id=event.repo.id,
                discussion_id=said.id, num=said.num, comment_id=comment.id if comment else None,
            )  # fmt: skip
            self.inbox.add(tx, notice)


def _why(event: Event) -> str:
    match event.scope, event.action, event.change:
        case "discussion", "create", _:
            return "opened"
        case "discussion", "update", "merge":
            return "merge"
        case "discussion.comment", "create", _:
            return "reply"
    return ""

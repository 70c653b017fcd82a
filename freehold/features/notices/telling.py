"""Who hears of an event in a discussion: those who take part, those who are mentioned, and the repository's owner."""

from collections.abc import Iterable
from dataclasses import dataclass

from freehold.base.ids import new_id
from freehold.core.accounts.people import People
from freehold.core.queue.events import Event
from freehold.features.notices.access import concerned
from freehold.features.notices.inbox import Inbox, Notice
from freehold.features.notices.sight import Sight
from freehold.features.notices.threads import Threads
from freehold.stores.db.database import Database, Transaction

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
            self._tell_of_access(event)
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

    def _tell_of_access(self, event: Event) -> None:
        told = concerned(self.people, event)
        group = event.access.group if event.access else None
        if group is None:  # a collection that was hidden since is no secret to those who asked there
            told = {who: said for who, said in told.items() if self.sight.may_see(who, event.repo.id)}
        with self.db.write() as tx:
            for account_id, said in sorted(told.items()):
                notice = Notice(
                    new_id(), account_id, event.id, said.reason, said.title, event.actor_name, event.at,
                    excerpt=said.text, repo_id=None if group else event.repo.id, path=group.path if group else "",
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

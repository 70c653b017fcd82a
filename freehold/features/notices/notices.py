"""The whole room, put together."""

from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid
from freehold.core.accounts.people import People
from freehold.core.accounts.secrets import hub_secret
from freehold.core.accounts.signing_in.letters import SEND, Letters
from freehold.core.queue.queue import Queue
from freehold.core.queue.worker import Handler
from freehold.core.repos.repos import Repos
from freehold.features.notices.courier import Courier
from freehold.features.notices.deliveries import DELIVER, Deliveries
from freehold.features.notices.disabling import Disabling
from freehold.features.notices.inbox import MAIL, Inbox
from freehold.features.notices.letters import LetterPost
from freehold.features.notices.listening import Listening
from freehold.features.notices.mail import Mail, Sender, server_of
from freehold.features.notices.sight import Sight
from freehold.features.notices.telling import Telling
from freehold.features.notices.threads import Threads
from freehold.features.notices.told import AccountNotices
from freehold.features.notices.webhooks import Webhooks
from freehold.stores.db.database import Database
from freehold.stores.outbound.client import Outbound

TRIM = "notices.trim"
TRIM_EVERY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Notices:
    """Webhooks and their deliveries, people's notices and the discussions that they take part in."""

    webhooks: Webhooks
    deliveries: Deliveries
    inbox: Inbox
    threads: Threads
    listening: Listening
    courier: Courier
    mail: Mail
    letters: LetterPost
    of_accounts: AccountNotices

    def slow_handlers(self) -> dict[str, Handler]:
        """The jobs that wait for machines elsewhere, and so must not stand in the way of others."""
        return {DELIVER: self.courier.deliver, MAIL: self.mail.mail, SEND: self.letters.send}

    def trim(self, payload: dict[str, Any]) -> None:
        """The chore that lets go of what is old."""
        self.deliveries.trim(payload)
        self.inbox.trim()
        self.letters.letters.trim()


def open_notices(
    db: Database,
    queue: Queue,
    repos: Repos,
    people: People,
    *,
    letters: Letters,
    outbound: Outbound,
    sender: Sender,
    clock: Clock = now,
) -> Notices:
    """The room. Raises Invalid for mail settings that cannot be."""
    server = server_of(sender.smtp_url)
    if server is not None and "@" not in sender.mail_from:
        raise Invalid("The setting `mail_from` must be an address, such as hub@example.org, where `smtp_url` is set.")
    sight = Sight(repos, people)
    threads = Threads(db, hub_secret(db, "notices-leave"))
    inbox = Inbox(db, queue, mailing=server is not None, clock=clock)
    deliveries = Deliveries(db, queue, Disabling(inbox, clock), clock)
    return Notices(
        Webhooks(db, repos, people, outbound, clock),
        deliveries,
        inbox,
        threads,
        Listening(deliveries, sight, Telling(db, people, sight, threads, inbox)),
        Courier(deliveries, sight, outbound, sender.base, clock),
        Mail(server, sender, inbox, people, repos, sight, threads),
        LetterPost(server, sender, letters, clock),
        AccountNotices(db, inbox, clock),
    )

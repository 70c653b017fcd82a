"""The whole room, put together: an organisation's members, teams and resource groups behind one gate."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.describing import Words, checked, words_of, write
from freehold.core.accounts.orgs.credentials import Credentials
from freehold.core.accounts.orgs.defaults import Defaults
from freehold.core.accounts.orgs.desk import Desk, desk
from freehold.core.accounts.orgs.domains import Domains
from freehold.core.accounts.orgs.groups import Groups
from freehold.core.accounts.orgs.lookalikes import Lookalikes
from freehold.core.accounts.orgs.members import Members
from freehold.core.accounts.orgs.proofs import Proofs, Texts
from freehold.core.accounts.orgs.teams import Teams
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Orgs:
    """What is done with an organisation from within."""

    db: Database
    members: Members
    teams: Teams
    groups: Groups
    domains: Domains
    defaults: Defaults
    credentials: Credentials
    proofs: Proofs
    lookalikes: Lookalikes

    def desk(self, actor: Actor, org: str) -> Desk:
        """To administer the organisation of that name. Raises NotFound, Forbidden."""
        return desk(self.db, actor, org)

    def words(self, at: Desk) -> Words:
        """Who the organisation says it is."""
        with self.db.read() as tx:
            return words_of(tx, at.org_id)

    def describe(self, at: Desk, words: Words) -> None:
        """Say who the organisation is; the name in addresses stays. Raises Invalid."""
        words = checked(words)
        with self.db.write() as tx:
            write(tx, at.org_id, words)
            record(tx, at.actor, "org.profile", at.org)


def open_orgs(db: Database, queue: Queue, texts: Texts, clock: Clock = now) -> Orgs:
    """The room."""
    return Orgs(
        db,
        Members(db, clock),
        Teams(db, clock),
        Groups(db, clock),
        Domains(db, clock),
        Defaults(db),
        Credentials(db, queue, clock),
        Proofs(db, queue, texts, clock),
        Lookalikes(db, clock),
    )

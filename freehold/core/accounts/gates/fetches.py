"""What was fetched under grants of gates: each thing once a day, noted before it is handed out."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from freehold.base.clock import Clock, now
from freehold.core.accounts.access import reached
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.gates.gate import DAY
from freehold.stores.db.database import Database, Transaction
from freehold.stores.db.together import Together

_REMEMBERED = 20_000
MAX_WHAT = 1000


@dataclass(frozen=True, slots=True)
class Fetch:
    """One thing that somebody fetched: `way` is how (file, page, headers, lfs, xet, git, compare, copy)."""

    name: str
    way: str
    what: str
    commit: str
    at: int
    """The first time that day."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who fetches from where, let in by which grant; `path` is the repository's web path."""

    grant_id: str
    actor: Actor
    path: str


@dataclass(frozen=True, slots=True)
class _Noted:
    visit: Visit
    way: str
    what: str
    commit: str
    at: int


class Fetches:
    """The list; a process remembers what it has noted today, so that reading seldom writes.

    Each entry is a line of the audit, too. Downloads that come at the same moment share one transaction: what many
    threads fetch at once waits for the disk, and for the audit's end, once.
    """

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock
        self._noted: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._lock = Lock()
        self._together = Together(db, _write)

    def note(self, visit: Visit, way: str, what: str, commit: str = "") -> None:
        """Note that somebody is about to fetch something under a grant: its holder, or a member of the organisation
        that is. Returns when that is durable.
        """
        moment, what = self._clock(), what.encode("utf-8", "replace").decode()[:MAX_WHAT]
        key = (visit.grant_id, visit.actor.account_id, moment // DAY, way, what, commit)
        if not self._known(key):
            self._together.add(_Noted(visit, way, what, commit, moment))
            self._remember(key)

    def of_request(self, repo_id: str, request_id: str) -> Iterator[Fetch]:
        """Everything that was fetched under the grants that a request has led to, the earliest first."""
        return self._of("g.repo_id = :repo AND g.request_id = :request", repo=repo_id, request=request_id)

    def of_grant(self, grant_id: str, actor: Actor) -> Iterator[Fetch]:
        """What was fetched under a grant: by everybody for its holder, or who administers it; else by oneself."""
        allowed = reached(actor, "m.org_id")
        return self._of(
            "f.grant_id = :grant AND (f.account_id = :who OR g.account_id IN (SELECT m.org_id FROM accounts_membership"
            f" m WHERE m.user_id = :who AND m.role = 'admin' AND {allowed.sql}))",
            grant=grant_id, who=actor.account_id, **allowed.params,
        )  # fmt: skip

    def _of(self, condition: str, **params: Any) -> Iterator[Fetch]:
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT a.name, f.way, f.what, f.commit_oid, f.at FROM accounts_gate_fetch_by f"
                " JOIN accounts_gate_grant g ON g.id = f.grant_id JOIN accounts_account a ON a.id = f.account_id"
                f" WHERE {condition} ORDER BY f.at, f.way, f.what",
                **params,
            )
        return (Fetch(row.name, row.way, row.what, row.commit_oid, row.at) for row in rows)

    def _known(self, key: tuple[object, ...]) -> bool:
        with self._lock:
            return key in self._noted

    def _remember(self, key: tuple[object, ...]) -> None:
        with self._lock:
            self._noted[key] = None
            if len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)


def _write(tx: Transaction, noted: Sequence[_Noted]) -> None:
    for one in noted:
        added = tx.run(
            "INSERT INTO accounts_gate_fetch_by (grant_id, account_id, day, way, what, commit_oid, at)"
            " VALUES (:grant, :who, :day, :way, :what, :commit, :at)"
            " ON CONFLICT (grant_id, account_id, day, way, what, commit_oid) DO NOTHING",
            grant=one.visit.grant_id, who=one.visit.actor.account_id, day=one.at // DAY, way=one.way, what=one.what,
            commit=one.commit, at=one.at,
        )  # fmt: skip
        if added.rowcount:
            words = {"grant": one.visit.grant_id, "way": one.way, "what": one.what, "commit": one.commit}
            record(tx, one.visit.actor, "gate.fetch", one.visit.path, **words)

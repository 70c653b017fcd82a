"""What was fetched under grants of gates: each thing once a day, noted before it is handed out."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from freehold.base.clock import Clock, now
from freehold.core.accounts.gates.gate import DAY
from freehold.stores.db.database import Database

_REMEMBERED = 20_000
MAX_WHAT = 1000


@dataclass(frozen=True, slots=True)
class Fetch:
    """One thing that somebody fetched: `way` is how (file, page, lfs, xet, git, compare, copy)."""

    name: str
    way: str
    what: str
    commit: str
    at: int
    """The first time that day."""


class Fetches:
    """The list; a process remembers what it has noted today, so that reading seldom writes."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock
        self._noted: OrderedDict[tuple[object, ...], None] = OrderedDict()
        self._lock = Lock()

    def note(self, grant_id: str, way: str, what: str, commit: str = "") -> None:
        """Note that the holder of a grant fetches something."""
        moment, what = self._clock(), what.encode("utf-8", "replace").decode()[:MAX_WHAT]
        key = (grant_id, moment // DAY, way, what, commit)
        if self._known(key):
            return
        with self._db.write() as tx:
            tx.run(
                "INSERT INTO accounts_gate_fetch (grant_id, day, way, what, commit_oid, at)"
                " VALUES (:grant, :day, :way, :what, :commit, :now)"
                " ON CONFLICT (grant_id, day, way, what, commit_oid) DO NOTHING",
                day=moment // DAY, way=way, what=what, commit=commit, now=moment, grant=grant_id,
            )  # fmt: skip
        self._remember(key)

    def of_request(self, repo_id: str, request_id: str) -> Iterator[Fetch]:
        """Everything that was fetched under the grants that a request has led to, the earliest first."""
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT a.name, f.way, f.what, f.commit_oid, f.at FROM accounts_gate_fetch f"
                " JOIN accounts_gate_grant g ON g.id = f.grant_id JOIN accounts_account a ON a.id = g.account_id"
                " WHERE g.repo_id = :repo AND g.request_id = :request ORDER BY f.at, f.way, f.what",
                repo=repo_id, request=request_id,
            )  # fmt: skip
        return (Fetch(row.name, row.way, row.what, row.commit_oid, row.at) for row in rows)

    def _known(self, key: tuple[object, ...]) -> bool:
        with self._lock:
            return key in self._noted

    def _remember(self, key: tuple[object, ...]) -> None:
        with self._lock:
            self._noted[key] = None
            if len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)

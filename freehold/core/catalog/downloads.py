"""How often repositories are downloaded, by day; no request waits for it.

What is seen is gathered in memory and written every few seconds, so a process that is killed forgets the last of it.
The same caller is counted again only after five minutes, whichever process they ask. Nobody's address is kept: a
caller is a hash under a key of that day, and forgotten when the day is over.
"""

import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from freehold.base.clock import Clock, now
from freehold.base.errors import HubError
from freehold.core.accounts.access import Right
from freehold.core.catalog.counting import is_query_file
from freehold.core.repos.reader import RepoReader
from freehold.stores.db.database import Database, Transaction

DAY = 24 * 3600 * 1_000_000
AGAIN = 5 * 60 * 1_000_000
RECENT_DAYS = 30
"""What `downloads` says, as on the Hub; `downloadsAllTime` says the rest."""

SETTLED = 7 * DAY
"""How old an account must be for its downloads and likes to say anything about what is trending."""

WRITE_EVERY_S = 5.0
_MOST_WAITING = 5_000

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Seen:
    """One caller of one repository; `account` None: not signed in; `inside`: somebody who may write it."""

    repo_id: str
    caller: str
    account: str | None
    inside: bool


@dataclass(slots=True)
class Tally:
    """What is new of one repository on one day."""

    downloads: int = 0
    accounts: int = 0
    addresses: int = 0


class Downloads:
    """Notes downloads, and tells how many there were."""

    def __init__(self, db: Database, key: bytes, clock: Clock = now) -> None:
        self._db, self._key, self._clock = db, key, clock
        self._lock = threading.Lock()
        self._waiting: dict[Seen, int] = {}
        self._timer: threading.Timer | None = None

    def note(self, reader: RepoReader, path: str, address: str) -> None:
        """A file is about to be fetched through `reader`, from a network address; cheap, and never fails."""
        repo, account = reader.repo, reader.actor.account_id
        if not is_query_file(repo.kind, path):
            return
        seen = Seen(repo.id, account or address, account, reader.right >= Right.WRITE)
        with self._lock:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.setdefault(seen, self._clock())
            if self._timer is None:
                self._timer = threading.Timer(WRITE_EVERY_S, self.write)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what has been seen so far."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        try:
            if waiting:
                with self._db.write() as tx:
                    self._count(tx, waiting)
        except HubError as error:
            # A count is worth no failing download; the store's own alarms are elsewhere.
            log.warning("downloads could not be counted", count=len(waiting), exc_info=error)

    def by_day(self, repo_id: str) -> list[int]:
        """Downloads of each of the last thirty days, today (UTC) last."""
        today = self._clock() // DAY
        first = today - RECENT_DAYS + 1
        sql = "SELECT day, downloads FROM catalog_download WHERE repo_id = :repo AND day >= :first"
        with self._db.read() as tx:
            counts = {row.day: int(row.downloads) for row in tx.all(sql, repo=repo_id, first=first)}
        return [counts.get(day, 0) for day in range(first, today + 1)]

    def _count(self, tx: Transaction, waiting: Mapping[Seen, int]) -> None:
        ids = list({seen.repo_id for seen in waiting})
        there = {row.id for row in tx.within("SELECT id FROM repos_repo WHERE id IN :values", ids)}
        accounts = list({seen.account for seen in waiting if seen.account})
        settled = {
            row.id
            for row in tx.within(
                "SELECT id FROM accounts_account WHERE id IN :values AND created_at <= :before",
                accounts, before=self._clock() - SETTLED,
            )
        }  # fmt: skip
        tallies: dict[tuple[str, int], Tally] = {}
        # In one order, so that two processes never wait for each other's rows.
        for seen, at in sorted(waiting.items(), key=lambda one: (one[0].repo_id, one[0].caller)):
            if seen.repo_id not in there:
                continue
            tally = tallies.setdefault((seen.repo_id, at // DAY), Tally())
            first, again = self._is_new(tx, seen, at)
            tally.downloads += first or again
            tally.accounts += first and not seen.inside and seen.account in settled
            tally.addresses += first and seen.account is None
        for (repo_id, day), tally in tallies.items():
            _keep(tx, repo_id, day, tally)

    def _is_new(self, tx: Transaction, seen: Seen, at: int) -> tuple[bool, bool]:
        """Whether this caller comes for the first time today; else, whether five minutes have passed."""
        day = at // DAY
        text = f"{day}\0{seen.caller}".encode()
        who = hmac.new(self._key, text, hashlib.sha256).hexdigest()[:32]
        where: dict[str, Any] = {"repo": seen.repo_id, "day": day, "who": who, "at": at}
        first = tx.run(
            "INSERT INTO catalog_downloader (repo_id, day, who, counted_at) VALUES (:repo, :day, :who, :at)"
            " ON CONFLICT (day, repo_id, who) DO NOTHING",
            **where,
        ).rowcount
        if first:
            return True, False
        again = tx.run(
            "UPDATE catalog_downloader SET counted_at = :at WHERE repo_id = :repo AND day = :day AND who = :who"
            " AND counted_at <= :before",
            before=at - AGAIN,
            **where,
        ).rowcount
        return False, bool(again)


def _keep(tx: Transaction, repo_id: str, day: int, tally: Tally) -> None:
    if not tally.downloads:
        return
    many = {"repo": repo_id, "downloads": tally.downloads}
    tx.run(
        "INSERT INTO catalog_download (repo_id, day, downloads, accounts, addresses)"
        " VALUES (:repo, :day, :downloads, :accounts, :addresses) ON CONFLICT (repo_id, day) DO UPDATE SET"
        " downloads = catalog_download.downloads + excluded.downloads,"
        " accounts = catalog_download.accounts + excluded.accounts,"
        " addresses = catalog_download.addresses + excluded.addresses",
        day=day,
        accounts=tally.accounts,
        addresses=tally.addresses,
        **many,
    )
    tx.run(
        "INSERT INTO catalog_use (repo_id, kind, recent, total) SELECT r.id, r.kind, :downloads, :downloads"
        " FROM repos_repo r WHERE r.id = :repo ON CONFLICT (repo_id) DO UPDATE SET"
        " recent = catalog_use.recent + excluded.recent, total = catalog_use.total + excluded.total",
        **many,
    )


def forget(tx: Transaction, repo_id: str) -> None:
    """Drop the counts of a repository that is gone."""
    for table in ("catalog_download", "catalog_downloader", "catalog_use"):
        tx.run(f"DELETE FROM {table} WHERE repo_id = :repo", repo=repo_id)

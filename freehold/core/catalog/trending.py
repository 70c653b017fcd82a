"""What is trending, made anew every hour: distinct people count, requests do not.

    score = sum over the last 14 days of 2^(-age / 3) * (people + 3 * likes + log2(1 + addresses) / 2)

`age` is in days. `people` are signed-in accounts that downloaded, `likes` were given by accounts; both count only from
accounts that are a week old and may not write the repository themselves. `addresses` are those of visitors who are not
signed in, which cost nothing to have many of, and so count by their logarithm. A namespace younger than three days does
not trend at all: what is pushed up on its first day is what impersonation looks like.
"""

import math
from collections.abc import Sequence

from freehold.base.clock import Clock, now
from freehold.core.catalog.downloads import DAY, RECENT_DAYS, SETTLED
from freehold.stores.db.database import Database, Transaction

DAYS = 14
HALF_LIFE = 3.0
HELD = 3 * DAY
EVERY_S = 3600
TALLY = "catalog.tally"
_PORTION = 500


def worth(age: int, people: int, likes: int, addresses: int) -> float:
    """What one day adds to a score; `age` is how many days ago it was."""
    return 2 ** (-age / HALF_LIFE) * (people + 3 * likes + math.log2(1 + addresses) / 2)


class Trending:
    """The hourly work on `catalog_use`: what has left the last thirty days, and the scores."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def tally(self, _payload: object = None) -> None:
        """The job: every repository that was used or liked lately, or counted as such until now."""
        at = self._clock()
        with self._db.write() as tx:
            tx.run("DELETE FROM catalog_downloader WHERE day < :day", day=at // DAY)
        last = ""
        while ids := self._next(last, at):
            # A portion at a time, so that nobody waits long for the tables.
            with self._db.write() as tx:
                self._renew(tx, ids, at)
            last = ids[-1]

    def _next(self, last: str, at: int) -> list[str]:
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT repo_id FROM catalog_use WHERE repo_id > :last AND (recent > 0 OR trend > 0) UNION"
                " SELECT repo_id FROM catalog_like WHERE repo_id > :last AND created_at > :since"
                " ORDER BY repo_id LIMIT :most",
                last=last, since=at - DAYS * DAY, most=_PORTION,
            )  # fmt: skip
        return [row.repo_id for row in rows]

    def _renew(self, tx: Transaction, ids: Sequence[str], at: int) -> None:
        scores = dict.fromkeys(ids, 0.0)
        recent = dict.fromkeys(ids, 0)
        today = at // DAY
        for row in tx.within(
            "SELECT repo_id, day, downloads, accounts, addresses FROM catalog_download"
            " WHERE repo_id IN :values AND day > :since",
            ids, since=today - RECENT_DAYS,
        ):  # fmt: skip
            recent[row.repo_id] += row.downloads
            if today - row.day < DAYS:
                scores[row.repo_id] += worth(today - row.day, row.accounts, 0, row.addresses)
        for row in tx.within(
            "SELECT l.repo_id, l.created_at FROM catalog_like l JOIN accounts_account a ON a.id = l.account_id"
            " JOIN repos_repo r ON r.id = l.repo_id WHERE l.repo_id IN :values AND l.created_at > :since"
            " AND a.created_at <= :settled AND l.account_id <> r.owner_id",
            ids, since=at - DAYS * DAY, settled=at - SETTLED,
        ):  # fmt: skip
            scores[row.repo_id] += worth(today - row.created_at // DAY, 0, 1, 0)
        held = {
            row.id
            for row in tx.within(
                "SELECT r.id FROM repos_repo r JOIN accounts_account a ON a.id = r.owner_id"
                " WHERE r.id IN :values AND a.created_at > :since",
                ids, since=at - HELD,
            )
        }  # fmt: skip
        tx.many(
            "INSERT INTO catalog_use (repo_id, kind, recent, trend) SELECT r.id, r.kind, :recent, :trend"
            " FROM repos_repo r WHERE r.id = :repo ON CONFLICT (repo_id)"
            " DO UPDATE SET recent = excluded.recent, trend = excluded.trend",
            [
                {"repo": one, "recent": recent[one], "trend": 0 if one in held else round(1000 * scores[one])}
                for one in ids
            ],
        )

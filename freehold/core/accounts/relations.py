"""Who follows whom and who belongs to which organisation, as lists of accounts; shut accounts are in none of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.by_words import by_words
from freehold.core.accounts.names import name_key
from freehold.stores.db.database import Database, Row

Mark = tuple[int, str]
"""Where a page of a list ends: the time of its last line, and the id that tells equal times apart."""

FIRST: Mark = (2**62, "")

_SHOWN = "a.id, a.kind, a.name, a.full_name, a.about, a.website"


@dataclass(frozen=True, slots=True)
class Known:
    """What everybody may know of an account."""

    id: str
    kind: str
    """`user` or `org`."""
    name: str
    full_name: str
    at: int
    """Since when: of the follow, of the membership, or of the account itself."""
    about: str = ""
    """What it says of itself, in plain words."""
    website: str = ""

    @property
    def mark(self) -> Mark:
        """Where a page that ends here is continued."""
        return (self.at, self.id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many accounts are in each list of an account."""

    followers: int
    following: int
    members: int


class Relations:
    """Lists are newest first, in pages."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def follow(self, actor: Actor, account: Known, *, follows: bool) -> None:
        """Follow an account, or no longer; twice is as good as once. Raises Forbidden, and Invalid for oneself."""
        if actor.account_id is None or not actor.may_write:
            raise Forbidden("Only a signed-in person can follow others.")
        if actor.account_id == account.id:
            raise Invalid("Nobody can follow themselves.")
        pair = {"follower": actor.account_id, "followed": account.id}
        with self._db.write() as tx:
            if follows:
                sql = (
                    "INSERT INTO accounts_follow (follower_id, followed_id, created_at)"
                    " VALUES (:follower, :followed, :now) ON CONFLICT (follower_id, followed_id) DO NOTHING"
                )
                changed = tx.run(sql, now=self._clock(), **pair).rowcount
            else:
                sql = "DELETE FROM accounts_follow WHERE follower_id = :follower AND followed_id = :followed"
                changed = tx.run(sql, **pair).rowcount
            if changed:
                record(tx, actor, "account.follow" if follows else "account.unfollow", account.name)

    def follows(self, actor: Actor, account_id: str) -> bool:
        """Whether the actor follows the account."""
        sql = "SELECT 1 FROM accounts_follow WHERE follower_id = :actor AND followed_id = :account"
        with self._db.read() as tx:
            return tx.first(sql, actor=actor.account_id or "", account=account_id) is not None

    def followers(self, account_id: str, after: Mark = FIRST, limit: int = 100) -> Sequence[Known]:
        """Who follows the account."""
        return self._list(
            "accounts_follow l JOIN accounts_account a ON a.id = l.follower_id",
            "l.followed_id",
            account_id,
            after,
            limit,
        )

    def following(self, account_id: str, after: Mark = FIRST, limit: int = 100) -> Sequence[Known]:
        """Whom the person follows: people and organisations."""
        return self._list(
            "accounts_follow l JOIN accounts_account a ON a.id = l.followed_id",
            "l.follower_id",
            account_id,
            after,
            limit,
        )

    def members(self, org_id: str, after: Mark = FIRST, limit: int = 100) -> Sequence[Known]:
        """Who belongs to the organisation, whatever their role."""
        return self._list(
            "accounts_membership l JOIN accounts_account a ON a.id = l.user_id", "l.org_id", org_id, after, limit
        )

    def counts(self, account_id: str) -> Counts:
        """The lengths of the lists."""
        with self._db.read() as tx:
            row = tx.first(
                "SELECT (SELECT count(*) FROM accounts_follow l JOIN accounts_account a ON a.id = l.follower_id"
                " WHERE l.followed_id = :id AND a.disabled = 0) AS followers,"
                " (SELECT count(*) FROM accounts_follow l JOIN accounts_account a ON a.id = l.followed_id"
                " WHERE l.follower_id = :id AND a.disabled = 0) AS following,"
                " (SELECT count(*) FROM accounts_membership l JOIN accounts_account a ON a.id = l.user_id"
                " WHERE l.org_id = :id AND a.disabled = 0) AS members",
                id=account_id,
            )
        return Counts(int(row.followers), int(row.following), int(row.members)) if row else Counts(0, 0, 0)

    def known(self, account_ids: Sequence[str]) -> dict[str, Known]:
        """The accounts of these ids by id, but for the shut ones."""
        with self._db.read() as tx:
            sql = f"SELECT {_SHOWN}, a.created_at FROM accounts_account a WHERE a.disabled = 0 AND a.id IN :values"
            return {row.id: _known(row) for row in tx.within(sql, list(set(account_ids)))}

    def by_name(self, name: str) -> Known | None:
        """The account of that name, in any case, unless it is shut."""
        sql = f"SELECT {_SHOWN}, a.created_at FROM accounts_account a WHERE a.disabled = 0 AND a.name_key = :key"
        with self._db.read() as tx:
            row = tx.first(sql, key=name_key(name))
        return None if row is None else _known(row)

    def find(self, kind: str, words: Sequence[str], limit: int = 20) -> Sequence[Known]:
        """Accounts of one kind whose name or full name has every word: the exact first, then those that begin so."""
        if not words:
            return []
        with self._db.read() as tx:
            return [_known(row) for row in by_words(tx, kind, words, f"{_SHOWN}, a.created_at", limit)]

    def followed_among(self, actor: Actor, account_ids: Sequence[str]) -> set[str]:
        """Those of the accounts that the actor follows."""
        sql = "SELECT followed_id FROM accounts_follow WHERE follower_id = :actor AND followed_id IN :values"
        with self._db.read() as tx:
            return {row.followed_id for row in tx.within(sql, account_ids, actor=actor.account_id or "")}

    def _list(self, rows: str, key: str, account_id: str, after: Mark, limit: int) -> Sequence[Known]:
        with self._db.read() as tx:
            found = tx.all(
                f"SELECT {_SHOWN}, l.created_at FROM {rows} WHERE {key} = :account AND a.disabled = 0"
                " AND l.created_at <= :at AND (l.created_at < :at OR a.id > :id)"
                " ORDER BY l.created_at DESC, a.id LIMIT :limit",
                account=account_id,
                at=after[0],
                id=after[1],
                limit=limit,
            )
        return [_known(row) for row in found]


def _known(row: Row) -> Known:
    return Known(row.id, row.kind, row.name, row.full_name, row.created_at, row.about, row.website)

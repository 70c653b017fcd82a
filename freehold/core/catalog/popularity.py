"""How many people use and like a repository."""

from dataclasses import dataclass

from freehold.stores.db.database import Row, Transaction

COLUMNS = (
    "COALESCE(u.likes, 0) AS likes, COALESCE(u.recent, 0) AS recent, COALESCE(u.total, 0) AS total,"
    " COALESCE(u.trend, 0) AS trend"
)
"""What `read_popularity` reads."""

JOIN = "LEFT JOIN catalog_use u ON u.repo_id = r.id"
"""The table behind COLUMNS, beside rows `r` of repositories."""


@dataclass(frozen=True, slots=True)
class Popularity:
    """`downloads` are those of the last thirty days; `trend` is the trending score."""

    likes: int = 0
    downloads: int = 0
    all_time: int = 0
    trend: float = 0.0


def read_popularity(row: Row) -> Popularity:
    """The popularity of a row that has COLUMNS."""
    return Popularity(row.likes, row.recent, row.total, row.trend / 1000)


def popularity_of(tx: Transaction, repo_id: str) -> Popularity:
    """That of one repository."""
    row = tx.first("SELECT likes, recent, total, trend FROM catalog_use WHERE repo_id = :repo", repo=repo_id)
    return Popularity() if row is None else read_popularity(row)

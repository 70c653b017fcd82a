"""How a gate decides, in figures that everybody may see: they tell of no single person."""

from dataclasses import dataclass
from statistics import median

from freehold.stores.db.database import Database

FEWEST = 10
"""Of fewer decisions nothing is told: it would tell of people."""
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the newest decisions by people; what lapsed counts as unanswered."""

    decided: int
    approved: int
    """In percent of those decided and unanswered."""
    delay: int
    """Microseconds from asking to the decision, of the median."""
    unanswered: int


def figures_of(db: Database, repo_id: str) -> Figures | None:
    """A gate's figures; None where there are too few decisions to tell."""
    with db.read() as tx:
        rows = tx.all(
            "SELECT verdict, asked_at, decided_at FROM accounts_gate_decision WHERE repo_id = :repo"
            " AND (decided_by IS NOT NULL OR verdict = 'lapsed') ORDER BY decided_at DESC LIMIT :most",
            repo=repo_id, most=_MOST,
        )  # fmt: skip
    decided = [row for row in rows if row.verdict != "lapsed"]
    if len(rows) < FEWEST or not decided:
        return None
    approved = sum(row.verdict == "accepted" for row in decided)
    delay = median(row.decided_at - row.asked_at for row in decided)
    return Figures(len(decided), round(100 * approved / len(rows)), int(delay), len(rows) - len(decided))

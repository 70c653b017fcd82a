"""A gate as rows: versions of its terms, requests of people and organisations, and what was granted to whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from freehold.core.queue.events import GroupState, RepoState
from freehold.stores.db.database import Row, Transaction
from freehold.wire.gates.terms import Terms, read_document

STATUSES = ("pending", "accepted", "rejected")
LIVE = "('active', 'suspended', 'stale')"
DAY = 24 * 3600 * 1_000_000


class Standing(StrEnum):
    """How somebody stands at a gate; only `ACTIVE` is let in."""

    NONE = "none"
    PENDING = "pending"
    LAPSED = "lapsed"
    """Nobody decided in time; they may ask again."""
    REJECTED = "rejected"
    COOLED = "cooled"
    """Rejected so long ago that they may ask again."""
    ACTIVE = "active"
    SUSPENDED = "suspended"
    STALE = "stale"
    """The terms have changed, and the owner wants them agreed to again."""
    EXPIRED = "expired"


MAY_ASK = (Standing.NONE, Standing.LAPSED, Standing.COOLED, Standing.STALE, Standing.EXPIRED)


class Reaccept(StrEnum):
    """What new terms do to those who have agreed to older ones."""

    NONE = "none"
    """Nothing: what was granted holds under the text that was agreed to."""
    NEXT = "next_download"
    """They must agree before they begin another download; what they have begun they may finish."""
    NOW = "now"
    """They must agree at once: links and tokens that they were given before open nothing either."""


_REACCEPT = (Reaccept.NONE, Reaccept.NOW, Reaccept.NEXT)
"""As numbers in rows."""


@dataclass(frozen=True, slots=True)
class GateRef:
    """Which gate, of a repository or a group: its row, its web path for the audit, and whether it lets in by itself."""

    repo_id: str
    """A repository's, or a group's."""
    path: str
    automatic: bool
    state: RepoState | None = None
    """As events carry it; None: nobody is told."""
    group: GroupState | None = None
    """As events carry it, of a group; None: the gate is one repository's."""
    shut: bool = True
    """Whether anybody needs to ask."""

    @property
    def owner_id(self) -> str:
        """Whose it is; empty where that is not known."""
        return self.state.owner_id if self.state else ""

    @property
    def name(self) -> str:
        """In words, such as `model alice/birds`."""
        return f"{self.state.kind} {self.state.namespace}/{self.state.name}" if self.state else self.path


@dataclass(frozen=True, slots=True)
class Policy:
    """How a gate is kept."""

    reaccept: Reaccept = Reaccept.NONE
    days: int | None = None
    """How long a grant holds; None: until somebody ends it."""
    cooldown: int | None = None
    """After how many days somebody who was rejected may ask again; None: never."""
    keep: int = 180
    """How many days answers are kept after access has ended."""
    level: int = -1
    """Which identity it demands (`identity.py`); -1: none."""

    @property
    def reaccept_number(self) -> int:
        """As its row has it."""
        return _REACCEPT.index(self.reaccept)


@dataclass(frozen=True, slots=True)
class TermsVersion:
    """The terms of a gate as they were at some time. Never changes."""

    id: str
    version: int
    sha256: str
    document: str
    commit: str
    created_at: int

    @property
    def terms(self) -> Terms:
        """The same as a value."""
        return read_document(self.document)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asked: a person or (`kind` is "org") an organisation. `email` is None for who never agreed to share it."""

    id: str
    name: str
    full_name: str
    email: str | None
    kind: str = "user"


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to download, of one account for one repository, while its state is `active` and its time runs."""

    id: str
    terms_id: str
    state: str
    purpose: str
    agreed_at: int | None
    not_after: int | None
    granted_at: int
    reason: str

    def expired(self, at: int) -> bool:
        """Whether its time has run out at the moment `at`."""
        return self.not_after is not None and self.not_after <= at


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What one account asked of one gate, what was decided, and the live grant if there is one."""

    id: str
    repo_id: str
    person: Person
    status: str
    terms_id: str
    terms_version: int
    sealed: str
    """The answers as they are kept; empty when they were deleted."""
    reason: str
    agreed_at: int | None
    asked_at: int
    reviewed_at: int | None
    reviewed_by: str | None
    """The name of who decided; None: nobody yet, or the gate itself."""
    asked_by: str | None
    """The name of who asked for an organisation."""
    again_at: int | None
    """When somebody who was rejected may ask again; None: never."""
    grant: Grant | None
    answers: Mapping[str, str] = field(default_factory=dict)
    """For reviewers only: filled in by whoever may open them."""

    def standing(self, at: int) -> Standing:
        """How the account stands at the moment `at`."""
        if self.status == "rejected" and self.again_at is not None and self.again_at <= at:
            return Standing.COOLED
        if self.status != "accepted":
            return Standing(self.status)
        if self.grant is None or self.grant.expired(at):
            return Standing.EXPIRED
        return Standing(self.grant.state)


REQUEST = (
    "SELECT q.id, q.repo_id, q.account_id, q.status, q.terms_id, t.version AS terms_version, q.answers, q.purged_at,"
    " q.reason, q.agreed_at, q.asked_at, q.reviewed_at, a.kind, a.name, a.full_name, a.email, w.name AS reviewer,"
    " b.name AS asker, p.cooldown_days, g.id AS grant_id, g.terms_id AS grant_terms, g.state, g.purpose,"
    " g.agreed_at AS grant_agreed, g.not_after, g.granted_at, g.reason AS grant_reason"
    " FROM accounts_gate_request q JOIN accounts_account a ON a.id = q.account_id"
    " JOIN accounts_gate_terms t ON t.id = q.terms_id LEFT JOIN accounts_account w ON w.id = q.reviewed_by"
    " LEFT JOIN accounts_account b ON b.id = q.asked_by LEFT JOIN accounts_gate_policy p ON p.repo_id = q.repo_id"
    f" LEFT JOIN accounts_gate_grant g ON g.request_id = q.id AND g.state IN {LIVE}"
)
"""What `read_request` reads."""


def read_request(row: Row) -> AccessRequest:
    """The request of a row of REQUEST."""
    grant = row.grant_id and Grant(
        row.grant_id, row.grant_terms, row.state, row.purpose, row.grant_agreed, row.not_after, row.granted_at,
        row.grant_reason,
    )  # fmt: skip
    person = Person(row.account_id, row.name, row.full_name, None if row.agreed_at is None else row.email, row.kind)
    waits = row.status == "rejected" and row.cooldown_days is not None and row.reviewed_at is not None
    return AccessRequest(
        row.id, row.repo_id, person, row.status, row.terms_id, row.terms_version,
        "" if row.purged_at else row.answers, row.reason, row.agreed_at, row.asked_at, row.reviewed_at, row.reviewer,
        row.asker, row.reviewed_at + row.cooldown_days * DAY if waits else None, grant or None,
    )  # fmt: skip


def request_of(tx: Transaction, repo_id: str, account_id: str | None) -> AccessRequest | None:
    """What an account has asked of a gate."""
    row = tx.first(f"{REQUEST} WHERE q.repo_id = :repo AND q.account_id = :who", repo=repo_id, who=account_id)
    return None if row is None else read_request(row)


def standing_of(tx: Transaction, repo_id: str, account_id: str | None, at: int) -> Standing:
    """How somebody stands at a gate at the moment `at`."""
    request = None if account_id is None else request_of(tx, repo_id, account_id)
    return Standing.NONE if request is None else request.standing(at)


def policy_of(tx: Transaction, repo_id: str) -> Policy:
    """How a gate is kept."""
    row = tx.first(
        "SELECT reaccept, days, cooldown_days, keep_days, level FROM accounts_gate_policy WHERE repo_id = :repo",
        repo=repo_id,
    )
    if row is None:
        return Policy()
    return Policy(_REACCEPT[row.reaccept], row.days, row.cooldown_days, row.keep_days, row.level)


def latest_terms(tx: Transaction, repo_id: str) -> TermsVersion | None:
    """The newest version that the hub has seen."""
    row = tx.first(f"{_TERMS} WHERE repo_id = :repo ORDER BY version DESC LIMIT 1", repo=repo_id)
    return None if row is None else _terms(row)


def terms_by_id(tx: Transaction, terms_id: str) -> TermsVersion | None:
    """One version."""
    row = tx.first(f"{_TERMS} WHERE id = :id", id=terms_id)
    return None if row is None else _terms(row)


_TERMS = "SELECT id, version, sha256, document, commit_oid, created_at FROM accounts_gate_terms"


def _terms(row: Any) -> TermsVersion:
    return TermsVersion(row.id, row.version, row.sha256, row.document, row.commit_oid, row.created_at)

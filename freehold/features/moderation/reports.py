"""Reports: a signed-in person says what is wrong with something, administrators decide, and the person sees how."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, NotFound, TooMany
from freehold.base.ids import new_id
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.operators import checked_reason, demand_operator
from freehold.stores.db.database import Database, Row

SUBJECTS = ("repository", "account", "comment")
CATEGORIES = (
    later("malware"),
    later("spam"),
    later("impersonation"),
    later("illegal content"),
    later("personal data"),
    later("copyright"),
    later("harassment"),
    later("other"),
)
STATES = ("open", "upheld", "dismissed")

MOST_A_DAY = 20
"""Open reports that one person may have filed within a day."""

LONGEST = 4000
_DAY = 24 * 3600 * 1_000_000
_COLUMNS = (
    "id, reporter_id, kind, subject_id, repo_id, shown, place, category, text, state, answer, decided_by, decided_at,"
    " created_at"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reported. Whoever makes one has found that the reporter may see it."""

    kind: str
    id: str
    """A repository's row, an account, or a comment's event."""
    shown: str
    """Its name, for people."""
    place: str
    """Its web path."""
    repo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One report and what became of it."""

    id: str
    reporter_id: str
    subject: Subject
    category: str
    text: str
    state: str
    answer: str
    decided_by: str
    decided_at: int | None
    created_at: int


class Reports:
    """The reports of the hub. Reporters see their own, administrators all."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db, self._clock = db, clock

    def file(self, actor: Actor, subject: Subject, category: str, text: str) -> Report:
        """Report something; the same again while it is open adds nothing. Raises Forbidden, Invalid, TooMany."""
        if actor.account_id is None or not actor.may_write:
            raise Forbidden("Sign in to report something.")
        if category not in CATEGORIES:
            raise Invalid(f"Say what is wrong: one of {', '.join(CATEGORIES)}.")
        if len(text.strip()) < 10 or len(text) > LONGEST:
            raise Invalid(f"Say in 10 to {LONGEST} characters what is wrong and where one can see it.")
        at = self._clock()
        report = Report(new_id(), actor.account_id, subject, category, text.strip(), "open", "", "", None, at)
        with self._db.write() as tx:
            tx.take_turn(f"report:{actor.account_id}")
            same = tx.first(
                f"SELECT {_COLUMNS} FROM moderation_report WHERE reporter_id = :who AND kind = :kind"
                " AND subject_id = :subject AND state = 'open'",
                who=actor.account_id, kind=subject.kind, subject=subject.id,
            )  # fmt: skip
            if same is not None:
                return _report(same)
            many = tx.scalar(
                "SELECT count(*) FROM moderation_report WHERE reporter_id = :who AND state = 'open'"
                " AND created_at > :since",
                who=actor.account_id, since=at - _DAY,
            )  # fmt: skip
            if many >= MOST_A_DAY:
                raise TooMany(f"You have {many} open reports of today. Wait until somebody has looked at them.", 3600)
            tx.run(
                "INSERT INTO moderation_report (id, reporter_id, kind, subject_id, repo_id, shown, place, category,"
                " text, state, created_at) VALUES (:id, :who, :kind, :subject, :repo, :shown, :place, :category,"
                " :text, 'open', :at)",
                id=report.id, who=actor.account_id, kind=subject.kind, subject=subject.id, repo=subject.repo_id,
                shown=subject.shown, place=subject.place, category=category, text=report.text, at=at,
            )  # fmt: skip
            record(
                tx, actor, "report.file", _line(report.id), about=subject.shown, kind=subject.kind, category=category
            )
        return report

    def mine(self, actor: Actor, limit: int = 100) -> Sequence[Report]:
        """What the actor has reported, the newest first."""
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS} FROM moderation_report WHERE reporter_id = :who ORDER BY id DESC LIMIT :limit",
                who=actor.account_id or "", limit=limit,
            )  # fmt: skip
        return [_report(row) for row in rows]

    def listed(self, actor: Actor, state: str = "open", before: str = "", limit: int = 50) -> Sequence[Report]:
        """A page of all reports of a state (empty: of any), the newest first. Raises Forbidden."""
        demand_operator(actor, to_change=False)
        where = " AND ".join([*(["state = :state"] if state else []), *(["id < :before"] if before else [])]) or "1 = 1"
        params = {**({"state": state} if state else {}), **({"before": before} if before else {})}
        with self._db.read() as tx:
            sql = f"SELECT {_COLUMNS} FROM moderation_report WHERE {where} ORDER BY id DESC LIMIT :limit"
            return [_report(row) for row in tx.all(sql, limit=limit, **params)]

    def open_count(self) -> int:
        """How many wait for a decision."""
        with self._db.read() as tx:
            return int(tx.scalar("SELECT count(*) FROM moderation_report WHERE state = 'open'"))

    def get(self, actor: Actor, report_id: str) -> Report:
        """One report, for administrators. Raises Forbidden, NotFound."""
        demand_operator(actor, to_change=False)
        with self._db.read() as tx:
            row = tx.first(f"SELECT {_COLUMNS} FROM moderation_report WHERE id = :id", id=report_id)
        if row is None:
            raise NotFound("There is no such report.")
        return _report(row)

    def decide(self, actor: Actor, report_id: str, state: str, answer: str) -> None:
        """Uphold or dismiss a report, with an answer that its reporter reads. Raises Forbidden, Invalid, NotFound."""
        demand_operator(actor)
        if state not in STATES[1:]:
            raise Invalid("A report is upheld or dismissed.")
        why = checked_reason(answer)
        report = self.get(actor, report_id)
        with self._db.write() as tx:
            tx.run(
                "UPDATE moderation_report SET state = :state, answer = :answer, decided_by = :by, decided_at = :at"
                " WHERE id = :id",
                state=state, answer=why, by=actor.name, at=self._clock(), id=report_id,
            )  # fmt: skip
            record(tx, actor, f"report.{state}", _line(report_id), about=report.subject.shown, reason=why)


def _line(report_id: str) -> str:
    """The audit's subject: nobody's namespace, or the reported would read there who reported them."""
    return f"-/reports/{report_id}"


def _report(row: Row) -> Report:
    subject = Subject(row.kind, row.subject_id, row.shown, row.place, row.repo_id)
    return Report(
        row.id, row.reporter_id, subject, row.category, row.text, row.state, row.answer, row.decided_by,
        row.decided_at, row.created_at,
    )  # fmt: skip

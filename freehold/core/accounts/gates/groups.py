"""Groups of gated repositories that are asked for at once: which belong to one, and what its grants cover."""

from collections.abc import Collection
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.gates.gate import LIVE, GateRef
from freehold.core.queue.events import GroupState, RepoState
from freehold.stores.db.database import Database, Transaction
from freehold.wire.gates.terms import MAX_PROMPT

MOST_REPOS = 500


@dataclass(frozen=True, slots=True)
class Group:
    """A group as its owner keeps it. `later`: what is taken in later is covered by grants that were given before."""

    id: str = ""
    owner_id: str = ""
    automatic: bool = False
    later: bool = False
    prompt: str = ""
    questions: str = ""
    """As `extra_gated_fields` in a card, in YAML."""
    eu_disallowed: bool = False
    title: str = ""
    path: str = ""
    """The title and the web path of its collection, as they were when it was last saved."""
    repo_ids: frozenset[str] = frozenset()

    @property
    def gate(self) -> GateRef:
        """Its gate, kept like that of a repository."""
        _, _, place = self.path.partition("/")
        namespace, _, name = place.partition("/")
        mode = "auto" if self.automatic else "manual"
        state = RepoState(self.id, "collection", self.owner_id, namespace, name, "public", mode)
        return GateRef(self.id, self.path, self.automatic, state, GroupState(self.path, self.title))


class Groups:
    """The register of groups. Who may change one is the caller's to have found out."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def find(self, group_id: str) -> Group | None:
        """The group of that id."""
        with self._db.read() as tx:
            row = tx.first("SELECT * FROM accounts_gate_group WHERE id = :id", id=group_id)
            repos = tx.all("SELECT repo_id FROM accounts_gate_group_repo WHERE group_id = :id", id=group_id)
        if row is None:
            return None
        return Group(
            row.id, row.owner_id, bool(row.automatic), bool(row.later), row.prompt, row.questions,
            bool(row.eu_disallowed), row.title, row.path, frozenset(one.repo_id for one in repos),
        )  # fmt: skip

    def keep(self, actor: Actor, group: Group) -> None:
        """Make a group, or change how it is kept and what belongs to it: `repo_ids`, no more and no less.

        What leaves it is covered by its grants no longer; what comes is, if the group says so. Raises Invalid.
        """
        if max(len(group.prompt), len(group.questions)) > MAX_PROMPT or len(group.repo_ids) > MOST_REPOS:
            raise Invalid(f"A group has at most {MOST_REPOS} repositories and {MAX_PROMPT} characters of terms.")
        with self._db.write() as tx:
            tx.take_turn(f"gate:{group.id}")
            tx.run(
                "INSERT INTO accounts_gate_group (id, owner_id, automatic, later, prompt, questions, eu_disallowed,"
                " title, path, updated_at) VALUES (:id, :owner, :automatic, :later, :prompt, :questions, :eu, :title,"
                " :path, :now) ON CONFLICT (id) DO UPDATE SET automatic = :automatic, later = :later,"
                " prompt = :prompt, questions = :questions, eu_disallowed = :eu, title = :title, path = :path,"
                " updated_at = :now",
                id=group.id, owner=group.owner_id, automatic=int(group.automatic), later=int(group.later),
                prompt=group.prompt, questions=group.questions, eu=int(group.eu_disallowed), title=group.title,
                path=group.path, now=self._clock(),
            )  # fmt: skip
            known = {row.repo_id for row in tx.all(
                "SELECT repo_id FROM accounts_gate_group_repo WHERE group_id = :id", id=group.id)}  # fmt: skip
            self._let_go(tx, group.id, known - group.repo_ids)
            for repo_id in sorted(group.repo_ids - known):
                self._take_in(tx, group, repo_id)
            record(tx, actor, "gate.group", group.path, repositories=len(group.repo_ids), later=group.later)

    def _take_in(self, tx: Transaction, group: Group, repo_id: str) -> None:
        tx.run(
            "INSERT INTO accounts_gate_group_repo (group_id, repo_id) VALUES (:id, :repo)", id=group.id, repo=repo_id
        )
        if group.later:
            tx.run(
                "INSERT INTO accounts_gate_scope (grant_id, repo_id) SELECT g.id, :repo FROM accounts_gate_grant g"
                f" WHERE g.repo_id = :id AND g.state IN {LIVE}",
                id=group.id, repo=repo_id,
            )  # fmt: skip

    def _let_go(self, tx: Transaction, group_id: str, repo_ids: Collection[str]) -> None:
        for repo_id in sorted(repo_ids):
            tx.run(
                "DELETE FROM accounts_gate_group_repo WHERE group_id = :id AND repo_id = :repo",
                id=group_id, repo=repo_id,
            )  # fmt: skip
            tx.run(
                "DELETE FROM accounts_gate_scope WHERE repo_id = :repo AND grant_id IN"
                " (SELECT g.id FROM accounts_gate_grant g WHERE g.repo_id = :id)",
                id=group_id, repo=repo_id,
            )  # fmt: skip


def cover(tx: Transaction, grant_id: str, gate_id: str) -> int:
    """Have a new grant cover what belongs to its group now; how many repositories, 0 at a repository's own gate."""
    covered = tx.run(
        "INSERT INTO accounts_gate_scope (grant_id, repo_id)"
        " SELECT :grant, m.repo_id FROM accounts_gate_group_repo m WHERE m.group_id = :gate",
        grant=grant_id, gate=gate_id,
    )  # fmt: skip
    return int(covered.rowcount)


def leave_groups(tx: Transaction, repo_id: str) -> None:
    """Of a repository that is deleted, or goes to another owner: no group's grant covers it any more."""
    tx.run("DELETE FROM accounts_gate_group_repo WHERE repo_id = :repo", repo=repo_id)
    tx.run("DELETE FROM accounts_gate_scope WHERE repo_id = :repo", repo=repo_id)


def dissolve(tx: Transaction, group_id: str) -> None:
    """Of a group whose collection is deleted: nothing is covered by its grants any more."""
    tx.run(
        "DELETE FROM accounts_gate_scope WHERE grant_id IN"
        " (SELECT g.id FROM accounts_gate_grant g WHERE g.repo_id = :id)",
        id=group_id,
    )
    tx.run("DELETE FROM accounts_gate_group_repo WHERE group_id = :id", id=group_id)
    tx.run("DELETE FROM accounts_gate_group WHERE id = :id", id=group_id)

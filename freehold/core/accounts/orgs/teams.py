"""Teams: named sets of an organisation's members, which a resource group takes in as one."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Invalid
from freehold.base.ids import new_id
from freehold.core.accounts.audit import record
from freehold.core.accounts.names import name_key
from freehold.core.accounts.orgs.desk import MOST, Desk, checked_name, member_id, one_of
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the names of those in it."""

    id: str
    name: str
    members: Sequence[str]


class Teams:
    """The register of teams."""

    def __init__(self, db: Database, clock: Clock = now) -> None:
        self._db = db
        self._clock = clock

    def list(self, at: Desk) -> list[Team]:
        """The organisation's teams, by name."""
        with self._db.read() as tx:
            rows = tx.all("SELECT id, name FROM accounts_team WHERE org_id = :org ORDER BY name_key", org=at.org_id)
            people = tx.within(
                "SELECT m.team_id, a.name FROM accounts_team_member m JOIN accounts_account a ON a.id = m.user_id"
                " WHERE m.team_id IN :values ORDER BY a.name_key",
                [row.id for row in rows],
            )
        return [Team(row.id, row.name, [one.name for one in people if one.team_id == row.id]) for row in rows]

    def add(self, at: Desk, name: str) -> str:
        """Make an empty team; its id. Raises Conflict, Invalid."""
        name, team_id = checked_name(name, "team"), new_id()
        with self._db.write() as tx:
            tx.take_turn(f"teams:{at.org_id}")
            if tx.scalar("SELECT count(*) FROM accounts_team WHERE org_id = :org", org=at.org_id) >= MOST:
                raise Invalid(f"{at.org} has {MOST} teams, and that is the most.")
            sql = "SELECT 1 FROM accounts_team WHERE org_id = :org AND name_key = :key"
            if tx.scalar(sql, org=at.org_id, key=name_key(name)):
                raise Conflict(f"{at.org} has a team called {name} already.")
            tx.run(
                "INSERT INTO accounts_team (id, org_id, name, name_key, created_at)"
                " VALUES (:id, :org, :name, :key, :at)",
                id=team_id, org=at.org_id, name=name, key=name_key(name), at=self._clock(),
            )  # fmt: skip
            record(tx, at.actor, "team.add", at.org, team=team_id, name=name)
        return team_id

    def remove(self, at: Desk, team_id: str) -> None:
        """End a team; its people lose what they reached by it alone. Raises NotFound."""
        with self._db.write() as tx:
            name = one_of(tx, at, "team", team_id).name
            for table in ("group_team", "team_member"):
                tx.run(f"DELETE FROM accounts_{table} WHERE team_id = :id", id=team_id)
            tx.run("DELETE FROM accounts_team WHERE id = :id", id=team_id)
            record(tx, at.actor, "team.remove", at.org, team=team_id, name=name)

    def set_member(self, at: Desk, team_id: str, user: str, *, belongs: bool) -> None:
        """Take a member of the organisation into a team, or out of it. Raises NotFound."""
        with self._db.write() as tx:
            one_of(tx, at, "team", team_id)
            pair = {"team": team_id, "user": member_id(tx, at, user)}
            tx.run("DELETE FROM accounts_team_member WHERE team_id = :team AND user_id = :user", **pair)
            if belongs:
                tx.run("INSERT INTO accounts_team_member (team_id, user_id) VALUES (:team, :user)", **pair)
            record(tx, at.actor, "team.member", at.org, team=team_id, user=user, belongs=belongs)

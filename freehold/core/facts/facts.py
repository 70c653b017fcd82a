"""Facts about commits: read from the database where a step of this version made them, made at once where not."""

from collections.abc import Iterable, Mapping

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.ids import Oid
from freehold.core.facts.steps import STEPS, Step
from freehold.core.facts.subject import Reader, Subject, Value
from freehold.stores.db.database import Database


class Facts:
    """Everything a commit is known by beyond its bytes. A fact never changes but with its step's version."""

    def __init__(self, db: Database, clock: Clock = now, steps: Mapping[str, Step] = STEPS) -> None:
        self._db, self._clock, self._steps = db, clock, steps

    def get(self, reader: Reader, commit: Oid, step: str) -> Value:
        """One fact; empty if the step has nothing to say of this commit."""
        return self.all(reader, commit, (step,))[step]

    def all(self, reader: Reader, commit: Oid, steps: Iterable[str] = tuple(STEPS)) -> dict[str, Value]:
        """The named facts, those that are missing made and kept."""
        asked = tuple(steps)
        kind = reader.repo.kind
        known = self._stored(reader.repo.id, commit)
        made: dict[str, Value] = {}

        def fact(name: str) -> Value:
            if kind not in self._steps[name].kinds:
                return {}
            if name not in known:
                known[name] = made[name] = self._steps[name].make(subject)
            return known[name]

        subject = Subject(reader.opened(), commit, fact)
        found = {name: fact(name) for name in asked}
        if made:
            self._keep(reader.repo.id, commit, made)
        return found

    def known(self, repo_id: str, commit: Oid, step: str) -> Value:
        """One fact if it has been made already, else empty: for pages that must not wait for it."""
        return self._stored(repo_id, commit).get(step, {})

    def forget(self, repo_id: str) -> None:
        """Drop what is kept about a repository that is gone."""
        with self._db.write() as tx:
            tx.run("DELETE FROM facts_fact WHERE repo_id = :repo", repo=repo_id)

    def _stored(self, repo_id: str, commit: Oid) -> dict[str, Value]:
        with self._db.read() as tx:
            rows = tx.all(
                "SELECT step, version, value FROM facts_fact WHERE repo_id = :repo AND commit_oid = :commit",
                repo=repo_id,
                commit=commit,
            )
        return {
            row.step: msgspec.json.decode(row.value)
            for row in rows
            if row.step in self._steps and row.version == self._steps[row.step].version
        }

    def _keep(self, repo_id: str, commit: Oid, made: dict[str, Value]) -> None:
        at = self._clock()
        rows = [
            {
                "repo": repo_id,
                "commit": commit,
                "step": name,
                "version": self._steps[name].version,
                "value": msgspec.json.encode(value).decode(),
                "at": at,
            }
            for name, value in made.items()
        ]
        with self._db.write() as tx:
            tx.many(
                "INSERT INTO facts_fact (repo_id, commit_oid, step, version, value, created_at)"
                " VALUES (:repo, :commit, :step, :version, :value, :at)"
                " ON CONFLICT (repo_id, commit_oid, step) DO UPDATE"
                " SET version = excluded.version, value = excluded.value, created_at = excluded.created_at",
                rows,
            )

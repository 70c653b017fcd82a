"""A gate to repositories in memory, whose rows lie in a real database."""

from dataclasses import replace

from freehold.base.errors import RepoNotFound
from tests.core.facts.reader import A_REPO, MemoryReader


class Shelf:
    """Repositories in memory whose rows lie in a real database."""

    def __init__(self, db):
        self.db, self.readers = db, {}

    def by_row_id(self, actor, row_id):
        if row_id not in self.readers:
            raise RepoNotFound("No such repository.")
        return self.readers[row_id]

    def put(self, name, *, at=10, files=None, **changes):
        known = next((reader.repo for reader in self.readers.values() if reader.repo.name == name), None)
        number = len(self.readers) + 1
        # As real ones do, ids begin with the second they were made in, and differ in what follows.
        row_id = f"{number // 3:08x}{number * 0x9E3779B97F4A7C15 % 2**64:016x}"
        repo = known or replace(A_REPO, id=row_id, name=name, created_at=at)
        repo = replace(repo, updated_at=at, **changes)
        self.readers[repo.id] = MemoryReader(files or {}, repo)
        with self.db.write() as tx:
            tx.run("DELETE FROM repos_repo WHERE id = :id", id=repo.id)
            tx.run(
                "INSERT INTO repos_repo"
                " (id, kind, owner_id, namespace, name, address, visibility, created_at, updated_at)"
                " VALUES (:id, :kind, :owner, :namespace, :name, :address, :visibility, :created, :updated)",
                id=repo.id, kind=repo.kind.value, owner=repo.owner_id, namespace=repo.namespace, name=repo.name,
                address=str(repo.repo_id), visibility=repo.visibility, created=repo.created_at, updated=repo.updated_at,
            )  # fmt: skip
        return repo

"""Verifies what repositories hold: rows against the stores, contents against their hashes, pointers against both."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256 as sha256_of
from typing import Any

from freehold.base.errors import EntryNotFound, NotFound, StorageFailed
from freehold.base.faults import Fault
from freehold.base.ids import Sha256
from freehold.base.streams import Buffer
from freehold.core.accounts.actor import SYSTEM
from freehold.core.repos.bucket_checking import BucketChecking
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repos import Repos
from freehold.stores.blobs.key import object_key
from freehold.stores.xet.store import XetStore
from freehold.wire.git.refs import PULLS

_ROOM = "repos"
_PAGE = 500


@dataclass(frozen=True)
class Checking:
    """Reads everything once, changes nothing, and may run while the hub serves."""

    repos: Repos
    xet: XetStore

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong, in words."""
        deleted = self._deleted_on_purpose()
        for repo_id in self._ids():
            try:
                reader = self.repos.by_row_id(SYSTEM, repo_id)
            except NotFound:
                continue  # deleted while we looked
            yield from self._repository(reader, deleted)
        yield from BucketChecking(self.repos.git.db, self.xet).faults()
        yield from self._contents()

    def kinds(self) -> dict[str, str]:
        """What each repository is, by its id, as of now; for rooms whose rows speak of repositories."""
        with self.repos.git.db.read() as tx:
            return {row.id: row.kind for row in tx.all("SELECT id, kind FROM repos_repo")}

    def pulls(self) -> set[tuple[str, int]]:
        """Every pull request, as its repository's id and its number."""
        with self.repos.git.db.read() as tx:
            return {(row.repo_id, row.number) for row in tx.all("SELECT repo_id, number FROM repos_pull")}

    def _pulls(self, reader: RepoReader) -> Iterator[Fault]:
        """Every pull request has its ref, and every such ref its pull request."""
        with self.repos.git.db.read() as tx:
            rows = tx.all("SELECT number FROM repos_pull WHERE repo_id = :id", id=reader.repo.id)
            refs = self.repos.git.refs_within(tx, reader.repo.id).refs
        named, there = {f"{PULLS}{row.number}" for row in rows}, {name for name in refs if name.startswith(PULLS)}
        for name in sorted(named - there):
            yield Fault(_ROOM, str(reader.repo.repo_id), f"it has a pull request, but no {name}")
        for name in sorted(there - named):
            yield Fault(_ROOM, str(reader.repo.repo_id), f"it has {name}, but no such pull request")

    def _repository(self, reader: RepoReader, deleted: set[str]) -> Iterator[Fault]:
        repo = reader.repo
        db = self.repos.git.db
        with db.read() as tx:
            held = int(tx.scalar("SELECT coalesce(sum(size), 0) FROM repos_object WHERE repo_id = :id", id=repo.id))
            counted = tx.scalar("SELECT logical_bytes FROM repos_repo WHERE id = :id", id=repo.id)
            bound = tx.all(
                "SELECT DISTINCT xet_hash FROM repos_object WHERE repo_id = :id AND xet_hash IS NOT NULL", id=repo.id
            )
            linked = self.xet.files.linked_since(tx, repo.id)
            owner = tx.scalar("SELECT 1 FROM accounts_account WHERE id = :id", id=repo.owner_id)
        if counted is not None and counted != held:
            yield Fault(_ROOM, str(repo.repo_id), f"{counted} bytes of large files are counted, but it holds {held}")
        for row in bound:
            if row.xet_hash not in linked:
                yield Fault(_ROOM, str(repo.repo_id), f"it holds a content made of {row.xet_hash}, but not that file")
        if owner is None:
            yield Fault(_ROOM, str(repo.repo_id), "its owner does not exist")
        try:
            yield from self._pulls(reader)
            yield from self._pointers(reader, deleted)
        except NotFound as error:
            yield Fault(_ROOM, str(repo.repo_id), error.message)
        except StorageFailed as error:
            yield Fault(_ROOM, str(repo.repo_id), error.message)

    def _pointers(self, reader: RepoReader, deleted: set[str]) -> Iterator[Fault]:
        """Every pointer at the tip of a ref names a content that the repository holds, or held until it was deleted."""
        refs = reader.refs()
        named: dict[Sha256, str] = {}
        for ref in (*refs.branches, *refs.converts, *refs.tags, *refs.pulls):
            for entry in reader.tree(ref.oid, recursive=True):
                if entry.large is not None:
                    named.setdefault(entry.large.sha256, f"{entry.path} at {ref.ref}")
        with self.repos.git.db.read() as tx:
            rows = tx.all("SELECT sha256 FROM repos_object WHERE repo_id = :id", id=reader.repo.id)
        known = {row.sha256 for row in rows} | deleted
        for sha256, place in named.items():
            if sha256 not in known:
                yield Fault(_ROOM, f"{reader.repo.repo_id}: {place}", f"content {sha256} is lost")

    def _contents(self) -> Iterator[Fault]:
        """Each content once, whichever repositories hold it: its bytes hash to what it is called."""
        last = ""
        while True:
            with self.repos.git.db.read() as tx:
                page = [
                    row.sha256
                    for row in tx.all(
                        f"SELECT DISTINCT sha256 FROM repos_object WHERE sha256 > :last ORDER BY sha256 LIMIT {_PAGE}",
                        last=last,
                    )
                ]
                rows = tx.within(
                    "SELECT DISTINCT sha256, size, xet_hash, plain, verified FROM repos_object WHERE sha256 IN :values",
                    page,
                )
            sound: set[str] = set()
            for row in sorted(rows, key=lambda row: (row.sha256, -row.plain)):
                if problem := self._problem(row, sound):
                    yield Fault(_ROOM, f"content {row.sha256}", problem)
            if len(page) < _PAGE:
                return
            last = page[-1]

    def _problem(self, row: Any, sound: set[str]) -> str | None:
        """What is wrong with one row; `sound` remembers the contents whose whole copy was hashed already."""
        if not row.plain and row.xet_hash is None:
            return "a row names it, but its bytes are nowhere"
        if row.plain and row.sha256 not in sound:
            if problem := self._plain_problem(row):
                return problem
            sound.add(row.sha256)
        return None if row.xet_hash is None else self._xet_problem(row)

    def _plain_problem(self, row: Any) -> str | None:
        blobs, key = self.repos.objects.blobs, object_key(row.sha256)
        size = blobs.size(key)
        if size != row.size:
            return "its bytes are lost" if size is None else f"it has {size} bytes instead of {row.size}"
        return None if _sha256(blobs.pieces(key)) == row.sha256 else "its bytes do not hash to its name"

    def _xet_problem(self, row: Any) -> str | None:
        size = self.xet.file_size(row.xet_hash)
        if size != row.size:
            what = "is lost" if size is None else f"has {size} bytes instead of {row.size}"
            return f"its Xet file {row.xet_hash} {what}"
        if row.verified != 1:  # what was never verified is its uploader's word, and not lent to others
            return None
        try:
            digest = _sha256(self.xet.stream(row.xet_hash, 0, row.size).pieces())
        except (StorageFailed, EntryNotFound) as error:
            return error.message
        return None if digest == row.sha256 else f"its Xet file {row.xet_hash} does not hash to its name"

    def _ids(self) -> list[str]:
        with self.repos.git.db.read() as tx:
            return [row.id for row in tx.all("SELECT id FROM repos_repo ORDER BY id")]

    def _deleted_on_purpose(self) -> set[str]:
        """Contents that people deleted while history still points at them, as the audit trail tells."""
        with self.repos.git.db.read() as tx:
            rows = tx.all("SELECT detail FROM accounts_audit WHERE action = 'object.delete'")
        return {sha256 for row in rows for sha256 in json.loads(row.detail).get("contents", [])}


def _sha256(pieces: Iterator[Buffer]) -> str:
    digest = sha256_of()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()

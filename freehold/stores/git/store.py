"""Git repositories whose packs are blobs and whose refs are rows.

A write is one pack: first it is durable in the blob store (`stage`), then one transaction of the caller
compares and moves refs and adds the pack's row (`land`). Whatever lies between is invisible.
"""

import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import local
from typing import Literal

import pygit2

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, HubError, RepoNotFound, Stale, StorageFailed, StorageFull
from freehold.base.ids import Oid
from freehold.base.streams import PIECE
from freehold.base.words import later
from freehold.stores.blobs.key import pack_key
from freehold.stores.blobs.store import BlobStore
from freehold.stores.db.database import Database, Transaction
from freehold.stores.git.bare import BareRepositories
from freehold.stores.git.objects import Objects, TreeCache
from freehold.stores.git.scratch import Quarantine, Scratch
from freehold.wire.git.pack import Pack
from freehold.wire.git.refs import ancestors

CACHE_BYTES = 20 << 30

_OPEN_PER_THREAD = 16
SUFFIXES: tuple[Literal["pack", "idx"], ...] = ("pack", "idx")
STALE = later("The branch was updated since you opened this page. Please refresh and try again.")

_FEW = 20  # refs that one push makes, of which each is looked for by itself


@dataclass(frozen=True, slots=True)
class RefMove:
    """One ref's change: `old` None creates it, `new` None deletes it."""

    name: str
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True)
class StagedPack:
    """A pack that is durable in the blob store and that no row names yet."""

    repo_id: str
    name: str
    size: int
    objects: int


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A repository's generation, and those of the asked-for refs that exist, at one moment."""

    generation: int
    refs: Mapping[str, Oid]


@dataclass(frozen=True, slots=True)
class _Open:
    generation: int
    mark: int
    objects: Objects


class _Opened(local):
    """The repositories that this thread has open: libgit2's objects are not for sharing between threads."""

    def __init__(self) -> None:
        self.repositories: OrderedDict[str, _Open] = OrderedDict()


class GitStore:
    """All repositories. `cache_dir` is disposable; `cache_bytes` bounds what is fetched into it."""

    def __init__(
        self, db: Database, blobs: BlobStore, cache_dir: Path, clock: Clock = now, *, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.db = db
        self.blobs = blobs
        self.bare = BareRepositories(blobs, cache_dir, cache_bytes)
        self.scratch = Scratch(cache_dir / "scratch")
        self.clock = clock
        self._trees = TreeCache()
        self._opened = _Opened()

    def create(self, tx: Transaction, repo_id: str) -> None:
        """Begin an empty repository."""
        tx.run("INSERT INTO git_repo (repo_id) VALUES (:id)", id=repo_id)

    def drop(self, tx: Transaction, repo_id: str) -> None:
        """Forget a repository's refs; `purge` deletes its packs."""
        tx.run("DELETE FROM git_ref WHERE repo_id = :id", id=repo_id)
        tx.run("DELETE FROM git_repo WHERE repo_id = :id", id=repo_id)
        tx.run("UPDATE git_pack SET retired_at = :now WHERE repo_id = :id", now=self.clock(), id=repo_id)

    def exists(self, tx: Transaction, repo_id: str) -> bool:
        """Whether the repository is there."""
        return tx.first("SELECT 1 FROM git_repo WHERE repo_id = :id", id=repo_id) is not None

    def generation(self, tx: Transaction, repo_id: str) -> int | None:
        """How often refs or packs of the repository have changed; None when there is none."""
        number: int | None = tx.scalar("SELECT generation FROM git_repo WHERE repo_id = :id", id=repo_id)
        return number

    def bytes_of(self, tx: Transaction, repos: str, params: Mapping[str, str]) -> Mapping[str, int]:
        """Bytes of packs by repository, of those whose ids the query `repos` gives."""
        rows = tx.all(
            f"SELECT repo_id, sum(size) AS size FROM git_pack WHERE repo_id IN ({repos}) GROUP BY repo_id", **params
        )
        return {row.repo_id: int(row.size) for row in rows}

    def purge(self, repo_id: str) -> None:
        """Delete the packs and the bare repository of a repository that was dropped."""
        with self.db.write() as tx:
            tx.run("DELETE FROM git_pack WHERE repo_id = :id", id=repo_id)
        for key, _ in list(self.blobs.keys(f"git/{repo_id}.git")):
            self.blobs.delete(key)
        self.bare.remove(repo_id)

    def glimpse(self, repo_id: str, names: Sequence[str]) -> Glimpse:
        """The refs among `names` that exist (a handful), and the generation they belong to."""
        with self.db.read() as tx:
            rows = tx.within(
                "SELECT g.generation, r.name, r.oid FROM git_repo g LEFT JOIN git_ref r"
                " ON r.repo_id = g.repo_id AND r.name IN :values WHERE g.repo_id = :id",
                list(names) or [""], id=repo_id,
            )  # fmt: skip
        if not rows:
            raise RepoNotFound("Repository not found.")
        return Glimpse(rows[0].generation, {row.name: Oid(row.oid) for row in rows if row.name})

    def refs(self, repo_id: str) -> Glimpse:
        """Every ref."""
        with self.db.read() as tx:
            return self.refs_within(tx, repo_id)

    def refs_within(self, tx: Transaction, repo_id: str) -> Glimpse:
        """Every ref, as the transaction sees them."""
        generation = tx.scalar("SELECT generation FROM git_repo WHERE repo_id = :id", id=repo_id)
        rows = tx.all("SELECT name, oid FROM git_ref WHERE repo_id = :id ORDER BY name", id=repo_id)
        if generation is None:
            raise RepoNotFound("Repository not found.")
        return Glimpse(generation, {row.name: Oid(row.oid) for row in rows})

    def objects(self, repo_id: str, generation: int) -> Objects:
        """The objects of a repository at `generation` or later, for this thread alone."""
        opened = self._opened.repositories
        seen = opened.get(repo_id)
        if seen is not None and seen.generation >= generation and seen.mark == self.bare.mark(repo_id):
            opened.move_to_end(repo_id)
            return seen.objects
        path = self.bare.ensure(repo_id)
        mark = self.bare.mark(repo_id)
        # Newer packs than `generation` may be listed too: they are only more objects.
        self.bare.fetch(repo_id, self.pack_names(repo_id))
        objects = Objects(pygit2.Repository(str(path)), self._trees)
        opened[repo_id] = _Open(generation, mark, objects)
        opened.move_to_end(repo_id)
        while len(opened) > _OPEN_PER_THREAD:
            opened.popitem(last=False)
        return objects

    def repository(self, repo_id: str) -> Path:
        """A bare repository on local disk with all packs and refs of this moment, for git itself to read."""
        glimpse = self.refs(repo_id)
        self.objects(repo_id, glimpse.generation)
        self.bare.write_refs(repo_id, glimpse.refs)
        return self.bare.path(repo_id)

    @contextmanager
    def view(self, repo_id: str) -> Iterator[Path]:
        """As `repository`, but nobody else's: its refs stay as they are now until the block ends."""
        glimpse = self.refs(repo_id)
        self.objects(repo_id, glimpse.generation)
        with self.scratch.folder(self.bare.path(repo_id), glimpse.refs) as path:
            yield path

    @contextmanager
    def quarantine(self, repo_id: str) -> Iterator[Quarantine]:
        """A place for what is pushed to a repository; what is not staged from it is gone with the block."""
        with self.view(repo_id) as path:
            yield Quarantine(path)

    def new_name(self) -> str:
        """A name for a pack that no other has."""
        return secrets.token_hex(20)

    def stage(self, repo_id: str, pack: Pack) -> StagedPack:
        """Put a pack durably into the blob store, under a name of its own."""
        name = self.new_name()
        staged = StagedPack(repo_id, name, pack.size, pack.objects)
        with self.blobs.writer(pack_key(repo_id, name, "pack")) as writer:
            batch: list[bytes] = []
            held = 0
            for piece in pack.pieces:
                batch.append(piece)
                held += len(piece)
                if held >= PIECE:
                    writer.write(b"".join(batch))
                    batch, held = [], 0
            writer.write(b"".join(batch))
            writer.commit(pack_key(repo_id, name, "pack"))
        # The index goes last: git looks for a pack only once it has seen the index.
        try:
            self.blobs.put(pack_key(repo_id, name, "idx"), pack.index)
        except HubError:
            self.discard(staged)
            raise
        return staged

    def stage_files(self, repo_id: str, made: Path) -> StagedPack:
        """As `stage`, for a pack that git has written: `made` is its path without the suffix."""
        index = made.with_suffix(".idx")
        with index.open("rb") as file:
            file.seek(8 + 255 * 4)
            objects = int.from_bytes(file.read(4), "big")
        staged = StagedPack(repo_id, self.new_name(), made.with_suffix(".pack").stat().st_size, objects)
        for suffix in SUFFIXES:
            key = pack_key(repo_id, staged.name, suffix)
            with made.with_suffix(f".{suffix}").open("rb") as file, self.blobs.writer(key) as writer:
                while piece := file.read(PIECE):
                    writer.write(piece)
                writer.commit(key)
        return staged

    def copy_packs(self, source: str, target: str) -> list[StagedPack]:
        """Stage a copy of each pack of `source` for `target`, by the store's own bytes."""
        with self.db.read() as tx:
            rows = tx.all(
                "SELECT name, size, objects FROM git_pack WHERE repo_id = :id AND retired_at IS NULL", id=source
            )
        staged = []
        for row in rows:
            copy = StagedPack(target, self.new_name(), row.size, row.objects)
            for suffix in SUFFIXES:
                with self.blobs.writer(pack_key(target, copy.name, suffix)) as writer:
                    for piece in self.blobs.pieces(pack_key(source, row.name, suffix)):
                        writer.write(piece)
                    writer.commit(pack_key(target, copy.name, suffix))
            staged.append(copy)
        return staged

    def discard(self, staged: StagedPack) -> None:
        """Delete a staged pack that did not land."""
        self.blobs.delete(pack_key(staged.repo_id, staged.name, "idx"))
        self.blobs.delete(pack_key(staged.repo_id, staged.name, "pack"))

    @contextmanager
    def landing(self, staged: Sequence[StagedPack]) -> Iterator[Transaction]:
        """A write transaction in which `staged` should land; packs that are refused are deleted at once."""
        try:
            with self.db.write() as tx:
                yield tx
        except (StorageFailed, StorageFull):
            # The transaction may have committed before the answer was lost: only a sweep can tell.
            raise
        except HubError:
            for pack in staged:
                self.discard(pack)
            raise

    def land(self, tx: Transaction, repo_id: str, staged: StagedPack | None, moves: Sequence[RefMove]) -> int:
        """Add the pack and move the refs, all or (by rolling back) none; returns the new generation.

        Raises Stale if a ref is not where `old` says, Conflict if one to be created exists already.
        """
        # First the generation: its row lock makes the writers of one repository take turns.
        row = tx.first(
            "UPDATE git_repo SET generation = generation + 1 WHERE repo_id = :id RETURNING generation", id=repo_id
        )
        if row is None:
            raise RepoNotFound("Repository not found.")
        if staged is not None:
            tx.run(
                "INSERT INTO git_pack (repo_id, name, size, objects, created_at) VALUES (:id, :name, :size, :n, :now)"
                " ON CONFLICT (repo_id, name) DO UPDATE SET size = :size, objects = :n, retired_at = NULL",
                id=repo_id, name=staged.name, size=staged.size, n=staged.objects, now=self.clock(),
            )  # fmt: skip
        created = [move for move in moves if move.old is None]
        # First what goes, so that a branch may take the place of one that it could not stand beside.
        for move in moves:
            if move.old is not None:
                self._move(tx, repo_id, move)
        if len(created) > _FEW:
            self._create_many(tx, repo_id, created)
        else:
            for move in created:
                self._create_ref(tx, repo_id, move)
        return int(row.generation)

    def _move(self, tx: Transaction, repo_id: str, move: RefMove) -> None:
        where = {"id": repo_id, "name": move.name}
        if move.new is None:
            sql = "DELETE FROM git_ref WHERE repo_id = :id AND name = :name AND oid = :old"
            if not tx.run(sql, old=move.old, **where).rowcount:
                raise Stale(STALE)
        else:
            sql = "UPDATE git_ref SET oid = :new, updated_at = :now WHERE repo_id = :id AND name = :name AND oid = :old"
            if not tx.run(sql, old=move.old, new=move.new, now=self.clock(), **where).rowcount:
                raise Stale(STALE)

    def _create_ref(self, tx: Transaction, repo_id: str, move: RefMove) -> None:
        below = tx.first(
            "SELECT name FROM git_ref WHERE repo_id = :id AND substr(name, 1, :length) = :folder LIMIT 1",
            id=repo_id, folder=f"{move.name}/", length=len(move.name) + 1,
        )  # fmt: skip
        names = [move.name, *ancestors(move.name)]
        clash = tx.within("SELECT name FROM git_ref WHERE repo_id = :id AND name IN :values", names, id=repo_id)
        other = clash[0].name if clash else below.name if below else None
        if other is not None:
            raise _in_the_way(move.name, other)
        tx.run(
            "INSERT INTO git_ref (repo_id, name, oid, updated_at) VALUES (:id, :name, :new, :now)",
            id=repo_id, name=move.name, new=move.new, now=self.clock(),
        )  # fmt: skip

    def _create_many(self, tx: Transaction, repo_id: str, moves: Sequence[RefMove]) -> None:
        """As `_create_ref` for each, with one look at what is there: a look for each would cost their square."""
        names = {row.name for row in tx.all("SELECT name FROM git_ref WHERE repo_id = :id", id=repo_id)}
        folders = {above: name for name in names for above in ancestors(name)}
        for move in moves:
            above = ancestors(move.name)
            clash = next((name for name in [move.name, *above] if name in names), None) or folders.get(move.name)
            if clash is not None:
                raise _in_the_way(move.name, clash)
            names.add(move.name)
            folders |= dict.fromkeys(above, move.name)
        tx.many(
            "INSERT INTO git_ref (repo_id, name, oid, updated_at) VALUES (:id, :name, :new, :now)",
            [{"id": repo_id, "name": move.name, "new": move.new, "now": self.clock()} for move in moves],
        )

    def pack_names(self, repo_id: str) -> list[str]:
        """The packs that make up the repository."""
        with self.db.read() as tx:
            rows = tx.all("SELECT name FROM git_pack WHERE repo_id = :id AND retired_at IS NULL", id=repo_id)
        return [row.name for row in rows]


def _in_the_way(name: str, other: str) -> Conflict:
    beside = "" if other == name else later(f", and {name} cannot exist beside it. Choose another name.")
    return Conflict(f"Reference {other} already exists{beside}")

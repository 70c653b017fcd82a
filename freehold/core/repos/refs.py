"""Branches and tags of one repository, and the one way in which any write lands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from freehold.base.errors import Forbidden, Invalid, RevisionNotFound
from freehold.base.ids import Oid, is_oid
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.queue.queue import Queue
from freehold.core.repos.committing import add_commit
from freehold.core.repos.granting import refusal
from freehold.core.repos.locks import Guard
from freehold.core.repos.permit import Permit
from freehold.core.repos.reader import RepoReader, Shelves
from freehold.core.repos.repo import Repo
from freehold.core.repos.telling import tell_moves
from freehold.stores.db.database import Transaction
from freehold.stores.git.store import RefMove, StagedPack
from freehold.wire.git.objects import Person, encode_tag
from freehold.wire.git.pack import PackWriter
from freehold.wire.git.refs import HEADS, MAIN, PULLS, TAGS, is_ref_name

REPACK_EVERY = 16
"""A merge of packs is queued each time a repository's generation has grown by this much."""

_TURNS = [Lock() for _ in range(256)]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a writer needs besides what a reader has."""

    queue: Queue
    now: Callable[[], int]


class RefWriter(RepoReader):
    """One repository, for an actor who may write to it, or (right PROPOSE) only open pull requests."""

    def __init__(self, shelves: Shelves, repo: Repo, actor: Actor, right: Right, desk: Desk) -> None:
        super().__init__(shelves, repo, actor, right)
        self.desk = desk

    @property
    def permit(self) -> Permit:
        """What the writer's right comes to, to be confirmed in each transaction that uses it."""
        return Permit(self.actor, self.repo.id, min(self.right, Right.WRITE))

    def create_branch(self, name: str, starting_point: str | None = None) -> Oid:
        """Begin a branch at a revision (default: `main`). Raises Conflict if it exists, Invalid for a bad name."""
        self._demand(Right.WRITE)
        if name.startswith("refs/") or name == "HEAD" or is_oid(name) or not is_ref_name(name):
            raise Invalid(f"Invalid reference for a branch: {name[:200]}")
        commit = self.commit_of(starting_point or "main")
        self._land("ref.create", None, [RefMove(HEADS + name, None, commit)])
        return commit

    def delete_branch(self, name: str) -> None:
        """Remove a branch. Raises Forbidden for `main`, RevisionNotFound if there is none of that name."""
        self._demand(Right.WRITE)
        if name in ("main", MAIN):
            raise Forbidden(f"Cannot delete {MAIN}")
        self._delete_ref(HEADS + name, name)

    def create_tag(self, name: str, rev: str = "main", message: str = "") -> Oid:
        """Tag a revision, with an annotation if there is a message; returns the commit. Raises Conflict, Invalid."""
        self._demand(Right.WRITE)
        if name.startswith("refs/") or not is_ref_name(name):
            raise Invalid(f"Invalid reference for a tag: {name[:200]}")
        commit = self.commit_of(rev)
        writer = PackWriter()
        target = commit
        if message.strip():
            body = encode_tag(commit, name, self._person(), message.replace("\0", ""))
            target = writer.add_text("tag", body)
        self._land("ref.create", writer, [RefMove(TAGS + name, None, target)])
        return commit

    def delete_tag(self, name: str) -> None:
        """Remove a tag. Raises RevisionNotFound if there is none of that name."""
        self._demand(Right.WRITE)
        self._delete_ref(TAGS + name.removeprefix(TAGS), name)

    def super_squash(self, branch: str, message: str = "") -> Oid:
        """Replace a branch's history by one commit with the same files. Raises RevisionNotFound.

        Raises Forbidden while somebody else holds a lock on one of the files, but for pull requests.
        """
        self._demand(Right.WRITE)
        with self._turn():
            ref = self._branch(branch)
            tip = self.commit_of(ref)
            writer = PackWriter()
            tree = self._git().commit(tip).tree
            text = message.strip() or f"Super-squash branch '{branch}' using huggingface_hub"
            oid = add_commit(writer, tree, None, self._person(), text)
            guard = Guard(self.shelves.git.db, self.repo.id, self.actor)
            guard.look_at_histories(self._git(), [] if ref.startswith(PULLS) else [tip])

            def moves(tx: Transaction) -> Sequence[RefMove]:
                guard.confirm(tx)
                return [RefMove(ref, tip, oid)]

            self._land("ref.squash", writer, moves)
        return oid

    def _branch(self, rev: str) -> str:
        """The whole name of the branch-like ref `rev`. Raises RevisionNotFound for anything else."""
        name = rev if rev.startswith("refs/") else HEADS + rev
        known = name in self.shelves.git.glimpse(self.repo.id, [name]).refs
        if name.startswith(TAGS) or not (known or self._is_unborn(name)):
            raise RevisionNotFound(f"Invalid rev id: {rev[:200]}. Commits are made on branches.")
        return name

    def _is_unborn(self, ref: str) -> bool:
        return ref == MAIN and not self.shelves.git.refs(self.repo.id).refs

    def _land(
        self,
        action: str,
        writer: PackWriter | None,
        moves: Sequence[RefMove] | Callable[[Transaction], Sequence[RefMove]],
        **detail: str,
    ) -> None:
        """Make the pack durable, then move the refs in one transaction with all that must not be lost beside them."""
        staged = self.shelves.git.stage(self.repo.id, writer.finish()) if writer else None
        self._land_staged(action, staged, moves, **detail)

    def _land_staged(
        self,
        action: str,
        staged: StagedPack | None,
        moves: Sequence[RefMove] | Callable[[Transaction], Sequence[RefMove]],
        **detail: str,
    ) -> None:
        git = self.shelves.git
        with git.landing([staged] if staged else []) as tx:
            # The repository's row first, always: one order of locks for every writer.
            tx.run("UPDATE repos_repo SET updated_at = :now WHERE id = :id", now=self.desk.now(), id=self.repo.id)
            self.permit.confirm(tx)
            made = moves(tx) if callable(moves) else moves
            generation = git.land(tx, self.repo.id, staged, made)
            for move in made:
                self._announce(tx, action, move, detail)
            if made:
                self.desk.queue.enqueue(tx, "commit.landed", {"repo_id": self.repo.id})
            tell_moves(tx, self.desk.queue, self.actor, self.repo, list(made))
            if generation % REPACK_EVERY == 0:
                self.desk.queue.enqueue(tx, "git.repack", {"repo_id": self.repo.id})
        self._generation = generation

    def _announce(self, tx: Transaction, action: str, move: RefMove, detail: dict[str, str]) -> None:
        record(
            tx, self.actor, action, self.repo.repo_id.path, ref=move.name, old=move.old, new=move.new, **detail
        )  # fmt: skip

    def _delete_ref(self, ref: str, asked: str) -> None:
        oid = self.shelves.git.glimpse(self.repo.id, [ref]).refs.get(ref)
        if oid is None:
            raise RevisionNotFound(f"Invalid rev id: {asked[:200]}")
        self._land("ref.delete", None, [RefMove(ref, oid, None)])

    def _person(self) -> Person:
        return Person(self.actor.name, f"{self.actor.name}@users.noreply.invalid", self.desk.now())

    def _turn(self) -> Lock:
        # Writers of one repository in one process take turns, so that they do not build packs in vain;
        # between processes the compare-and-swap decides.
        return _TURNS[hash(self.repo.id) % len(_TURNS)]

    def _demand(self, least: Right) -> None:
        if self.right < least:
            raise Forbidden(refusal(self.repo.repo_id, self.actor, least))

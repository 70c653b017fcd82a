"""Opens and merges pull requests: fast-forward, merge commit or squash; what is in doubt is refused, never guessed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from freehold.base.errors import Conflict, RepoNotFound, RevisionNotFound, Stale, StorageFailed
from freehold.base.ids import Oid
from freehold.base.words import later
from freehold.core.accounts.access import Right
from freehold.core.repos.community import NewPull
from freehold.core.repos.locks import Guard
from freehold.core.repos.pulls import Pull, changed_paths, holds, start_of
from freehold.core.repos.pushing import PushWriter
from freehold.stores.db.database import Transaction
from freehold.stores.git.merging import collect
from freehold.stores.git.store import STALE, RefMove
from freehold.wire.git.objects import CommitObject, Person, encode_commit
from freehold.wire.git.pack import PackWriter
from freehold.wire.git.refs import HEADS, MAIN, PULLS

_TRIES = 100
_NAMED = 10


class Conflicting(Conflict):
    """Both sides changed the same places; `paths` are the files that somebody must decide about."""

    def __init__(self, paths: Sequence[str], base: str) -> None:
        named = ", ".join(repr(path) for path in paths[:_NAMED]) + (", …" if len(paths) > _NAMED else "")
        short = base.removeprefix(HEADS)
        super().__init__(
            later(
                f"The pull request conflicts with {short} in {named}. Merge {short} into it in a clone, decide these"
                " files, and push the result to the pull request. Nothing was changed."
            )
        )
        self.paths = paths


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """How to merge: `message` is for the commit, if one is made; `head` what the caller has looked at, if it says."""

    message: str
    squash: bool = False
    head: Oid | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """A merge ready to land: the commit that the base will be at, and what it consists of where it is new."""

    commit: Oid
    start: Oid
    moves: Sequence[RefMove]
    writer: PackWriter | None = None
    paths: Sequence[str] = ()
    """What it changes on the base."""


class MergeWriter(PushWriter):
    """One repository, for an actor who may write to it, or (right PROPOSE) only open pull requests."""

    def new_number(self, tx: Transaction) -> int:
        """The next number of a discussion or pull request, taken in `tx`."""
        self._demand(Right.PROPOSE)
        sql = "UPDATE repos_repo SET next_number = next_number + 1 WHERE id = :id RETURNING next_number - 1"
        number = tx.scalar(sql, id=self.repo.id)
        if number is None:
            raise RepoNotFound("Repository not found. It was deleted at this moment.")
        return int(number)

    def draft_pull(self, title: str, description: str) -> int:
        """Open a pull request against `main` that has no changes yet; its number. Raises RevisionNotFound."""
        self._demand(Right.PROPOSE)
        head = self.commit_of("main")
        number = 0

        def moves(tx: Transaction) -> list[RefMove]:
            nonlocal number
            number = self._insert_pull(tx, MAIN, title, description, draft=True)
            return [RefMove(f"{PULLS}{number}", None, head)]

        self._land("pull.open", None, moves)
        return number

    def merge_pull(self, number: int, ask: MergeRequest, also: Callable[[Transaction, Oid], None]) -> Oid:
        """Bring a pull request into its base branch; the commit that holds it. `also` is done in the same transaction.

        The base moves forward where it can, else a merge commit is made, or one commit in place of all with
        `squash`. Raises Conflicting, Conflict (it is merged already), Stale (it has commits that the caller has
        not seen), RevisionNotFound (the base is gone), Forbidden.
        """
        self._demand(Right.WRITE)
        with self._turn():
            for _ in range(_TRIES):
                pull = self.pull(number)
                if pull.merged is not None:
                    raise Conflict(f"Pull request {number} is merged already.")
                if ask.head is not None and ask.head != pull.head:
                    raise Stale("The pull request has new commits. Look at them, then merge again.")
                try:
                    return self._merge_once(pull, ask, also)
                except Stale:
                    continue
        raise StorageFailed("The branch moves too fast to be merged into. Try again in a moment.")

    def _merge_once(self, pull: Pull, ask: MergeRequest, also: Callable[[Transaction, Oid], None]) -> Oid:
        guard = Guard(self.shelves.git.db, self.repo.id, self.actor)
        made = self._made(pull, self._base_tip(pull), ask)
        guard.look_at_paths(made.paths)

        def moves(tx: Transaction) -> Sequence[RefMove]:
            guard.confirm(tx)
            refs = self.shelves.git.refs_within(tx, self.repo.id).refs
            if refs.get(pull.ref) != pull.head:
                raise Stale(STALE)
            done = tx.run(
                "UPDATE repos_pull SET merged_oid = :oid, merged_start = :start, merged_head = :head"
                " WHERE repo_id = :id AND number = :number AND merged_oid IS NULL",
                oid=made.commit, start=made.start, head=pull.head, id=self.repo.id, number=pull.number,
            )  # fmt: skip
            if not done.rowcount:
                raise Stale(STALE)
            also(tx, made.commit)
            return made.moves

        self._land("pull.merge", made.writer, moves, pull=str(pull.number))
        return made.commit

    def _made(self, pull: Pull, tip: Oid, ask: MergeRequest) -> _Made:
        objects = self._git()
        start = start_of(objects, tip, pull.head)
        if holds(objects, tip, pull.head):
            return _Made(pull.head, start, [])  # somebody pushed its commits to the base
        if holds(objects, pull.head, tip) and not ask.squash:
            paths = changed_paths(objects, objects.commit(tip).tree, objects.commit(pull.head).tree)
            return _Made(pull.head, start, [RefMove(pull.base, tip, pull.head)], None, paths)
        writer = PackWriter()
        with self.shelves.merges.merged(self.repo.id, tip, pull.head) as (merged, there):
            if merged.conflicts:
                raise Conflicting(merged.conflicts, pull.base)
            collect(merged.tree, there, objects, writer)
            paths = changed_paths(there, objects.commit(tip).tree, merged.tree)
        committer = self._person()
        parents = (tip,) if ask.squash else (tip, pull.head)
        first = objects.commit(pull.head).author
        author = Person(first.name, first.email, committer.at) if ask.squash else committer
        body = encode_commit(CommitObject(merged.tree, parents, author, committer, ask.message))
        commit = writer.add_text("commit", body)
        return _Made(commit, start, [RefMove(pull.base, tip, commit)], writer, paths)

    def _base_tip(self, pull: Pull) -> Oid:
        tip = self.shelves.git.glimpse(self.repo.id, [pull.base]).refs.get(pull.base)
        if tip is None:
            raise RevisionNotFound(f"The branch {pull.base.removeprefix(HEADS)} that this was meant for is gone.")
        return tip

    def _insert_pull(self, tx: Transaction, base: str, title: str, description: str, *, draft: bool = False) -> int:
        number = self.new_number(tx)
        tx.run(
            "INSERT INTO repos_pull (repo_id, number, title, description, base, author_id, created_at)"
            " VALUES (:id, :number, :title, :description, :base, :author, :now)",
            id=self.repo.id, number=number, title=title, description=description, base=base,
            author=self.actor.account_id, now=self.desk.now(),
        )  # fmt: skip
        self.shelves.community.pull_opened(tx, self.actor, self.repo, NewPull(number, title, description, base, draft))
        return number

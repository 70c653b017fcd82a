"""Takes in what somebody pushes by git: looked at while nobody else can see it, then landed like any commit."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from freehold.base.errors import Forbidden, HubError, Invalid, Stale, StorageFailed, StorageFull, Unprocessable
from freehold.base.ids import Oid, Sha256, is_oid
from freehold.base.words import later
from freehold.core.accounts.access import Right
from freehold.core.accounts.blocked import blocked_contents
from freehold.core.repos.advice import advice
from freehold.core.repos.community import Landed
from freehold.core.repos.granting import refusal
from freehold.core.repos.inspecting import Inspection
from freehold.core.repos.locks import Guard
from freehold.core.repos.refs import RefWriter
from freehold.stores.db.database import Transaction
from freehold.stores.git.objects import Objects
from freehold.stores.git.scratch import Quarantine
from freehold.stores.git.store import RefMove
from freehold.wire.git.refs import HEADS, MAIN, PULLS, TAGS, is_ref_name

_MOST_TOLD = 100

Refusals = dict[str, str]
"""Why refs were not moved, by their names."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody who pushes asks for besides."""

    atomic: bool = False
    """One refusal refuses all."""
    allow_secrets: bool = False
    """Secrets in what is pushed are meant to be there."""


NO_WISHES = Wishes()


class PushWriter(RefWriter):
    """One repository, for an actor who may push to it, or (right PROPOSE) only to pull requests of their own."""

    def require_push(self) -> None:
        """Raise Forbidden if there is nothing in this repository that the actor may push to."""
        self.require_content()
        if self.right < Right.WRITE and not self._own_pulls():
            raise Forbidden(refusal(self.repo.repo_id, self.actor, Right.WRITE))

    def advertised(self) -> Mapping[str, Oid]:
        """Every ref as it is now, for a client to compare with its own."""
        return self.shelves.git.refs(self.repo.id).refs

    def quarantine(self) -> AbstractContextManager[Quarantine]:
        """A place to receive a pack into; see `receive`."""
        self.require_push()
        return self.shelves.git.quarantine(self.repo.id)

    def advice(self, quarantine: Quarantine, moves: Sequence[RefMove]) -> list[str]:
        """What the author of these moves should know, though nothing is refused for it."""
        with quarantine.objects() as objects:
            tips = [
                (objects.peel(move.old) if move.old else None, objects.peel(move.new)) for move in moves if move.new
            ]
            said = [one for old, new in tips if new for one in advice(objects, self.repo.kind, old, new)]
        return list(dict.fromkeys(said))

    def receive(self, quarantine: Quarantine, moves: Sequence[RefMove], wishes: Wishes = NO_WISHES) -> Refusals:
        """Move refs to commits that are here or in `quarantine`; those that may not move are returned with a reason.

        All that may move do so together with the pack, in one transaction, or none does. Raises StorageFull and
        StorageFailed.
        """
        refs = self.advertised()
        refusals: Refusals = {}
        for move in moves:
            try:
                self._check_move(move, refs.get(move.name))
            except HubError as error:
                refusals[move.name] = error.message
        if wishes.atomic and refusals:
            return {move.name: refusals.get(move.name, "Another ref of this push was refused.") for move in moves}
        wanted = [move for move in moves if move.name not in refusals]
        try:
            self._land_push(quarantine, wanted, refs, wishes)
        except (StorageFull, StorageFailed):
            raise
        except Stale:
            refusals |= {move.name: _late(move) for move in wanted}
        except HubError as error:
            refusals |= {move.name: error.message for move in wanted}
        return refusals

    def _check_move(self, move: RefMove, there: Oid | None) -> None:
        if there != move.old:
            raise Stale(_late(move))
        if move.name.startswith(PULLS):
            return self._check_pull(move)
        if self.right < Right.WRITE:
            raise Forbidden(refusal(self.repo.repo_id, self.actor, Right.WRITE))
        short = move.name.removeprefix(HEADS).removeprefix(TAGS)
        if short == move.name:
            raise Forbidden(f"{move.name[:200]} cannot be pushed to: only refs/heads/… (branches) and refs/tags/….")
        if move.new is None:
            if move.name == MAIN:
                raise Forbidden(f"Cannot delete {MAIN}")
        elif move.old is None and (not is_ref_name(short) or short == "HEAD" or is_oid(short)):
            raise Invalid(f"{short[:200]!r} cannot be the name of a branch or tag. Choose another name.")
        return None

    def _check_pull(self, move: RefMove) -> None:
        if move.old is None:
            raise Forbidden("Open a pull request on the repository's Community page or by the API, then push to it.")
        if move.new is None:
            raise Forbidden("A pull request cannot be deleted by git.")
        self._demand_own_pull(move.name)

    def _land_push(
        self, quarantine: Quarantine, moves: Sequence[RefMove], refs: Mapping[str, Oid], wishes: Wishes
    ) -> None:
        moves = [move for move in moves if move.new != move.old]
        if not moves:
            return
        tips, known = [move.new for move in moves if move.new], set(refs.values())
        large: Mapping[Sha256, str] = {}
        grown: Mapping[str, Sequence[Landed]] = {}
        arrived = quarantine.new_objects()
        guard = Guard(self.shelves.git.db, self.repo.id, self.actor)
        if tips:
            with quarantine.objects() as objects:
                with self.shelves.git.db.read() as tx:
                    blocked = blocked_contents(tx)
                inspection = Inspection(objects, allow_secrets=wishes.allow_secrets, blocked=blocked)
                large = self._inspect(inspection, moves, known, arrived)
                branches = [move.new for move in moves if move.new and move.name.startswith(HEADS)]
                # What a pull request has, no branch has yet.
                there = {oid for name, oid in refs.items() if not name.startswith(PULLS)}
                guard.look(objects, branches, _commits(objects, there))
                guard.look_at_forced(objects, _replaced(moves))
                grown = _grown(objects, moves, known)
        git = self.shelves.git
        staged = git.stage_files(self.repo.id, quarantine.pack) if quarantine.pack and arrived and tips else None

        def claimed(tx: Transaction) -> Sequence[RefMove]:
            self._claim_large(tx, large)
            guard.confirm(tx)
            for ref, commits in grown.items():
                self._tell_pull(tx, ref, commits)
            return moves

        with self._turn():
            self._land_staged("push", staged, claimed, **({"secrets": "allowed"} if wishes.allow_secrets else {}))

    def _inspect(
        self, inspection: Inspection, moves: Sequence[RefMove], known: set[Oid], arrived: Sequence[str]
    ) -> dict[Sha256, str]:
        """Look at everything new; the large files it points at, each with a path."""
        objects = inspection.objects
        commits = [_commit(objects, move) for move in moves if move.new]
        inspection.look(commits, _commits(objects, known), arrived)
        held = self.shelves.objects.held(self.repo, list(inspection.pointers))
        inspection.demand_large({sha256: item.size for sha256, item in held.items()})
        return {sha256: path for sha256, (path, _) in inspection.pointers.items()}

    def _own_pulls(self) -> bool:
        with self.shelves.git.db.read() as tx:
            sql = "SELECT 1 FROM repos_pull WHERE repo_id = :id AND author_id = :author LIMIT 1"
            return tx.first(sql, id=self.repo.id, author=self.actor.account_id) is not None

    def _demand_own_pull(self, ref: str) -> None:
        if self.right >= Right.WRITE:
            return
        with self.shelves.git.db.read() as tx:
            author = tx.scalar(
                "SELECT author_id FROM repos_pull WHERE repo_id = :id AND number = :number",
                id=self.repo.id, number=int(number) if (number := ref.removeprefix(PULLS)).isdigit() else 0,
            )  # fmt: skip
        if author is None or author != self.actor.account_id:
            raise Forbidden("Only the author of a pull request and writers of the repository may add to it.")

    def _tell_pull(self, tx: Transaction, ref: str, commits: Sequence[Landed]) -> None:
        """Say that a pull request got commits; nothing for other refs. Raises Forbidden once it is merged."""
        number = ref.removeprefix(PULLS)
        if number == ref:
            return
        # In the transaction that moves the ref: what is pushed while somebody merges must not be taken for merged.
        sql = "SELECT merged_oid FROM repos_pull WHERE repo_id = :id AND number = :number"
        if tx.scalar(sql, id=self.repo.id, number=int(number)) is not None:
            raise Forbidden(f"Pull request {number} is merged: it takes no more commits. Open another one.")
        self.shelves.community.pull_grew(tx, self.actor, self.repo, int(number), commits)

    def _claim_large(self, tx: Transaction, large: Mapping[Sha256, str]) -> None:
        """The large contents must be held now, in the transaction that names them: one may have been deleted."""
        rows = tx.within(
            "SELECT sha256 FROM repos_object WHERE repo_id = :id AND verified >= 0 AND sha256 IN :values",
            list(large), id=self.repo.id,
        )  # fmt: skip
        held = {row.sha256 for row in rows}
        for sha256, path in large.items():
            if sha256 not in held:
                raise Unprocessable(f"{path!r}: its content {sha256} was deleted meanwhile. Upload it again.")
        tx.many(
            "UPDATE repos_object SET filename = CASE WHEN filename = '' THEN :path ELSE filename END,"
            " unnamed_since = NULL WHERE repo_id = :id AND sha256 = :sha256"
            " AND (filename = '' OR unnamed_since IS NOT NULL)",
            [{"id": self.repo.id, "sha256": sha256, "path": path} for sha256, path in large.items()],
        )


def _grown(objects: Objects, moves: Sequence[RefMove], known: set[Oid]) -> dict[str, list[Landed]]:
    """For each pull request that moves, the commits that it did not have; of very many the newest."""
    reached = [commit for oid in known if (commit := objects.peel(oid))]
    grown: dict[str, list[Landed]] = {}
    for move in moves:
        if move.name.startswith(PULLS) and move.new:
            oids = list(objects.commits_beyond([move.new], reached))[-_MOST_TOLD:]
            grown[move.name] = [Landed(oid, objects.commit(oid).message.partition("\n")[0]) for oid in oids]
    return grown


def _replaced(moves: Sequence[RefMove]) -> list[tuple[Oid, Oid]]:
    """Branches that were and will be, as the commits that they are moved between."""
    return [(move.old, move.new) for move in moves if move.old and move.new and move.name.startswith(HEADS)]


def _late(move: RefMove) -> str:
    return later(f"{move.name} has moved meanwhile. Fetch, merge or rebase, and push again.")


def _commits(objects: Objects, known: set[Oid]) -> list[Oid]:
    return [commit for oid in known if (commit := objects.peel(oid))]


def _commit(objects: Objects, move: RefMove) -> Oid:
    """The commit that a ref shall stand for. Raises Unprocessable where there is none."""
    tip = move.new or Oid("")
    commit = objects.peel(tip)
    if commit is None:
        raise Unprocessable(f"{move.name} must be moved to a commit, or a tag of one; {tip} is none that is here.")
    if not move.name.startswith(TAGS) and commit != tip:
        raise Unprocessable(f"{move.name} must be moved to a commit; {tip} is a tag.")
    return commit

"""Writing to one repository: plans, commits and large files, each write one pack and one transaction."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from freehold.base.errors import (
    EntryNotFound,
    HubError,
    Invalid,
    Stale,
    StorageFailed,
)
from freehold.base.ids import Oid, Sha256, is_oid
from freehold.core.accounts.access import VISIBILITIES, Right
from freehold.core.accounts.audit import record
from freehold.core.accounts.blocked import blocked_contents, demand_free_content
from freehold.core.queue.events import announce
from freehold.core.repos.committing import (
    Contents,
    add_commit,
    apply,
    checked,
    message_of,
    pointer_to,
    prepare,
)
from freehold.core.repos.community import Landed
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.leaks import demand_no_secrets
from freehold.core.repos.listing import find
from freehold.core.repos.locks import Guard
from freehold.core.repos.merging import MergeWriter
from freehold.core.repos.planning import Rules
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.repo import Repo
from freehold.core.repos.requests import AddFile, CommitDone, CommitRequest, Plan, PlannedFile
from freehold.core.repos.rewriting import Rewriter
from freehold.core.repos.telling import done_by, state_of
from freehold.stores.db.database import Transaction
from freehold.stores.git.objects import Objects
from freehold.stores.git.store import STALE, RefMove
from freehold.stores.xet.files import Left
from freehold.wire.git.pack import PackWriter
from freehold.wire.git.paths import check_path
from freehold.wire.git.refs import PULLS
from freehold.wire.lfs.pointer import Pointer
from freehold.wire.secrets import allows
from freehold.wire.xet.xorb import MAX_STORED

GATINGS = ("", "auto", "manual")

_CONFIG = {"private": "visibility", "gated": "gated"}
"""What events call the settings that `RepoAdmin.update` changes."""

_TRIES = 100
_REPEAT_WINDOW = 600 * 1_000_000


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a commit goes: the ref that moves (None: a pull request is opened), and the commit it builds on."""

    ref: str | None
    base: str
    tip: Oid | None


class RepoWriter(MergeWriter):
    """One repository, for an actor who may write to it, or (right PROPOSE) only open pull requests."""

    def plan(self, files: Sequence[PlannedFile], gitignore: str = "", rev: str = "main") -> list[Plan]:
        """How each file should be uploaded. Raises TooLarge and QuotaExceeded, Unprocessable for a bad path."""
        for file in files:
            check_path(file.path)
        commit = self.revision(rev).commit
        objects = self._git() if commit else None
        root = self._root(objects, commit) if objects and commit else None
        rules = Rules(objects, root, gitignore)
        plans = [self._plan_one(rules, objects, root, file) for file in files]
        coming = [file.size for file, plan in zip(files, plans, strict=True) if plan.large and not plan.ignore]
        self.shelves.objects.check_room(self.repo, coming)
        if coming:
            # The one place where clients show the reason: a xorb that comes by Xet is refused without words.
            self.shelves.objects.check_unlinked(self.actor.account_id, min(sum(coming), MAX_STORED))
        return plans

    def commit(self, rev: str, request: CommitRequest, *, create_pr: bool = False) -> CommitDone:
        """Make a commit on a branch, or on a new pull request against it.

        Without `request.parent` the operations are applied to whatever the branch is at, again if it moves
        meanwhile. A request repeated after it succeeded gives the commit it made. Raises RevisionNotFound
        (`rev` is no branch), Stale, EntryNotFound (deleting what is not there), Unprocessable (secrets, too), Invalid,
        Forbidden, TooLarge, QuotaExceeded.
        """
        request = checked(request)
        target = self._target(rev, request, create_pr)
        if not allows(message_of(request)):
            demand_no_secrets(request, self._git() if target.tip else None, target.tip)
        self._demand_free_contents(request)
        contents = prepare(request, self._sizes, self.keep_large)
        with self._turn():
            for _ in range(_TRIES):
                try:
                    return self._commit_once(target, contents)
                except Stale:
                    if request.parent is not None:
                        raise
                    target = self._target(rev, request, create_pr)
        raise StorageFailed("The branch moves too fast to be committed to. Try again in a moment.")

    def link_from(self, source: RepoReader, contents: Sequence[Sha256]) -> list[tuple[Sha256, str]]:
        """Let this repository hold large contents of `source`, which the actor may read.

        Gives those it could not link, each with the reason. Raises QuotaExceeded, and Gated if the
        source's content is not open to the actor.
        """
        self._demand(Right.PROPOSE)
        source.require_content()
        source.fetched("copy", self.repo.repo_id.path)
        held = self.shelves.objects.held(source.repo, contents)
        self.shelves.objects.check_room(self.repo, [item.size for item in held.values()])
        with self.shelves.git.db.write() as tx:
            self.permit.confirm(tx)
            hashes = self.shelves.objects.copy(tx, source.repo.id, self.repo.id, set(held))
            self.shelves.xet.copy_links(tx, source.repo.id, self.repo.id, hashes)
            record(tx, self.actor, "object.copy", self.repo.repo_id.path, source=source.repo.id, count=len(held))
        reason = f"{source.repo.repo_id} does not hold this content."
        return [(sha256, reason) for sha256 in contents if sha256 not in held]

    def delete_objects(self, contents: Sequence[Sha256], *, rewrite_history: bool = False) -> None:
        """Let go of large contents for good; with `rewrite_history` their paths vanish from every branch and tag.

        Otherwise the paths stay, and reading them gives EntryNotFound. Raises Forbidden where history would change that
        holds files which others have locked.
        """
        self._demand(Right.WRITE)
        with self._turn():
            writer, moves = PackWriter(), []
            if rewrite_history:
                glimpse = self.shelves.git.refs(self.repo.id)
                self._generation = glimpse.generation
                rewriter = Rewriter(self._git(), self.shelves.facts, set(contents), writer)
                moves = [
                    RefMove(name, oid, new) for name, oid in glimpse.refs.items() if (new := rewriter.ref(oid)) != oid
                ]

            guard = Guard(self.shelves.git.db, self.repo.id, self.actor)
            changed = [self._git().peel(move.old) for move in moves if move.old and not move.name.startswith(PULLS)]
            guard.look_at_histories(self._git(), [commit for commit in changed if commit])

            def forget(tx: Transaction) -> list[RefMove]:
                guard.confirm(tx)
                files = self.shelves.objects.forget(tx, self.repo.id, set(contents))
                self.shelves.xet.forget(tx, self.repo.id, files, Left(self.repo.owner_id))
                record(tx, self.actor, "object.delete", self.repo.repo_id.path, contents=sorted(contents))
                return moves

            self._land("ref.rewrite", writer if len(writer) else None, forget)

    def _plan_one(self, rules: Rules, objects: Objects | None, root: bytes | None, file: PlannedFile) -> Plan:
        node = find(objects, root, file.path) if objects and root else None
        oid: str | None = None
        if node is not None and not node.is_tree and objects:
            pointer = self.shelves.facts.of(objects, node.id).pointer
            oid = pointer.sha256 if pointer else node.oid
        return Plan(file.path, rules.is_large(file), rules.ignores(file.path), oid)

    def _target(self, rev: str, request: CommitRequest, create_pr: bool) -> _Target:
        ref = self._branch(rev)
        tip = self.revision(ref).commit
        if request.parent is not None and (not is_oid(request.parent) or self._git().kind(request.parent) != "commit"):
            raise Invalid(f"parentCommit {request.parent[:100]!r} is not a commit of this repository.")
        if create_pr:
            self._demand(Right.PROPOSE)
            return _Target(None, ref, request.parent or tip)
        if ref.startswith(PULLS):
            self._demand_own_pull(ref)
        else:
            self._demand(Right.WRITE)
        return _Target(ref, ref, tip)

    def _commit_once(self, target: _Target, contents: Contents) -> CommitDone:
        request = contents.request
        if target.ref and request.parent is not None and request.parent != target.tip:
            repeated = self._repeated(target, contents)
            if repeated is None:
                raise Stale(STALE)
            return CommitDone(repeated)
        objects = self._git()
        try:
            writer, tree = apply(contents, objects, target.tip, self.commit_of)
        except EntryNotFound:
            repeated = self._repeated(target, contents) if target.ref else None
            if repeated is None:
                raise
            return CommitDone(repeated)
        if target.ref and target.tip and objects.commit(target.tip).tree == tree:
            return CommitDone(target.tip)
        oid = add_commit(writer, tree, target.tip, self._person(), message_of(request))
        number = self._land_commit(target, contents, writer, oid)
        return CommitDone(oid, number)

    def _repeated(self, target: _Target, contents: Contents) -> Oid | None:
        """The tip, if it is what this very request made a moment ago and the client never heard of."""
        if target.tip is None:
            return None
        objects = self._git()
        last = objects.commit(target.tip)
        parent = last.parents[0] if last.parents else None
        person = self._person()
        mine = last.message == message_of(contents.request) and last.author.email == person.email
        recent = self.desk.now() - last.committer.at < _REPEAT_WINDOW
        if not (mine and recent and contents.request.parent in (None, parent)):
            return None
        with suppress(HubError):
            if apply(contents, objects, parent, self.commit_of)[1] == last.tree:
                return target.tip
        return None

    def _land_commit(self, target: _Target, contents: Contents, writer: PackWriter, oid: Oid) -> int | None:
        number: int | None = None
        guard = Guard(self.shelves.git.db, self.repo.id, self.actor)
        if target.ref and not target.ref.startswith(PULLS):
            guard.look_at_paths([operation.path for operation in contents.request.operations])

        def moves(tx: Transaction) -> list[RefMove]:
            nonlocal number
            self._claim_large(tx, contents.large)
            guard.confirm(tx)
            if target.ref is not None:
                self._tell_pull(tx, target.ref, [Landed(oid, contents.request.summary.strip())])
                return [RefMove(target.ref, target.tip, oid)]
            request = contents.request
            number = self._insert_pull(tx, target.base, request.summary.strip(), request.description)
            self._tell_pull(tx, f"{PULLS}{number}", [Landed(oid, request.summary.strip())])
            return [RefMove(f"{PULLS}{number}", None, oid)]

        allowed = {"secrets": "allowed"} if allows(message_of(contents.request)) else {}
        self._land("commit", writer, moves, commit=oid, title=contents.request.summary[:200], **allowed)
        return number

    def _demand_free_contents(self, request: CommitRequest) -> None:
        """Raise Forbidden for a file whose content is on the hub's block list."""
        with self.shelves.git.db.read() as tx:
            if blocked := blocked_contents(tx):
                files = [operation for operation in request.operations if isinstance(operation, AddFile)]
                digests = [hashlib.sha256(file.content).hexdigest() for file in files]
                demand_free_content(tx, *(digest for digest in digests if digest in blocked))

    def _sizes(self, contents: set[Sha256]) -> dict[Sha256, int]:
        return {sha256: held.size for sha256, held in self.shelves.objects.held(self.repo, contents).items()}

    def keep_large(self, content: bytes) -> Pointer:
        """Put content among the repository's large files. Raises TooLarge and QuotaExceeded."""
        pointer = pointer_to(content)
        with Incoming(self.shelves.objects, self.repo, pointer.sha256, pointer.size, self.permit) as incoming:
            incoming.write(content)
            incoming.finish()
        return pointer


class RepoAdmin(RepoWriter):
    """One repository, for an actor who may change its settings."""

    def update(
        self, *, visibility: str | None = None, gated: str | None = None, gate_hides: bool | None = None
    ) -> Repo:
        """Change who may see it (`public`, `private`, `protected`) or how it is gated (empty, `auto`, `manual`).

        `gate_hides`: whether the gate hides the card and what files there are, too.
        """
        self._demand(Right.ADMIN)
        if visibility is not None and visibility not in VISIBILITIES:
            raise Invalid(f"Visibility {visibility[:50]!r} is unknown: use one of {', '.join(VISIBILITIES)}.")
        if gated is not None and gated not in GATINGS:
            raise Invalid(f"Gating {gated[:50]!r} is unknown: use `auto`, `manual` or false.")
        asked = {"visibility": visibility, "gated": gated, "gate_hides": gate_hides}
        changed = {name: value for name, value in asked.items() if value is not None}
        self.repo = replace(self.repo, updated_at=self.desk.now(), **changed)  # type: ignore[arg-type]  # str, each
        with self.shelves.git.db.write() as tx:
            tx.run(
                "UPDATE repos_repo SET visibility = :visibility, gated = :gated, gate_hides = :hides, updated_at = :now"
                " WHERE id = :id",
                visibility=self.repo.visibility, gated=self.repo.gated, hides=int(self.repo.gate_hides),
                now=self.repo.updated_at, id=self.repo.id,
            )  # fmt: skip
            record(tx, self.actor, "repo.update", self.repo.repo_id.path, **changed)
            said = {"private": self.repo.private, "gated": self.repo.gated or False}
            config = {word: said[word] for word, name in _CONFIG.items() if name in changed}
            announce(
                tx, self.desk.queue, done_by(self.actor, "repo.config", "update", state_of(self.repo), config=config)
            )
        return self.repo

"""The one gate to repositories: who gets a reader, a writer or an administrator of which."""

from dataclasses import replace
from functools import partial
from typing import Any, NoReturn, TypeVar

from freehold.base.clock import Clock, now
from freehold.base.errors import Conflict, Forbidden, Invalid, Moved, RepoNotFound
from freehold.base.ids import RepoId, RepoKind, check_name, is_name, new_id
from freehold.core.accounts.access import (
    VISIBILITIES,
    Right,
    grant_of,
    is_let_in,
    may_create,
    role_of,
    visible_to,
)
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.deploy_keys import forget_deploy_keys
from freehold.core.accounts.gates.fetches import Fetches, Visit
from freehold.core.accounts.gates.gate import standing_of
from freehold.core.accounts.gates.granting import forget_gate
from freehold.core.accounts.gates.groups import leave_groups
from freehold.core.accounts.made import forget_made, note_made
from freehold.core.accounts.names import name_key
from freehold.core.accounts.orgs.groups import place, role_for_new
from freehold.core.accounts.people import Account, People
from freehold.core.queue.events import announce
from freehold.core.queue.queue import Queue
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.birth import address_of, default_for, duplicate_packs, first_pack, insert_row, taken
from freehold.core.repos.buckets import Buckets
from freehold.core.repos.community import Community, NoCommunity
from freehold.core.repos.granting import ABSENT, granted_right, short_of, subject_of
from freehold.core.repos.history import LastCommits
from freehold.core.repos.holds import Holds
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.listing import BlobFacts
from freehold.core.repos.locks import forget_locks
from freehold.core.repos.quotas import demand_move, demand_repository
from freehold.core.repos.reader import RepoReader, Shelves
from freehold.core.repos.refs import Desk
from freehold.core.repos.repo import COLUMNS, Repo
from freehold.core.repos.retention import Retentions
from freehold.core.repos.storage import Storage
from freehold.core.repos.telling import done_by, state_of
from freehold.core.repos.writer import RepoAdmin, RepoWriter
from freehold.stores.db.database import Database, Transaction
from freehold.stores.git.blaming import Blames
from freehold.stores.git.merging import Merges
from freehold.stores.git.store import GitStore, RefMove
from freehold.stores.xet.files import Left
from freehold.stores.xet.store import XetStore
from freehold.wire.git.refs import MAIN

SDKS = ("gradio", "streamlit", "docker", "static")

A = TypeVar("A", bound=Admitted)
W = TypeVar("W", bound=RepoWriter)


class Repos:
    """Every repository of the hub. What an actor may not read is not there for that actor."""

    def __init__(
        self,
        db: Database,
        git: GitStore,
        objects: RepoObjects,
        xet: XetStore,
        *,
        people: People,
        queue: Queue,
        clock: Clock = now,
        community: Community | None = None,
    ) -> None:
        self.objects = objects
        self.git = git
        self.fetches = Fetches(db, clock)
        self._db = db
        self._people = people
        self._clock = clock
        self.buckets = Buckets(self, db, objects, xet, clock)
        self._community = community or NoCommunity()
        self._shelves = Shelves(
            git, objects, xet, BlobFacts(), LastCommits(), Merges(git), self._community, Blames(git)
        )
        self._desk = Desk(queue, clock)
        self.holds = Holds(db, clock)
        self.storage = Storage(git, people, objects.quota_of)
        days = objects.limits.keep_days
        self.retentions = Retentions(db, people, None if days < 0 else days)

    def reader(self, actor: Actor, repo_id: RepoId) -> RepoReader:
        """To read. Raises RepoNotFound (absent or hidden, alike) and Moved."""
        row, granted = self._open(actor, _with_git(repo_id))
        return self._gated(RepoReader(self._shelves, Repo.from_row(row), actor, granted), row)

    def proposer(self, actor: Actor, repo_id: RepoId) -> RepoWriter:
        """To open pull requests, or more where the actor may. Raises Forbidden besides what `reader` raises."""
        return self._writer(RepoWriter, actor, _with_git(repo_id), Right.PROPOSE)

    def writer(self, actor: Actor, repo_id: RepoId) -> RepoWriter:
        """To change files and refs. Raises Forbidden besides what `reader` raises."""
        return self._writer(RepoWriter, actor, _with_git(repo_id), Right.WRITE)

    def admin(self, actor: Actor, repo_id: RepoId) -> RepoAdmin:
        """To change settings, of a bucket too. Raises Forbidden besides what `reader` raises."""
        return self._writer(RepoAdmin, actor, repo_id, Right.ADMIN)

    def by_row_id(self, actor: Actor, row_id: str, *, since: int | None = None) -> RepoReader:
        """The repository whose row has this id, wherever it is called now. Raises RepoNotFound, for a bucket too.

        `since` is when the link was made that the actor comes with, where there is one.
        """
        row, granted = self._row_by_id(actor, row_id, since)
        repo = Repo.from_row(row)
        _with_git(repo.repo_id)
        return self._gated(RepoReader(self._shelves, repo, actor, granted), row)

    def admit(self, actor: Actor, repo_id: RepoId, least: Right = Right.READ) -> Admitted:
        """A repository or bucket as such, without a way to its files. Raises what `reader` raises, and Forbidden."""
        row, granted = self._open(actor, repo_id)
        if granted < least:
            raise short_of(least, actor, row)
        return self._gated(Admitted(Repo.from_row(row), actor, granted), row)

    def admit_by_row_id(self, actor: Actor, row_id: str, *, since: int | None = None) -> Admitted:
        """The repository or bucket whose row has this id, as `admit` gives it. Raises RepoNotFound."""
        row, granted = self._row_by_id(actor, row_id, since)
        return self._gated(Admitted(Repo.from_row(row), actor, granted), row)

    def owned_by(self, actor: Actor, owner_id: str) -> list[Repo]:
        """Every repository of an account that `actor` may see."""
        seen = visible_to(actor)
        sql = f"SELECT {COLUMNS} FROM repos_repo r WHERE r.owner_id = :owner AND {seen.sql} ORDER BY r.id"
        with self._db.read() as tx:
            rows = tx.all(sql, owner=owner_id, **seen.params)
        return [Repo.from_row(row) for row in rows]

    def create(
        self,
        actor: Actor,
        repo_id: RepoId,
        *,
        visibility: str | None = None,
        sdk: str | None = None,
        group: str | None = None,
    ) -> Repo:
        """Make a repository with its first commit (visibility None: what the namespace prefers).

        `group` is the id of a resource group of the organisation, in which it then is from the beginning.

        Raises Conflict if it exists, Forbidden in a namespace where the actor may not create, Invalid.
        """
        repo = self._newborn(actor, repo_id, visibility, sdk, group)
        if repo_id.kind is RepoKind.BUCKET:
            self._create_bucket(actor, repo, group)
            return repo
        staged, commit = first_pack(self.git, repo, actor, self._clock())
        with self.git.landing([staged]) as tx:
            self._insert(tx, actor, repo, group)
            self.git.create(tx, repo.id)
            self.git.land(tx, repo.id, staged, [RefMove(MAIN, None, commit)])
            record(tx, actor, "repo.create", repo_id.path, visibility=repo.visibility)
            landed = {"repo_id": repo.id, "ref": MAIN, "old": None, "new": commit}
            self._desk.queue.enqueue(tx, "commit.landed", landed)
            announce(tx, self._desk.queue, done_by(actor, "repo", "create", state_of(repo, commit)))
        return repo

    def _create_bucket(self, actor: Actor, bucket: Repo, group: str | None) -> None:
        with self._db.write() as tx:
            self._insert(tx, actor, bucket, group)
            self.buckets.begin(tx, bucket.id)
            record(tx, actor, "repo.create", bucket.repo_id.path, visibility=bucket.visibility)
            announce(tx, self._desk.queue, done_by(actor, "repo", "create", state_of(bucket)))

    def duplicate(
        self, actor: Actor, from_id: RepoId, to_id: RepoId, visibility: str | None = None, group: str | None = None
    ) -> Repo:
        """Copy a repository with its history and large files. Raises what `reader` and `create` raise."""
        source = self.reader(actor, from_id)
        source.require_content()
        source.require_free()
        source.fetched("copy", to_id.path)
        if source.repo.private and visibility is None:
            visibility = source.repo.visibility
        # What was let out through a gate is not shown to everybody by the mere act of copying.
        repo = replace(
            self._newborn(actor, to_id, visibility, source.repo.sdk, group),
            gated=source.repo.gated,
            gate_hides=source.repo.gate_hides,
        )
        self.objects.check_quota(repo, source.repo.logical_bytes)
        staged, moves = duplicate_packs(self.git, source.repo.id, repo.id)
        with self.git.landing(staged) as tx:
            self._insert(tx, actor, repo, group)
            self.git.create(tx, repo.id)
            for pack in staged:
                self.git.land(tx, repo.id, pack, [])
            self.git.land(tx, repo.id, None, moves)
            self.objects.copy(tx, source.repo.id, repo.id)
            self._shelves.xet.copy_links(tx, source.repo.id, repo.id)
            record(tx, actor, "repo.duplicate", to_id.path, source=from_id.path)
            landed = {"repo_id": repo.id, "ref": MAIN, "old": None, "new": None}
            self._desk.queue.enqueue(tx, "commit.landed", landed)
            announce(tx, self._desk.queue, done_by(actor, "repo", "create", state_of(repo)))
        return repo

    def move(self, actor: Actor, from_id: RepoId, to_id: RepoId) -> Repo:
        """Give a repository another address; the old one leads to it from then on. Raises as `admin` and `create`."""
        repo = self.admin(actor, from_id).repo
        if to_id.kind is not repo.kind:
            raise Invalid(f"A {repo.kind} stays a {repo.kind}: it cannot move to {to_id.path}.")
        owner = self._creatable(actor, to_id)
        old, new = address_of(repo.repo_id), address_of(to_id)
        with self._db.write() as tx:
            if new != old:
                self._take(tx, to_id, owner.id, repo.id)
            if owner.id != repo.owner_id:
                demand_move(tx, self.objects.quota_of(owner.id), repo.id, owner.id, owner.name)
            moved = tx.run(
                "UPDATE repos_repo SET owner_id = :owner, namespace = :namespace, name = :name, address = :address,"
                " updated_at = :now WHERE id = :id AND address = :old",
                owner=owner.id, namespace=owner.name, name=to_id.name, address=new, now=self._clock(), id=repo.id,
                old=old,
            )  # fmt: skip
            if not moved.rowcount:
                raise Conflict(f"{from_id.full} was moved or deleted at this moment. Look where it is now.")
            if new != old:
                tx.run(
                    "INSERT INTO repos_redirect (address, repo_id, created_at) VALUES (:address, :id, :now)"
                    " ON CONFLICT (address) DO UPDATE SET repo_id = :id, created_at = :now",
                    address=old, id=repo.id, now=self._clock(),
                )  # fmt: skip
            self._shelves.xet.move(tx, repo.id, repo.owner_id, owner.id)
            ended = 0
            if owner.id != repo.owner_id:
                leave_groups(tx, repo.id)
                place(tx, None, repo.id, owner.id)  # a group holds what its organisation owns
                # Whom the old owner's administrators let in, the new one has not.
                ended = forget_deploy_keys(tx, repo.id)
            record(tx, actor, "repo.move", from_id.path, to=to_id.path, **({"deploy_keys": ended} if ended else {}))
            there = replace(repo, owner_id=owner.id, namespace=owner.name, name=to_id.name)
            announce(tx, self._desk.queue, done_by(actor, "repo", "move", state_of(repo), moved_to=state_of(there)))
        return self.admit_by_row_id(actor, repo.id).repo

    def delete(self, actor: Actor, repo_id: RepoId) -> None:
        """Remove a repository with all it holds; packs and whole copies are freed in the background, chunks stay."""
        repo = self.admin(actor, repo_id).repo
        with self._db.write() as tx:
            # Its own row first, as every writer does.
            tx.run("UPDATE repos_repo SET updated_at = :now WHERE id = :id", now=self._clock(), id=repo.id)
            self.git.drop(tx, repo.id)
            self.objects.forget(tx, repo.id)
            self.buckets.end(tx, repo.id)
            self._shelves.xet.forget(tx, repo.id, left=Left(repo.owner_id))
            tx.run("DELETE FROM repos_redirect WHERE repo_id = :id", id=repo.id)
            forget_locks(tx, repo.id)
            tx.run("DELETE FROM repos_mark WHERE repo_id = :id", id=repo.id)
            tx.run("DELETE FROM repos_pull WHERE repo_id = :id", id=repo.id)
            self._community.forget(tx, repo.id)
            forget_gate(tx, repo.id, self._clock())
            forget_made(tx, repo.id)
            forget_deploy_keys(tx, repo.id)
            tx.run("DELETE FROM repos_repo WHERE id = :id", id=repo.id)
            record(tx, actor, "repo.delete", repo_id.path)
            self._desk.queue.enqueue(tx, "git.repack", {"repo_id": repo.id})
            landed = {"repo_id": repo.id, "ref": MAIN, "old": None, "new": None}
            self._desk.queue.enqueue(tx, "commit.landed", landed)
            announce(tx, self._desk.queue, done_by(actor, "repo", "delete", state_of(repo)))

    def _open(self, actor: Actor, repo_id: RepoId) -> tuple[Any, Right]:
        if not (is_name(repo_id.namespace) and is_name(repo_id.name)):
            raise RepoNotFound(ABSENT)  # a name that may not be is one that nobody has
        try:
            row = self._row("r.address = :key", address_of(repo_id), actor)
            if row is None:
                self._follow(actor, repo_id)
            return row, granted_right(actor, row)
        except RepoNotFound:
            # To whoever belongs there the credential's fault is said, of what is not there just as of what is hidden.
            if why := actor.barred_from(name_key(repo_id.namespace)):
                raise Forbidden(why) from None
            raise

    def _writer(self, kind: type[W], actor: Actor, repo_id: RepoId, least: Right) -> W:
        row, granted = self._open(actor, repo_id)
        if granted < least:
            raise short_of(least, actor, row)
        return self._gated(kind(self._shelves, Repo.from_row(row), actor, granted, self._desk), row)

    def _row_by_id(self, actor: Actor, row_id: str, since: int | None = None) -> tuple[Any, Right]:
        row = self._row("r.id = :key", row_id, actor, since)
        if row is None:
            raise RepoNotFound(ABSENT)
        return row, granted_right(actor, row)

    def _row(self, where: str, key: str, actor: Actor, since: int | None = None) -> Any:
        role, grant = role_of(actor), grant_of(actor, self._clock(), since=since)
        # Only a gate makes the database look for grants.
        held = f"CASE WHEN r.gated <> '' THEN {grant.sql} END"
        sql = f"SELECT {COLUMNS}, {role.sql} AS role, {held} AS held FROM repos_repo r WHERE {where}"
        with self._db.read() as tx:
            return tx.first(sql, key=key, **role.params, **grant.params)

    def _gated(self, reader: A, row: Any) -> A:
        """The reader, closed if the repository is gated and its actor was not let in."""
        who, subject = reader.actor, subject_of(row)
        by_right = is_let_in(who, row.gated, subject, row.role, granted=False)
        reader.closed = not (by_right or is_let_in(who, row.gated, subject, row.role, granted=bool(row.held)))
        if row.held and not by_right:
            reader.witness = partial(self.fetches.note, Visit(row.held, who, reader.repo.repo_id.path))
        if reader.closed:
            with self._db.read() as tx:
                reader.standing = standing_of(tx, row.id, reader.actor.account_id, self._clock())
        return reader

    def _follow(self, actor: Actor, repo_id: RepoId) -> NoReturn:
        with self._db.read() as tx:
            target = tx.scalar(
                "SELECT repo_id FROM repos_redirect WHERE address = :address", address=address_of(repo_id)
            )
        if target is not None:
            raise Moved(self.admit_by_row_id(actor, target).repo.repo_id.path)
        raise RepoNotFound(ABSENT)

    def _newborn(
        self, actor: Actor, repo_id: RepoId, visibility: str | None, sdk: str | None, group: str | None
    ) -> Repo:
        owner = self._creatable(actor, repo_id, group)
        visibility = visibility or default_for(repo_id.kind, owner.default_visibility)
        if visibility not in VISIBILITIES:
            raise Invalid(f"Visibility {visibility[:50]!r} is unknown: use one of {', '.join(VISIBILITIES)}.")
        if repo_id.kind is not RepoKind.SPACE:
            sdk = None
        elif sdk not in SDKS:
            raise Invalid(f"A space needs an sdk: one of {', '.join(SDKS)}.")
        with self._db.read() as tx:
            self._demand_free(tx, repo_id, owner.id, None)
        moment = self._clock()
        return Repo(
            new_id(), repo_id.kind, owner.id, owner.name, repo_id.name, visibility, "", "", sdk, moment, moment, 0
        )

    def _creatable(self, actor: Actor, repo_id: RepoId, group: str | None = None) -> Account:
        """The account that would own `repo_id`. Raises Forbidden if the actor may not create in it, InvalidName."""
        check_name(repo_id.namespace)
        check_name(repo_id.name)
        owner = self._people.by_name(repo_id.namespace)
        role = self._people.role_in(owner.id, actor.account_id) if owner else None
        if owner is not None and group is not None:
            with self._db.read() as tx:
                role = role_for_new(tx, owner.id, group, actor.account_id)
        if owner is None or not may_create(actor, owner.id, role):
            if why := actor.barred_from(owner.id if owner else ""):
                raise Forbidden(why)
            raise Forbidden(
                f"You don't have the rights to create a {repo_id.kind} under the namespace {repo_id.namespace!r}."
            )
        return owner

    def _demand_free(self, tx: Transaction, repo_id: RepoId, owner_id: str, mover: str | None) -> None:
        """Raise Conflict unless the address is free: no repository has it, and no stranger's redirect starts there."""
        address = address_of(repo_id)
        if tx.first("SELECT 1 FROM repos_repo WHERE address = :address", address=address):
            raise taken(repo_id)
        row = tx.first(
            "SELECT d.repo_id, r.owner_id FROM repos_redirect d LEFT JOIN repos_repo r ON r.id = d.repo_id"
            " WHERE d.address = :address",
            address=address,
        )  # fmt: skip
        # Whoever follows an old link must never land at somebody else's files.
        if row is not None and row.owner_id not in (None, owner_id) and row.repo_id != mover:
            raise Conflict(
                f"{repo_id.full} is the former address of another {repo_id.kind}. Choose another name.",
                url=f"/{repo_id.path}",  # it leads there, which is what a client wants that only makes sure
            )

    def _take(self, tx: Transaction, repo_id: RepoId, owner_id: str, mover: str | None) -> None:
        """Keep everybody else from the address until `tx` ends, then look whether it is free."""
        tx.take_turn(f"address:{address_of(repo_id)}")
        self._demand_free(tx, repo_id, owner_id, mover)

    def _insert(self, tx: Transaction, actor: Actor, repo: Repo, group: str | None) -> None:
        self._take(tx, repo.repo_id, repo.owner_id, None)
        demand_repository(tx, self.objects.quota_of(repo.owner_id), repo.owner_id, repo.namespace)
        insert_row(tx, repo, actor.account_id)
        note_made(tx, actor, repo.id)
        if group is not None:
            place(tx, group, repo.id, repo.owner_id)


def _with_git(repo_id: RepoId) -> RepoId:
    """The same, unless it is a bucket: to whoever wants a git repository, there is none."""
    if repo_id.kind is RepoKind.BUCKET:
        raise RepoNotFound(ABSENT)
    return repo_id

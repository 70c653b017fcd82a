"""Reading one repository, for one actor who was found to be allowed to."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from freehold.base.errors import EntryNotFound, RangeUnsatisfiable, RevisionNotFound, TooLarge, Unprocessable
from freehold.base.ids import Oid, Sha256, XetHash, is_oid
from freehold.base.streams import PIECE, Buffer, Located, Made
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.repos import listing
from freehold.core.repos.admitted import Admitted
from freehold.core.repos.community import Community
from freehold.core.repos.comparing import compare
from freehold.core.repos.entries import Commit, Comparison, Entry, File, Folder, Ref, Refs, Revision, StoredObject
from freehold.core.repos.history import LastCommits, log
from freehold.core.repos.large import RepoObjects
from freehold.core.repos.lineage import MAX_BLAMED, Line, blamed, log_of
from freehold.core.repos.pulls import PlannedMerge, Pull, commits_between, find_pull, holds, start_of
from freehold.core.repos.repo import Repo
from freehold.stores.blobs.key import object_key
from freehold.stores.git.blaming import Blames
from freehold.stores.git.merging import Merges
from freehold.stores.git.objects import Objects
from freehold.stores.git.store import GitStore
from freehold.stores.xet.store import XetStore
from freehold.wire.git.lsrefs import Listing, told
from freehold.wire.git.objects import Node
from freehold.wire.git.refs import CONVERTS, HEADS, MAIN, PULLS, TAGS

ALWAYS_OPEN = frozenset({"README.md", "LICENSE", "LICENSE.md", "LICENSE.txt", ".gitattributes"})
"""What a gate never hides: a reader must learn what the repository is and on which terms."""

_SHORT_OID = re.compile(r"[0-9a-f]{7,39}", re.ASCII)
_BRANCHLIKE = (HEADS, CONVERTS, PULLS)


@dataclass(frozen=True, slots=True)
class Shelves:
    """What every reader and writer works on."""

    git: GitStore
    objects: RepoObjects
    xet: XetStore
    facts: listing.BlobFacts
    last_commits: LastCommits
    merges: Merges
    community: Community
    blames: Blames


class RepoReader(Admitted):
    """One repository at the time of each call. Made by `Repos`, which has checked the actor's right."""

    def __init__(self, shelves: Shelves, repo: Repo, actor: Actor, right: Right) -> None:
        super().__init__(repo, actor, right)
        self.shelves = shelves
        self._generation = -1

    def revision(self, rev: str = "main") -> Revision:
        """The commit that a branch, a tag, a whole ref name or a (short) commit id stands for.

        Raises RevisionNotFound. Only `main` of a repository without commits resolves to no commit.
        """
        rev = "main" if rev == "HEAD" else rev
        names = [rev] if rev.startswith("refs/") else [HEADS + rev, TAGS + rev]
        glimpse = self.shelves.git.glimpse(self.repo.id, names)
        self._generation = max(self._generation, glimpse.generation)
        for name in names:
            commit = self._git().peel(glimpse.refs[name]) if name in glimpse.refs else None
            if commit is not None:
                return Revision(commit, name)
        commit = self._commit_named(rev)
        if commit is not None:
            return Revision(commit, None)
        if MAIN in names and not self.shelves.git.refs(self.repo.id).refs:
            return Revision(None, MAIN)
        raise RevisionNotFound(f"Invalid rev id: {rev[:200]}")

    def opened(self) -> "RepoReader":
        """This repository as its owners read it: for the hub's own statements about it, never to hand out content."""
        reader = RepoReader(self.shelves, self.repo, self.actor, self.right)
        reader._generation = self._generation
        return reader

    def view(self) -> AbstractContextManager[Path]:
        """The repository as a folder that git itself can serve, as it is now. Raises Gated."""
        self.require_content()
        return self.shelves.git.view(self.repo.id)

    def refs_told(self, asked: Listing) -> bytes:
        """The answer to a client that asks git which refs there are. Raises Gated."""
        self.require_content()
        glimpse = self.shelves.git.refs(self.repo.id)
        self._generation = max(self._generation, glimpse.generation)
        return told(asked, glimpse.refs, lambda oid: self._git().target(oid))

    def require_reachable(self, wanted: Collection[Oid]) -> None:
        """Raise RevisionNotFound if a commit among `wanted` is of no ref's history: it was taken back.

        Files and folders are not looked for in history: a partial clone asks for each by its id.
        """
        glimpse = self.shelves.git.refs(self.repo.id)
        self._generation = max(self._generation, glimpse.generation)
        odd = set(wanted) - set(glimpse.refs.values())
        objects = self._git() if odd else None
        commits = [commit for oid in odd if objects and (commit := objects.peel(oid))]
        if objects and commits:
            tips = [tip for oid in glimpse.refs.values() if (tip := objects.peel(oid))]
            if lost := next(objects.commits_beyond(commits, tips), None):
                raise RevisionNotFound(f"{lost} is on no branch or tag of this repository.")

    def commit_of(self, rev: str = "main") -> Oid:
        """As `revision`, where a commit is needed: an empty repository raises RevisionNotFound too."""
        commit = self.revision(rev).commit
        if commit is None:
            raise RevisionNotFound(f"{self.repo.repo_id} has no commit yet. Upload a file first.")
        return commit

    def tree(
        self,
        rev: str = "main",
        path: str = "",
        *,
        recursive: bool = False,
        last_commits: bool = False,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[Entry]:
        """What lies below the folder `path`, in git's order; a path that is a file gives that one file.

        `after` is the path of the last entry already seen. Raises RevisionNotFound and EntryNotFound.
        """
        self.require_card()
        commit = self.revision(rev).commit
        if commit is None:
            return []
        objects = self._git()
        path = path.strip("/")
        node = self._node(objects, commit, path)
        if not node.is_tree:
            return [] if after else self._with_last(commit, self._entries(objects, [(path, node)]), last_commits)
        prefix = f"{path}/" if path else ""
        relative = self._cursor(objects, node.id, (after or "").removeprefix(prefix))
        found = listing.walk(objects, node.id, recursive=recursive, after=relative)
        page = [(prefix + listing.text(name), child) for name, child in islice(found, limit)]
        return self._with_last(commit, self._entries(objects, page), last_commits)

    def folder(self, rev: str, path: str, start: int, limit: int) -> Folder:
        """What lies in a folder from the `start`-th entry on, with last commits; a file is a folder of itself.

        Raises RevisionNotFound and EntryNotFound.
        """
        self.require_card()
        commit = self.revision(rev).commit
        if commit is None:
            return Folder([], 0)
        objects = self._git()
        node = self._node(objects, commit, path)
        if not node.is_tree:
            return Folder(self._with_last(commit, self._entries(objects, [(path, node)]), True), 1)
        prefix = f"{path}/" if path else ""
        found = [(prefix + listing.text(name), child) for name, child in listing.folder(objects, node.id)]
        named = (name for name, child in found if not child.is_tree and name.lower() == f"{prefix.lower()}readme.md")
        entries = self._entries(objects, found[start : start + limit])
        return Folder(self._with_last(commit, entries, True), len(found), next(named, ""))

    def entry(self, rev: str, path: str) -> Entry:
        """The entry at `path`. Raises RevisionNotFound and EntryNotFound."""
        objects, commit = self._at(rev)
        return self._entries(objects, [(path, self._node(objects, commit, path))])[0]

    def paths(self, rev: str, paths: Sequence[str], *, last_commits: bool = False) -> list[Entry]:
        """The entries at `paths`, in that order; those that do not exist are left out."""
        objects, commit = self._at(rev)
        root = self._root(objects, commit)
        nodes = [(path, listing.find(objects, root, path)) for path in (path.strip("/") for path in paths)]
        found = self._entries(objects, [(path, node) for path, node in nodes if node is not None])
        return self._with_last(commit, found, last_commits)

    def file(self, rev: str, path: str) -> File:
        """The file at `path`. Raises EntryNotFound for a folder too, and for a large file whose content is not here."""
        objects, commit = self._at(rev)
        node = self._node(objects, commit, path)
        if path not in ALWAYS_OPEN:
            self.require_content()
        if node.is_tree:
            raise EntryNotFound(f"{path!r} is a folder, not a file.", commit)
        entry = self._entries(objects, [(path, node)])[0]
        if entry.large is None:
            return File(entry, commit, entry.oid, entry.size)
        if self.shelves.objects.has(self.repo, entry.large.sha256) is None:
            raise EntryNotFound(f"The content of {path!r} was never uploaded to this repository.", commit)
        return File(entry, commit, entry.large.sha256, entry.size)

    def open_bytes(self, rev: str, path: str, limit: int = 10 << 20) -> bytes:
        """A whole file of at most `limit` bytes. Raises EntryNotFound and TooLarge."""
        file = self.file(rev, path)
        if file.size > limit:
            raise TooLarge(f"{path!r} has {file.size} bytes, more than the {limit} that can be read here.")
        return self.read_range(file, 0, file.size)

    def read_range(self, file: File, start: int, stop: int) -> bytes:
        """The bytes `start <= position < stop` of a file, cut at its end."""
        if start > file.size:
            raise RangeUnsatisfiable(file.size)
        stop = min(stop, file.size)
        if file.entry.large is None:
            return self._git().read(file.entry.oid)[start:stop]
        located = self.located(file, start, stop)
        if isinstance(located, Made):
            return b"".join([bytes(piece) for piece in located.pieces()])
        return self.shelves.objects.blobs.read(object_key(file.entry.large.sha256), start, stop)

    def located(self, file: File, start: int, stop: int) -> Located:
        """Where the bytes `start <= position < stop` of a file are; the caller has checked the range."""
        if file.entry.large is not None:
            return self.shelves.objects.locate(self.repo, file.entry.large.sha256, start, stop)
        return Made(stop - start, partial(self._pieces, file.entry.oid, start, stop))

    def refs(self) -> Refs:
        """All branches, conversions, tags and pull requests. Raises Gated where the gate hides what files there are."""
        self.require_card()
        glimpse = self.shelves.git.refs(self.repo.id)
        self._generation = max(self._generation, glimpse.generation)
        objects = self._git() if any(name.startswith(TAGS) for name in glimpse.refs) else None
        out = Refs([], [], [], [])
        for name, oid in glimpse.refs.items():
            if name.startswith(HEADS):
                out.branches.append(Ref(name.removeprefix(HEADS), name, oid))
            elif name.startswith(CONVERTS):
                out.converts.append(Ref(name.removeprefix(CONVERTS), name, oid))
            elif name.startswith(TAGS) and objects is not None:
                out.tags.append(Ref(name.removeprefix(TAGS), name, objects.peel(oid) or oid))
            elif name.startswith(PULLS):
                out.pulls.append(Ref(name, name, oid))
        return out

    def commits(self, rev: str = "main", after: Oid | None = None, limit: int | None = None) -> list[Commit]:
        """The history of a revision, newest first, from the commit behind `after`."""
        self.require_card()
        commit = self.revision(rev).commit
        return list(log(self._git(), commit, after, limit)) if commit else []

    def commits_of(self, rev: str, path: str, after: Oid | None = None, limit: int | None = None) -> list[Commit]:
        """Those commits of the history that changed `path`, a file or a folder, as `git log -- path` finds them."""
        self.require_card()
        return list(log_of(self._git(), self.commit_of(rev), path, after, limit))

    def blame(self, file: File) -> Sequence[Line]:
        """Which commit each run of lines of a text comes from. Raises Unprocessable if that takes too long."""
        self.require_content()
        if file.entry.large is not None or file.size > MAX_BLAMED:
            raise Unprocessable(f"Lines are traced in texts of up to {MAX_BLAMED >> 20} MiB that git itself holds.")
        return blamed(self._git(), self.shelves.blames.of(self.repo.id, file.commit, file.path))

    def commits_to(self, base: Oid, head: Oid) -> Sequence[Commit]:
        """The commits that `head` has and `base` has not, oldest first; of very many the newest."""
        self.require_card()
        return commits_between(self._git(), base, head)

    def shared_with(self, base: Oid, head: Oid) -> Oid:
        """The newest commit that two histories share, or `base` if they share none."""
        return start_of(self._git(), base, head)

    def compare(self, base: str | None, head: str) -> Comparison:
        """What changed from one revision (None: nothing) to another. Raises Gated, since changed lines are content."""
        self.require_content()
        old, new = None if base is None else self.commit_of(base), self.commit_of(head)
        self.fetched("compare", f"{base or ''}...{head}", new)
        return compare(self._git(), old, new)

    def open_threads(self) -> int:
        """How many discussions and pull requests are open."""
        return self.shelves.community.open_threads(self.repo.id)

    def pull(self, number: int) -> Pull:
        """A pull request's ref and what became of it. Raises NotFound."""
        ref = f"{PULLS}{number}"
        glimpse = self.shelves.git.glimpse(self.repo.id, [ref])
        self._generation = max(self._generation, glimpse.generation)
        with self.shelves.git.db.read() as tx:
            return find_pull(tx, self.repo.id, number, glimpse.refs.get(ref))

    def pull_start(self, pull: Pull) -> Oid:
        """Where the changes of a pull request begin: the newest commit that it shares with its base."""
        if pull.merged is not None:
            return pull.merged.start
        tip = self.shelves.git.glimpse(self.repo.id, [pull.base]).refs.get(pull.base)
        return start_of(self._git(), tip, pull.head) if tip else pull.head

    def pull_commits(self, pull: Pull) -> Sequence[Commit]:
        """The commits of a pull request, oldest first."""
        self.require_card()
        return commits_between(self._git(), self.pull_start(pull), pull.head)

    def merge_of(self, pull: Pull) -> PlannedMerge:
        """What merging a pull request now would do. Raises RevisionNotFound without a base, Unprocessable."""
        tip, objects = self.commit_of(pull.base), self._git()
        if holds(objects, tip, pull.head):
            return PlannedMerge("none")
        if holds(objects, pull.head, tip):
            return PlannedMerge("fast-forward")
        conflicts = self.shelves.merges.conflicts(self.repo.id, tip, pull.head)
        return PlannedMerge("conflict" if conflicts else "commit", conflicts)

    def objects(self) -> list[StoredObject]:
        """Every large content that this repository holds, newest first; `ref` where a branch has it at its tip."""
        self.require_card()
        places: dict[Sha256, tuple[str, str]] = {}
        glimpse = self.shelves.git.refs(self.repo.id)
        self._generation = max(self._generation, glimpse.generation)
        objects = self._git()
        for name, oid in sorted(glimpse.refs.items(), key=lambda item: (item[0] != MAIN, item[0])):
            if not name.startswith(_BRANCHLIKE):
                continue
            for path, node in listing.walk(objects, self._root(objects, oid), recursive=True):
                fact = None if node.is_tree else self.shelves.facts.of(objects, node.id)
                if fact and fact.pointer:
                    places.setdefault(fact.pointer.sha256, (listing.text(path), name))
        return [self._stored(row, places) for row in self._object_rows()]

    def _object_rows(self) -> list[tuple[Sha256, int, str, int]]:
        with self.shelves.git.db.read() as tx:
            rows = tx.all(
                "SELECT sha256, size, filename, created_at FROM repos_object"
                " WHERE repo_id = :id AND verified >= 0 ORDER BY created_at DESC, sha256",
                id=self.repo.id,
            )  # fmt: skip
        return [(Sha256(row.sha256), row.size, row.filename, row.created_at) for row in rows]

    def _stored(self, row: tuple[Sha256, int, str, int], places: Mapping[Sha256, tuple[str, str]]) -> StoredObject:
        sha256, size, filename, pushed_at = row
        path, ref = places.get(sha256, (filename, None))
        return StoredObject(sha256, size, path, ref, pushed_at)

    def _git(self) -> Objects:
        # Asked anew each time: what a thread got belongs to that thread alone.
        if self._generation < 0:
            self._generation = self.shelves.git.glimpse(self.repo.id, []).generation
        return self.shelves.git.objects(self.repo.id, self._generation)

    def _at(self, rev: str) -> tuple[Objects, Oid]:
        commit = self.revision(rev).commit
        if commit is None:
            raise EntryNotFound(f"{self.repo.repo_id} has no files yet.")
        self.require_card()
        return self._git(), commit

    def _root(self, objects: Objects, commit: Oid) -> bytes:
        return bytes.fromhex(objects.commit(commit).tree)

    def _node(self, objects: Objects, commit: Oid, path: str) -> Node:
        node = listing.find(objects, self._root(objects, commit), path)
        if node is None:
            raise EntryNotFound(f"{path[:300]!r} does not exist at {commit}.", commit)
        return node

    def _entries(self, objects: Objects, nodes: Sequence[tuple[str, Node]]) -> list[Entry]:
        return listing.entries(objects, self.shelves.facts, nodes, self._xet_hashes)

    def _xet_hashes(self, contents: Collection[Sha256]) -> dict[Sha256, XetHash | None]:
        return {sha256: held.xet_hash for sha256, held in self.shelves.objects.held(self.repo, contents).items()}

    def _with_last(self, commit: Oid, entries: list[Entry], wanted: bool) -> list[Entry]:
        if not wanted:
            return entries
        paths = [entry.path for entry in entries]
        last = self.shelves.last_commits.of(self._git(), self.repo.id, commit, paths)
        return [replace(entry, last_commit=last.get(entry.path)) for entry in entries]

    def _cursor(self, objects: Objects, root: bytes, after: str) -> bytes:
        node = listing.find(objects, root, after.rstrip("/")) if after else None
        raw = after.encode("utf-8", "surrogateescape")
        return raw.rstrip(b"/") + b"/" if node is not None and node.is_tree else raw

    def _commit_named(self, rev: str) -> Oid | None:
        if is_oid(rev):
            return self._git().peel(rev)
        if _SHORT_OID.fullmatch(rev):
            whole = self._git().expand(rev)
            return self._git().peel(whole) if whole else None
        return None

    def _pieces(self, oid: Oid, start: int, stop: int) -> Iterator[Buffer]:
        whole = memoryview(self._git().read(oid))
        for at in range(start, stop, PIECE):
            yield whole[at : min(at + PIECE, stop)]

"""Looks at what a push brings, before it is part of a repository: names, sizes, and large files that must be here."""

import hashlib
from collections.abc import Collection, Iterator, Sequence

from freehold.base.errors import TooLarge, Unprocessable
from freehold.base.ids import Oid, Sha256
from freehold.core.repos.committing import INLINE_LIMIT, Sizes
from freehold.core.repos.leaks import BY_PUSH, Leaks, at
from freehold.core.repos.listing import text
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import SUBMODULE, CommitObject, Node
from freehold.wire.git.paths import check_path
from freehold.wire.lfs.pointer import LARGEST, SMALLEST, Pointer, parse_pointer
from freehold.wire.secrets import allows

MOST_CHANGES = 1_000_000
"""Files and folders that one push may touch; a tree bomb is found by counting."""

LARGEST_RECORD = 16 << 20
"""Bytes that a commit, a tag or one folder's list may have: the hub reads them whole."""

_MOST_NAMED = 20


class Inspection:
    """One push. Its pack has been checked by git; raises Unprocessable and TooLarge with what to do about it."""

    def __init__(
        self,
        objects: Objects,
        most_changes: int = MOST_CHANGES,
        *,
        allow_secrets: bool = False,
        blocked: Collection[str] = (),
    ) -> None:
        self.objects = objects
        self._most_changes = most_changes
        self._allow_secrets = allow_secrets
        self._blocked = blocked
        self._leaks = Leaks()
        self._arrived: Collection[str] = ()
        self._seen: set[bytes] = set()
        self._changes = 0
        self.pointers: dict[Sha256, tuple[str, Pointer]] = {}
        """The large files that new commits point at, each with one path."""

    def look(self, tips: Sequence[Oid], known: Collection[Oid], arrived: Sequence[str]) -> None:
        """Look at every commit that `tips` bring beyond what `known` refs reach, and at every object of the pack."""
        self._arrived = frozenset(arrived)
        large = self._records_in_order(arrived)
        for commit in self.objects.commits_beyond(tips, known):
            self._look_at(commit)
        if large:
            raise _too_large(f"The object {large}", self.objects.size(large))
        self._leaks.demand_none(BY_PUSH)

    def demand_large(self, sizes: Sizes) -> None:
        """Refuse pointers to contents that the repository does not hold, or holds with another size."""
        missing = [
            f"  {path} (SHA-256 {sha256})"
            for sha256, (path, pointer) in self.pointers.items()
            if sizes.get(sha256) != pointer.size
        ]
        if missing:
            more = f"\n  and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
            named = "\n".join(missing[:_MOST_NAMED]) + more
            raise Unprocessable(
                f"These files are pointers of git-lfs to contents that this repository does not hold:\n{named}"
                "\nRun `git lfs install`, then `git lfs push --all <remote>`, and push again."
            )

    def _records_in_order(self, arrived: Sequence[str]) -> str | None:
        """Refuse records that are too long to be read; the first file that is too large for git, if there is one."""
        large = None
        for oid in arrived:
            size = self.objects.size(oid)
            if size < INLINE_LIMIT:
                continue
            kind = self.objects.kind(oid)
            if kind == "blob":
                large = large or oid
            elif size > LARGEST_RECORD:
                raise TooLarge(
                    f"The {kind} {oid} has {size} bytes; a {kind} may have {LARGEST_RECORD}. Split the folder, or"
                    " shorten the message."
                )
        return large

    def _look_at(self, oid: Oid) -> None:
        commit = self.objects.commit(oid)
        root = bytes.fromhex(commit.tree)
        parent = bytes.fromhex(self.objects.commit(commit.parents[0]).tree) if commit.parents else None
        if root == parent:
            return
        searched = None if self._allow_secrets or allows(commit.message) else commit
        for path, node in self._changed(parent, root):
            self._changes += 1
            if self._changes > self._most_changes:
                raise TooLarge(f"A push may change {self._most_changes} files at most. Push in several steps.")
            check_path(text(path))
            if not node.is_tree and node.mode != SUBMODULE and node.id not in self._seen:
                self._seen.add(node.id)
                self._look_at_file(text(path), node, searched)

    def _changed(self, old: bytes | None, new: bytes) -> Iterator[tuple[bytes, Node]]:
        """What the tree `new` has otherwise than `old`, each folder before what it holds."""
        stack = [(b"", old, new)]
        while stack:
            prefix, old, new = stack.pop()
            before = self.objects.tree(old) if old else {}
            for name, node in self.objects.tree(new).items():
                was = before.get(name)
                if was == node:
                    continue
                yield prefix + name, node
                if node.is_tree:
                    stack.append((prefix + name + b"/", was.id if was and was.is_tree else None, node.id))

    def _look_at_file(self, path: str, node: Node, searched: CommitObject | None) -> None:
        """Look at a new file; for secrets only if it came with the push, and in the commit `searched`."""
        oid = node.oid
        size = self.objects.size(oid)
        if size >= INLINE_LIMIT:
            raise _too_large(f"{path!r}", size, path)
        arrived = oid in self._arrived
        fresh = searched is not None and arrived
        looked_up = bool(self._blocked) and arrived
        content = self.objects.read(oid) if fresh or looked_up or SMALLEST <= size <= LARGEST else b""
        if looked_up and hashlib.sha256(content).hexdigest() in self._blocked:
            raise Unprocessable(f"The content of {path!r} may not be uploaded to this hub.")
        if pointer := parse_pointer(content):
            self.pointers.setdefault(pointer.sha256, (path, pointer))
        elif fresh and searched is not None:
            parents = searched.parents
            self._leaks.look(path, content, lambda: (old for one in parents for old in at(self.objects, one, path)))


def _too_large(what: str, size: int, path: str | None = None) -> TooLarge:
    pattern = f'"*.{path.rpartition(".")[2]}"' if path and "." in path.rpartition("/")[2] else '"<pattern>"'
    return TooLarge(
        f"{what} has {size} bytes, and files of {INLINE_LIMIT >> 20} MiB or more belong into git-lfs.\n"
        f"Run `git lfs install`, `git lfs migrate import --include={pattern}`, and push again."
    )

"""A change that somebody makes by a form: straight onto the branch, or as a pull request; nothing of others is lost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from freehold.base.errors import Conflict, Invalid, RevisionNotFound, Stale, StorageFailed
from freehold.base.ids import Oid, is_oid
from freehold.base.words import later
from freehold.core.accounts.access import Right
from freehold.core.repos.reader import RepoReader
from freehold.core.repos.requests import CommitRequest, CopyFile, Operation
from freehold.core.repos.writer import RepoWriter
from freehold.web.forms import Form
from freehold.web.links import repo_path
from freehold.wire.git.refs import HEADS, PULLS

_TRIES = 5


class Overtaken(Conflict):
    """Somebody else changed the same file since the form was opened."""

    def __init__(self, tip: Oid) -> None:
        super().__init__(later("Somebody changed this on the branch since you began. Your text is kept below."))
        self.tip = tip


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says about the commit. `base` is the commit that it was opened at, empty in an empty repository."""

    base: str
    may_push: bool
    """Whether the actor may write to the branch; all others make pull requests."""
    pull: bool = False
    summary: str = ""
    description: str = ""


def wish_for(writer: RepoReader, rev: str) -> Wish:
    """What a new form begins with. Raises RevisionNotFound for what is no branch."""
    found = writer.revision(rev)
    if found.ref is None or not found.ref.startswith((HEADS, PULLS)):
        raise RevisionNotFound(f"Files are changed on branches, and {rev[:200]} is none. Choose a branch first.")
    may_push = writer.right >= Right.WRITE
    return Wish(found.commit or "", may_push, pull=not may_push)


def may_change(reader: RepoReader, rev: str) -> bool:
    """Whether to offer changes at a revision: on branches, to whoever may at least propose them."""
    ref = reader.revision(rev).ref if reader.right >= Right.PROPOSE and not reader.repo.hold else None
    return ref is not None and ref.startswith((HEADS, PULLS))


def wish_in(writer: RepoReader, rev: str, form: Form, summary: str) -> Wish:
    """What was sent; `summary` is the commit's first line where none was written."""
    found = wish_for(writer, rev)
    base = form.get("base", "")
    if base and not is_oid(base):
        raise Invalid("The form does not say which commit it was opened at. Reload the page.")
    pull = found.pull or form.get("way") == "pull"
    told = form.get("summary", "").strip()
    return Wish(base, found.may_push, pull, told or summary, form.get("description", ""))


def land(writer: RepoWriter, rev: str, wish: Wish, operations: Sequence[Operation]) -> str:
    """Make the commit; the page to go on to. Raises Overtaken besides what a commit raises."""
    operations = list(operations)
    repo = writer.repo.repo_id
    if wish.pull:
        parent = Oid(wish.base) if wish.base else None
        done = writer.commit(rev, CommitRequest(wish.summary, wish.description, parent, operations), create_pr=True)
        return repo_path(repo, "discussions", str(done.pull_number))
    touched = {operation.path for operation in operations}
    touched |= {operation.src_path for operation in operations if isinstance(operation, CopyFile)}
    for _ in range(_TRIES):
        tip = writer.revision(rev).commit
        if tip and tip != wish.base and wish.base and _differ(writer, Oid(wish.base), tip, touched):
            raise Overtaken(tip)
        try:
            writer.commit(rev, CommitRequest(wish.summary, wish.description, tip, operations))
        except Stale:
            continue
        return repo_path(repo, "tree", rev)
    raise StorageFailed("The branch moves too fast to be committed to. Try again in a moment.")


def _differ(writer: RepoReader, base: Oid, tip: Oid, paths: Collection[str]) -> bool:
    """Whether the two commits have something else at one of the paths."""
    before, after = ({entry.path: entry.oid for entry in writer.paths(rev, sorted(paths))} for rev in (base, tip))
    return before != after

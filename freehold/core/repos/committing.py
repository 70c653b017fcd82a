"""Turns a commit's operations into git objects: checked, applied in order, packed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256 as sha256_of

from freehold.base.errors import EntryNotFound, Invalid, Unprocessable
from freehold.base.ids import Oid, Sha256, is_digest
from freehold.core.repos.listing import find
from freehold.core.repos.requests import (
    AddFile,
    AddLarge,
    CommitRequest,
    CopyFile,
    DeleteFile,
    DeleteFolder,
    Operation,
)
from freehold.stores.git.editor import TreeEditor
from freehold.stores.git.objects import Objects
from freehold.wire.git.objects import EXECUTABLE, FILE, CommitObject, Node, Person, encode_commit
from freehold.wire.git.pack import PackWriter
from freehold.wire.git.paths import check_path
from freehold.wire.lfs.pointer import Pointer, parse_pointer, write_pointer

INLINE_LIMIT = 10 << 20
"""Content of this many bytes or more does not go into git, however it was sent."""

_LONGEST_MESSAGE = 1 << 20
_MOST_OPERATIONS = 100_000

Sizes = Mapping[Sha256, int]
"""The large contents that the repository holds, with their lengths in bytes."""


def checked(request: CommitRequest) -> CommitRequest:
    """The request with its paths normalised. Raises Invalid and Unprocessable, naming what is wrong."""
    if not request.summary.strip():
        raise Invalid("A commit needs a summary: say in a few words what it does.")
    if len(request.summary) + len(request.description) > _LONGEST_MESSAGE:
        raise Invalid("The commit's summary and description are longer than 1 MiB. Shorten them.")
    if "\0" in request.summary + request.description:
        raise Invalid("A commit's summary and description cannot hold a NUL character.")
    if len(request.operations) > _MOST_OPERATIONS:
        raise Invalid(f"A commit may hold {_MOST_OPERATIONS} operations; this one holds {len(request.operations)}.")
    return replace(request, operations=[_checked(operation) for operation in request.operations])


def _checked(operation: Operation) -> Operation:
    if isinstance(operation, DeleteFile | DeleteFolder):
        # A file that git has under a name we would refuse must still be removable.
        return replace(operation, path=operation.path.strip("/"))
    check_path(operation.path)
    if isinstance(operation, AddLarge) and not is_digest(operation.sha256):
        raise Invalid(f"{operation.path!r}: {operation.sha256[:100]!r} is not a SHA-256.")
    return operation


def message_of(request: CommitRequest) -> str:
    """The commit's message as git keeps it."""
    summary = request.summary.strip()
    description = request.description.strip()
    return f"{summary}\n\n{description}" if description else summary


@dataclass(frozen=True, slots=True)
class Contents:
    """A request whose new contents are packed and whose large contents are known, ready for any parent."""

    request: CommitRequest
    writer: PackWriter
    nodes: Mapping[int, Node]
    """What each adding operation (by its place) puts at its path."""
    large: Mapping[Sha256, str]
    """The large contents that it names, each with one path."""


def prepare(
    request: CommitRequest,
    sizes_of: Callable[[set[Sha256]], Sizes],
    keep_large: Callable[[bytes], Pointer],
) -> Contents:
    """Pack what the request adds. Raises Unprocessable for a large content that the repository does not hold.

    `keep_large` puts content that is too long for git into the repository's large files.
    """
    bodies, pointers = _split(request, keep_large)
    sizes = sizes_of({named.sha256 for _, named in pointers.values()})
    large: dict[Sha256, str] = {}
    for place, (path, named) in pointers.items():
        size = _size(path, named, sizes)
        large.setdefault(named.sha256, path)
        if place not in bodies:
            bodies[place] = write_pointer(Pointer(named.sha256, size))
    writer = PackWriter()
    nodes = {place: Node(FILE, writer.add("blob", body)) for place, body in bodies.items()}
    return Contents(request, writer, nodes, large)


def _split(
    request: CommitRequest, keep_large: Callable[[bytes], Pointer]
) -> tuple[dict[int, bytes], dict[int, tuple[str, AddLarge]]]:
    """What goes into git as it is, and what is named there by a pointer; both by the operation's place."""
    bodies: dict[int, bytes] = {}
    pointers: dict[int, tuple[str, AddLarge]] = {}
    for place, operation in enumerate(request.operations):
        if isinstance(operation, AddLarge):
            pointers[place] = (operation.path, operation)
        elif isinstance(operation, AddFile):
            pointer = parse_pointer(operation.content)
            if len(operation.content) >= INLINE_LIMIT:
                kept = keep_large(operation.content)
                pointers[place] = (operation.path, AddLarge(operation.path, kept.sha256, kept.size))
                continue
            bodies[place] = operation.content
            if pointer:
                pointers[place] = (operation.path, AddLarge(operation.path, pointer.sha256, pointer.size))
    return bodies, pointers


def _size(path: str, named: AddLarge, sizes: Sizes) -> int:
    size = sizes.get(named.sha256)
    if size is None:
        raise Unprocessable(
            f"{path!r} points at a large file that this repository does not hold (SHA-256 {named.sha256}). "
            "Upload its content first, then commit."
        )
    if named.size is not None and named.size != size:
        raise Unprocessable(f"{path!r}: the large file {named.sha256} has {size} bytes, not {named.size}.")
    return size


def pointer_to(content: bytes) -> Pointer:
    """The pointer of `content`."""
    return Pointer(Sha256(sha256_of(content).hexdigest()), len(content))


def apply(
    contents: Contents, objects: Objects, parent: Oid | None, commit_of: Callable[[str], Oid]
) -> tuple[PackWriter, Oid]:
    """Apply the operations to the parent's tree; the pack so far, and the id of the new root.

    `commit_of` resolves the revisions that copies name. Raises EntryNotFound and Unprocessable.
    """
    root = bytes.fromhex(objects.commit(parent).tree) if parent else None
    editor = TreeEditor(objects, root)
    for place, operation in enumerate(contents.request.operations):
        if isinstance(operation, AddFile | AddLarge):
            _add(editor, operation.path, contents.nodes[place])
        elif isinstance(operation, CopyFile):
            source = commit_of(operation.src_rev) if operation.src_rev else parent
            _copy(editor, objects, operation, source)
        else:
            _delete(editor, operation, parent)
    writer = contents.writer.fork()
    return writer, Oid(editor.write(writer).hex())


def _add(editor: TreeEditor, path: str, node: Node) -> None:
    there = editor.find(path)
    # An executable that is replaced stays one: the Hub's commits have no word for modes.
    editor.put(path, Node(EXECUTABLE, node.id) if there is not None and there.mode == EXECUTABLE else node)


def _delete(editor: TreeEditor, operation: DeleteFile | DeleteFolder, parent: Oid | None) -> None:
    there = editor.find(operation.path) if operation.path else None
    if there is None or (isinstance(operation, DeleteFolder) and not there.is_tree):
        kind = "folder" if isinstance(operation, DeleteFolder) else "file"
        raise EntryNotFound(f"A {kind} with this name doesn't exist: {operation.path[:300]}", parent)
    editor.remove(operation.path)


def _copy(editor: TreeEditor, objects: Objects, operation: CopyFile, source: Oid | None) -> None:
    path = operation.src_path.strip("/")
    node = find(objects, bytes.fromhex(objects.commit(source).tree), path) if source else None
    if node is None:
        raise EntryNotFound(f"A file with this name doesn't exist: {path[:300]}", source)
    editor.put(operation.path, node)


def add_commit(writer: PackWriter, tree: Oid, parent: Oid | None, author: Person, message: str) -> Oid:
    """Put a commit with at most one parent into the pack; returns its id."""
    parents = (parent,) if parent else ()
    return writer.add_text("commit", encode_commit(CommitObject(tree, parents, author, author, message)))

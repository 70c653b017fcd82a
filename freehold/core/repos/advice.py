"""What the author of a push should know about its card and its evaluation results; nothing is refused for it."""

from collections.abc import Iterator

from freehold.base.ids import Oid, RepoKind
from freehold.core.repos.listing import find, text
from freehold.stores.git.objects import Objects
from freehold.wire.cards import validate
from freehold.wire.evaluations import BENCHMARK, RESULTS, problems
from freehold.wire.git.objects import Node

CARD = "README.md"

_LARGEST = 2 << 20
_MOST_FILES = 200
_MOST_WARNINGS = 50


def advice(objects: Objects, kind: RepoKind, old: Oid | None, new: Oid) -> list[str]:
    """Sentences about what the commit `new` has otherwise than `old`, each with its file's name."""
    found = []
    before = dict(_files(objects, kind, old)) if old else {}
    for path, node in _files(objects, kind, new):
        if before.get(path) != node and objects.size(node.oid) <= _LARGEST:
            found += [f"{path}: {problem}" for problem in _problems(path, objects.read(node.oid), kind)]
    more = [f"and {len(found) - _MOST_WARNINGS} more"] if len(found) > _MOST_WARNINGS else []
    return found[:_MOST_WARNINGS] + more


def _problems(path: str, content: bytes, kind: RepoKind) -> list[str]:
    if path != CARD:
        return problems(path, content)
    try:
        errors, warnings = validate(content.decode("utf-8"), kind)
    except UnicodeDecodeError:
        return ["The card is not UTF-8 text."]
    return errors + warnings


def _files(objects: Objects, kind: RepoKind, commit: Oid) -> Iterator[tuple[str, Node]]:
    """The files of a commit that there is something to say about."""
    root = bytes.fromhex(objects.commit(commit).tree)
    for path in (CARD, BENCHMARK) if kind is RepoKind.DATASET else (CARD,):
        node = find(objects, root, path)
        if node is not None and objects.kind(node.oid) == "blob":
            yield path, node
    folder = find(objects, root, ".eval_results") if kind is RepoKind.MODEL else None
    if folder is not None and folder.is_tree:
        for name, node in list(objects.tree(folder.id).items())[:_MOST_FILES]:
            path = f".eval_results/{text(name)}"
            if RESULTS.fullmatch(path) and objects.kind(node.oid) == "blob":
                yield path, node

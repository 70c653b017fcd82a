"""What the import contract cannot see: whose tables a room's SQL names, and who looks at the environment."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "freehold"
MODULES = {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}
MIGRATIONS = sorted((SOURCE / "stores/db/migrations").glob("*.sql"))
TABLES = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)")

FOREIGN_TABLES = {
    ("core/catalog/activity.py", "repos_repo"): "what happened is told from repositories, filtered as a listing is",
    ("core/catalog/calendar.py", "repos_repo"): "who did what is told as far as the repository may be seen",
    ("core/catalog/census.py", "repos_repo"): "the list of all that is public, filtered by access.visible_to",
    ("core/catalog/likes.py", "repos_repo"): "a person's likes are a listing of repositories, filtered as one",
    ("core/catalog/lineage.py", "repos_repo"): "what was made from a model is a listing, filtered as one",
    ("core/catalog/lineage.py", "repos_redirect"): "a base that was renamed is still known by its former address",
    ("core/catalog/rows.py", "repos_repo"): "a listing is a query over repositories, filtered by access.visible_to",
    (
        "features/discussions/attachments.py",
        "repos_repo",
    ): "an upload is seen by whoever may see a repository whose comment shows it, by visible_to",
    ("features/notices/inbox.py", "repos_repo"): "an inbox is a query over repositories, filtered by visible_to",
    ("core/repos/checking.py", "accounts_account"): "whether a repository's owner exists is a question to both rooms",
    ("core/repos/checking.py", "accounts_audit"): "the audit alone remembers which contents were deleted on purpose",
    ("core/catalog/downloads.py", "accounts_account"): "an account that is new says nothing about what is trending",
    ("core/catalog/downloads.py", "repos_repo"): "what has been deleted since is not counted any more",
    ("core/catalog/trending.py", "accounts_account"): "accounts and namespaces that are new do not count",
    ("core/catalog/trending.py", "repos_repo"): "an owner's own like does not count",
    ("features/collections/rows.py", "catalog_use"): "an item says how its repository is liked and downloaded",
    (
        "features/collections/rows.py",
        "repos_repo",
    ): "items are repositories, left out where the reader may not see them",
}
ENVIRONMENT = {
    "settings.py": "the one who reads settings",
    "cli/serve.py": "hands the settings on to the processes that serve",
    "asgi/metrics.py": "Prometheus' own variable says whether several processes share their measurements",
    "protocols/xet/conversion.py": "a child process gets the environment without the hub's settings",
}


def room_of(module: str) -> str:
    """The folder that owns tables, or the module itself where none does."""
    floor, _, rest = module.partition("/")
    return rest.partition("/")[0] if floor in ("core", "features", "stores") else module


def tables() -> list[str]:
    return [table for file in MIGRATIONS for table in TABLES.findall(file.read_text("utf-8"))]


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a module that is no docstring; what stands in an f-string comes in pieces."""
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.value


def named(module: str) -> set[str]:
    words = {word for text in texts(MODULES[module]) for word in re.findall(r"\w+", text)}
    return words & set(tables())


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: file.name)
def test_a_table_is_named_after_the_room_of_its_migration(file):
    room = file.stem.partition("_")[2].partition("_")[0]
    assert any((SOURCE / floor / room).is_dir() for floor in ("core", "features", "stores"))
    assert all(table.startswith(f"{room}_") for table in TABLES.findall(file.read_text("utf-8")))


def test_a_room_names_only_its_own_tables_but_for_these():
    foreign = {
        (module, table) for module in MODULES for table in named(module) if not table.startswith(f"{room_of(module)}_")
    }
    assert foreign == set(FOREIGN_TABLES)


def test_only_settings_looks_at_the_environment_but_for_these():
    def looks(tree: ast.AST) -> bool:
        reads = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
        return bool(reads & (attributes | imported))

    assert {module for module, tree in MODULES.items() if looks(tree)} == set(ENVIRONMENT)

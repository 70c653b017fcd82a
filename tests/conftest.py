"""Fixtures for every test: databases and stores can be chosen on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.stores.db.database import Database
from tests.kit.databases import Postgres
from tests.kit.hub import TestHub
from tests.kit.objectstores import ObjectStore


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="what the tests keep rows in")
    parser.addoption("--store", choices=["local", "memory"], default="local", help="what the tests keep bytes in")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the test session, started by the first test that asks."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """One S3-compatible server for the test session, started by the first test that asks."""
    server = ObjectStore()
    yield server
    server.stop()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of the kind that `--db` names."""
    if request.config.getoption("--db") == "postgres":
        return request.getfixturevalue("postgres").fresh()
    return f"sqlite:///{tmp_path / 'hub.sqlite'}"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A database with the schema in place."""
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def hub(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[TestHub]:
    """A whole hub with the cast in it. Parametrise it indirectly with settings: `{"storage": "memory:"}`."""
    settings = {
        "database": database_url,
        "storage": {"local": "", "memory": "memory:"}[request.config.getoption("--store")],
        **getattr(request, "param", {}),
    }
    one = TestHub(tmp_path, **settings)
    yield one
    one.close()

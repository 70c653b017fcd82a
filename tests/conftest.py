"""Fixtures for every test: databases and stores can be chosen on the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freehold.stores.db.database import Database
from tests.kit.databases import Postgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="what the tests keep rows in")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the test session, started by the first test that asks."""
    server = Postgres()
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

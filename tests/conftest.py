"""Fixtures for every test: databases and stores can be chosen on the command line."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from freehold.stores.db.database import Database
from tests.kit.databases import Postgres, with_schema
from tests.kit.demo import DemoHub, told
from tests.kit.hub import TestHub
from tests.kit.objectstores import ACCESS_KEY, SECRET_KEY, ObjectStore

# How long an example takes depends on what else the machine does, and says nothing about the code.
# Nor may a run that decides about a change fail by luck: there the examples are the same every time.
hypothesis.settings.register_profile("hub", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("hub")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="what the tests keep rows in")
    parser.addoption("--store", choices=["local", "memory", "s3"], default="local", help="what the tests keep bytes in")


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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHub]:
    """The example hub, made by the first test that asks."""
    with told(tmp_path_factory.mktemp("demo")) as hub:
        yield hub


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of the kind that `--db` names, with the schema in place and nothing in it."""
    if request.config.getoption("--db") == "postgres":
        return request.getfixturevalue("postgres").with_schema()
    return with_schema(f"sqlite:///{tmp_path / 'hub.sqlite'}")


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
    one = TestHub(tmp_path, **{"database": database_url, **_store(request), **getattr(request, "param", {})})
    yield one
    one.close()


def _store(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings of an empty store of the kind that `--store` names."""
    match request.config.getoption("--store"):
        case "s3":
            server: ObjectStore = request.getfixturevalue("object_store")
            return {"storage": server.fresh(), "s3_access_key": ACCESS_KEY, "s3_secret_key": SECRET_KEY}
        case "memory":
            return {"storage": "memory:"}
    return {}

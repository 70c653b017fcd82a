"""A queue over either database, whatever the command line says: its locks are where they differ."""

import pytest

from freehold.stores.db.database import Database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def database(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'hub.db'}"
    database = Database(url if request.param == "sqlite" else request.getfixturevalue("postgres").fresh())
    database.migrate()
    yield database
    database.close()

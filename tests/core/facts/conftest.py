"""Facts that are kept in a database of their own."""

import pytest

from freehold.core.facts.facts import Facts
from freehold.stores.db.database import Database


@pytest.fixture
def facts(tmp_path):
    db = Database(f"sqlite:///{tmp_path}/hub.db")
    db.migrate()
    yield Facts(db)
    db.close()

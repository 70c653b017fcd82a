"""The audit trail."""

import json

import pytest

from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.audit import record


def test_a_line_belongs_to_its_transaction(db):
    with pytest.raises(ZeroDivisionError), db.write() as tx:
        record(tx, SYSTEM, "repo.create", "alice/birds")
        _ = 1 / 0
    with db.write() as tx:
        record(tx, SYSTEM, "repo.move", "alice/birds", to="alice/fish")
        row = tx.first("SELECT * FROM accounts_audit")
        assert tx.scalar("SELECT count(*) FROM accounts_audit") == 1
    assert (row.actor_name, row.action, row.subject, json.loads(row.detail)) == (
        "freehold",
        "repo.move",
        "alice/birds",
        {"to": "alice/fish"},
    )

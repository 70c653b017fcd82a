"""The audit trail: who did what to what, written in the transaction that does it."""

from typing import Any

import msgspec

from freehold.base.clock import now
from freehold.base.ids import new_id
from freehold.core.accounts.actor import Actor
from freehold.stores.db.database import Transaction


def record(tx: Transaction, actor: Actor, action: str, subject: str, **detail: Any) -> None:
    """Write one line: `action` is a word such as `repo.create`, `subject` what it was done to; `detail` must fit JSON.

    Never hand it a secret: audit lines are shown to operators.
    """
    tx.run(
        "INSERT INTO accounts_audit (id, at, actor_id, actor_name, action, subject, detail)"
        " VALUES (:id, :at, :actor_id, :actor_name, :action, :subject, :detail)",
        id=new_id(),
        at=now(),
        actor_id=actor.account_id,
        actor_name=actor.name,
        action=action,
        subject=subject,
        detail=msgspec.json.encode(detail).decode(),
    )

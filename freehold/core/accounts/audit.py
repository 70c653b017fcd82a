"""The audit trail: who did what to what, written in the transaction that does it, and chained as it commits.

Each line holds the hash of the line before, so all writers need the chain's end. It is taken right before the
commit (`Transaction.gather`), when nothing else is left to wait for. PostgreSQL links the lines itself
(`accounts_audit_append`): a trip to it less while the end is locked.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from freehold.base.clock import now
from freehold.base.ids import GIT_KINDS, RepoKind, new_id
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.stores.db.database import Database, Transaction
from freehold.wire.audit.lines import Line, canonical, linked, moment, personal_hash

PERSONAL = frozenset({"address", "agent", "email", "network", "user_agent"})
"""What of a line's detail says where a person was: kept apart, so that it can be taken away later."""

_PREFIXES = frozenset(kind.prefix.rstrip("/") for kind in (*GIT_KINDS, RepoKind.BUCKET)) - {""}
_INSERT = (
    "INSERT INTO accounts_audit (seq, id, at, actor_id, actor_name, action, subject, namespace, detail,"
    " personal_hash, prev, hash, salt, personal) VALUES (:seq, :id, :at, :actor_id, :actor_name, :action, :subject,"
    " :namespace, :detail, :personal_hash, :prev, :hash, :salt, :personal)"
)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A line that has no place in the chain yet; `at` in microseconds."""

    id: str
    at: int
    actor_id: str | None
    actor_name: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def record(tx: Transaction, actor: Actor, action: str, subject: str, **detail: Any) -> None:
    """Write one line: `action` is a word such as `repo.create`, `subject` what it was done to; `detail` must fit JSON.

    Never hand it a secret: audit lines are shown to operators. What `PERSONAL` names is kept for a while only.
    """
    if actor.kind == "deploy":
        detail = {"deploy_key": actor.key_id, **detail}  # it has no account, and another may have its name
    draft = _Draft(new_id(), now(), actor.account_id, actor.name, action, subject, msgspec.to_builtins(detail))
    tx.gather(_link).append(draft)


def adopt(db: Database) -> None:
    """Chain the lines of a hub from before there was a chain, and say where they end; they prove nothing older."""
    with db.read() as tx:
        if tx.first("SELECT 1 FROM accounts_audit_before LIMIT 1") is None:
            return
    with db.write() as tx:
        tx.take_turn("accounts:audit-adoption")
        rows = tx.all("SELECT * FROM accounts_audit_before ORDER BY at, id")
        if not rows:
            return
        for row in rows:
            detail = msgspec.json.decode(row.detail)
            tx.gather(_link).append(
                _Draft(row.id, row.at, row.actor_id, row.actor_name, row.action, row.subject, detail)
            )
        record(tx, SYSTEM, "audit.begin", "audit", adopted=len(rows))
        tx.run("DELETE FROM accounts_audit_before")


def namespace_of(subject: str) -> str:
    """Whose a subject is, in lower case: `alice` of `alice/birds`, `datasets/alice/fish` and `alice`."""
    first, _, rest = subject.partition("/")
    return (rest.partition("/")[0] if first in _PREFIXES and rest else first).lower()


def _link(tx: Transaction, drafts: list[_Draft]) -> None:
    rows = [_row(draft) for draft in drafts]
    if not tx.is_sqlite:
        tx.run("SELECT accounts_audit_append(:lines)", lines=msgspec.json.encode(rows).decode())
        return
    head = tx.first("SELECT seq, hash FROM accounts_audit_head WHERE one = 1")
    assert head is not None  # noqa: S101 - the migration made it
    seq, prev = head.seq, head.hash
    for row in rows:
        seq += 1
        row |= {"seq": seq, "prev": prev, "hash": linked((row.pop("before"), row.pop("after")), prev, seq)}
        prev = row["hash"]
    tx.many(_INSERT, rows)
    tx.run("UPDATE accounts_audit_head SET seq = :seq, hash = :hash WHERE one = 1", seq=seq, hash=prev)


def _row(draft: _Draft) -> dict[str, Any]:
    """What a line's row has before it is linked, and the texts around what it gets then."""
    personal = {key: value for key, value in draft.detail.items() if key in PERSONAL and value}
    detail = {key: value for key, value in draft.detail.items() if key not in PERSONAL}
    salt, kept = (secrets.token_hex(16), canonical(personal)) if personal else (None, None)
    committed = personal_hash(salt, kept) if salt and kept else ""
    line = Line(
        0, draft.id, moment(draft.at), draft.actor_id, draft.actor_name, draft.action, draft.subject,
        namespace_of(draft.subject), detail, committed, "",
    )  # fmt: skip
    before, after = line.around
    return {
        "id": line.id, "at": draft.at, "actor_id": line.actor_id, "actor_name": line.actor, "action": line.action,
        "subject": line.subject, "namespace": line.namespace, "detail": canonical(detail),
        "personal_hash": committed, "salt": salt, "personal": kept, "before": before, "after": after,
    }  # fmt: skip

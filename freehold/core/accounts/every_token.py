"""Every token of the hub, for its administrators: whose, what it may do, when it was used; never the secret."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.errors import NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.operators import checked_reason, demand_operator
from freehold.core.accounts.oauth.grants import end_grants
from freehold.core.accounts.tokens import NARROW
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Held:
    """One token; `application` if a program got it by OAuth or from a CI job. Moments are microseconds since 1970."""

    id: str
    owner: str
    name: str
    role: str
    hint: str
    application: bool
    created_at: int
    last_used_at: int | None
    expires_at: int | None

    @property
    def narrow(self) -> bool:
        """Whether it has a scope."""
        return self.role == NARROW


def listed(db: Database, actor: Actor, search: str = "", before: str = "", limit: int = 50) -> Sequence[Held]:
    """A page of them, the newest first, those older than the token `before`; `search`: letters of the owner's name.

    Raises Forbidden.
    """
    demand_operator(actor, to_change=False)
    words = search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    older, params = (" AND t.id < :before", {"before": before}) if before else ("", {})
    with db.read() as tx:
        rows = tx.all(
            "SELECT t.id, a.name AS owner, t.name, t.role, t.hint, t.grant_id, t.created_at, t.last_used_at,"
            " t.expires_at FROM accounts_token t JOIN accounts_account a ON a.id = t.account_id"
            f" WHERE a.name_key LIKE :search ESCAPE '\\'{older} ORDER BY t.id DESC LIMIT :limit",
            search=f"%{words}%", limit=limit, **params,
        )  # fmt: skip
    return [
        Held(
            row.id, row.owner, row.name, row.role, row.hint, row.grant_id is not None, row.created_at,
            row.last_used_at, row.expires_at,
        )
        for row in rows
    ]  # fmt: skip


def end(db: Database, actor: Actor, token_id: str, reason: str) -> None:
    """End a token at once, its former secret too; its owner reads the reason in their audit.

    Raises Forbidden, Invalid, NotFound.
    """
    demand_operator(actor)
    why = checked_reason(reason)
    with db.write() as tx:
        row = tx.first("SELECT account_id, grant_id FROM accounts_token WHERE id = :id", id=token_id)
        if row is None:
            raise NotFound("There is no such token any more.")
        if row.grant_id is not None:  # an application's: what would renew it ends with it
            end_grants(tx, "id = :grant", grant=row.grant_id)
        tx.run("DELETE FROM accounts_token WHERE id = :id", id=token_id)
        record(tx, actor, "token.revoke", row.account_id, token=token_id, reason=why)

"""What applications have made: who may only create reaches those repositories, and no others."""

from freehold.core.accounts.actor import Actor
from freehold.core.accounts.scope import CREATE, DISCUSS, WRITE_REPO, Entity, Part, Scope
from freehold.stores.db.database import Row, Transaction

MOST = 1000
"""Repositories of its own that an application reaches, the newest."""

_EVERYTHING = frozenset({WRITE_REPO, DISCUSS})


def note_made(tx: Transaction, actor: Actor, item_id: str) -> None:
    """Remember which application has made a repository, in the transaction that makes it."""
    if actor.scope is None or actor.token_id is None:
        return
    tx.run(
        "INSERT INTO accounts_oauth_made (app_id, account_id, item_id) SELECT g.app_id, g.account_id,"
        " CAST(:item AS TEXT)"
        " FROM accounts_token t JOIN accounts_oauth_grant g ON g.id = t.grant_id WHERE t.id = :token",
        item=item_id, token=actor.token_id,
    )  # fmt: skip


def forget_made(tx: Transaction, item_id: str) -> None:
    """Of a repository that is deleted."""
    tx.run("DELETE FROM accounts_oauth_made WHERE item_id = :item", item=item_id)


def with_made(tx: Transaction, token: Row, scope: Scope) -> Scope:
    """A token's scope together with what its application has made for the same person, if that is in it."""
    if token.grant_id is None or not any(CREATE in part.permissions for part in scope.parts):
        return scope
    rows = tx.all(
        "SELECT m.item_id FROM accounts_oauth_made m JOIN accounts_oauth_grant g ON g.app_id = m.app_id"
        " AND g.account_id = m.account_id WHERE g.id = :grant ORDER BY m.item_id DESC LIMIT :most",
        grant=token.grant_id, most=MOST,
    )  # fmt: skip
    made = tuple(Part(Entity("made", row.item_id, ""), _EVERYTHING) for row in rows)
    return Scope(scope.parts + made, scope.everywhere, scope.reads_gated)

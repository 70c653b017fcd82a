"""Shutting an account and letting it in again, and how much it may hold; each in the caller's transaction."""

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.moderation.operators import checked_reason, demand_operator
from freehold.core.accounts.names import name_key, retire
from freehold.core.accounts.sessions import forget_credentials
from freehold.stores.db.database import Transaction

QUOTAS = ("quota_bytes", "quota_files", "quota_repositories")


def shut(tx: Transaction, actor: Actor, name: str, reason: str = "", clock: Clock = now) -> str:
    """Shut an account: its credentials end at once, its name stays taken; gives its id. Raises Forbidden, NotFound."""
    demand_operator(actor)
    account_id = _id_of(tx, name)
    if account_id == actor.account_id:
        raise Invalid("Nobody shuts their own account here: ask another administrator.")
    tx.run(
        "UPDATE accounts_account SET disabled = 1, disabled_reason = :reason WHERE id = :id",
        id=account_id, reason=reason,
    )  # fmt: skip
    forget_credentials(tx, account_id)
    retire(tx, name, account_id, clock())
    record(tx, actor, "account.disable", name, **({"reason": reason} if reason else {}))
    return account_id


def reopen(tx: Transaction, actor: Actor, name: str, reason: str) -> str:
    """Let an account in again; gives its id. Its password is as before, its tokens, keys and sessions are gone."""
    demand_operator(actor)
    why = checked_reason(reason)
    account_id = _id_of(tx, name)
    done = tx.run(
        "UPDATE accounts_account SET disabled = 0, disabled_reason = '' WHERE id = :id AND disabled = 1", id=account_id
    )
    if not done.rowcount:
        raise Invalid(f"{name} is not shut.")
    tx.run("DELETE FROM accounts_tombstone WHERE account_id = :id AND reason = 'closed'", id=account_id)
    record(tx, actor, "account.restore", name, reason=why)
    return account_id


def set_quotas(tx: Transaction, actor: Actor, name: str, quotas: dict[str, int | None], reason: str) -> None:
    """Give a namespace quotas of its own (None: the hub's, 0: no limit). Raises Forbidden, Invalid, NotFound."""
    demand_operator(actor)
    why = checked_reason(reason)
    if set(quotas) != set(QUOTAS) or any(value is not None and not 0 <= value < 2**62 for value in quotas.values()):
        raise Invalid("Give a number for each quota, or nothing for what the hub gives to all.")
    sets = ", ".join(f"{key} = :{key}" for key in QUOTAS)
    tx.run(f"UPDATE accounts_account SET {sets} WHERE id = :id", id=_id_of(tx, name), **quotas)
    record(tx, actor, "account.quota", name, reason=why, **quotas)


def _id_of(tx: Transaction, name: str) -> str:
    account_id = tx.scalar("SELECT id FROM accounts_account WHERE name_key = :key", key=name_key(name))
    if account_id is None:
        raise NotFound(f"There is no account called {name!r}.")
    return str(account_id)

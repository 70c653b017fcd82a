"""Which names an account may take: valid, not a route of the hub, not retired, and not a look-alike of another."""

from dataclasses import dataclass

from freehold.base.errors import Conflict, Forbidden, InvalidName, NotFound
from freehold.base.ids import check_name
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.blocked import demand_free_name
from freehold.stores.db.database import Transaction

RESERVED = frozenset(
    {
        "about", "account", "accounts", "acme-challenge", "admin-api", "agents.md", "anonymous", "api", "assets",
        "auth", "blog", "buckets", "chat", "collections", "contact", "datasets", "docs", "download", "enterprise",
        "explore", "favicon", "freehold", "healthz", "help", "home", "hub", "huggingface", "invite", "jobs", "join",
        "kernels", "legal", "lfs", "llms.txt", "login", "logout", "me", "metrics", "models", "new", "notifications",
        "oauth", "organizations", "orgs", "papers", "posts", "pricing", "privacy", "raw", "readyz", "resolve",
        "robots", "robots.txt", "root", "scim", "search", "security", "settings", "sign-in", "sign-up", "signin",
        "signup", "sitemap", "sitemap.xml", "spaces", "static", "support", "system", "tags", "tasks", "terms",
        "tokens", "uploads", "user", "users", "v1", "v2", "v3", "webhooks", "well-known", "xet"
    }
)  # fmt: skip
"""First segments of the hub's own addresses, now or in future, and names that would speak for the hub."""

# What is drawn alike in common type faces, or read alike at a glance.
_LOOK_ALIKE = str.maketrans({"i": "l", "1": "l", "0": "o", "_": "-", ".": "-"})


def name_key(name: str) -> str:
    """The form under which a name is looked up: spelling is kept, case does not count."""
    return name.lower()


def skeleton(name: str) -> str:
    """The form under which look-alikes are the same: `Al1ce` and `Alice`, `a.b` and `a-b`."""
    return name.lower().translate(_LOOK_ALIKE)


def looks_like(name: str) -> str:
    """The form under which names are the same that are read alike or told apart by separators only.

    Of Unicode's confusables (UTS 39) those between letters that a name may have; separators go, as PyPI lets them.
    """
    return skeleton(name).replace("-", "").replace("m", "rn").replace("w", "vv")


_ALIKE = "replace(replace(replace(skeleton, '-', ''), 'm', 'rn'), 'w', 'vv')"
"""`looks_like` of a row's skeleton, as the index has it."""


def claim(tx: Transaction, name: str, account_id: str | None = None) -> str:
    """Return `name` if a new account may take it, or the account of this id, which may go back to a name it had.

    Raises InvalidName for a malformed or reserved name, Forbidden for a blocked one, Conflict for one that is taken,
    retired or too like another.
    """
    check_name(name)
    if name_key(name) in RESERVED:
        raise InvalidName(f"The name {name!r} is used by the hub itself. Choose another.")
    demand_free_name(tx, name, looks_like(name))
    tx.take_turn(f"name:{looks_like(name)}")
    who = {"alike": looks_like(name), "own": account_id or ""}
    taken = tx.first(f"SELECT name FROM accounts_account WHERE {_ALIKE} = :alike AND id <> :own", **who)
    if taken is not None:
        if name_key(taken.name) == name_key(name):
            raise Conflict(f"The name {name!r} is taken. Choose another.")
        raise Conflict(f"The name {name!r} is too easily mistaken for {taken.name!r}. Choose another.")
    gone = f"SELECT 1 FROM accounts_tombstone WHERE {_ALIKE} = :alike AND coalesce(account_id, '') <> :own"
    if tx.first(gone, **who):
        raise Conflict(f"The name {name!r} belonged to an account that is gone, and names are never given twice.")
    return name


def retire(tx: Transaction, name: str, account_id: str, at: int, reason: str = "closed") -> None:
    """Keep a name from ever being given to another: what points to it must not come to mean somebody else.

    `reason` is `closed`, or `renamed` for an account that lives on under another name.
    """
    tx.run(
        "INSERT INTO accounts_tombstone (name_key, skeleton, account_id, created_at, name, reason)"
        " VALUES (:key, :skeleton, :account, :at, :name, :reason) ON CONFLICT (name_key) DO NOTHING",
        key=name_key(name),
        skeleton=skeleton(name),
        account=account_id,
        at=at,
        name=name,
        reason=reason,
    )


def now_called(tx: Transaction, name: str) -> str | None:
    """What the account is called now that once had this name and was renamed."""
    found: str | None = tx.scalar(
        "SELECT a.name FROM accounts_tombstone t JOIN accounts_account a ON a.id = t.account_id"
        " WHERE t.name_key = :key AND t.reason = 'renamed'",
        key=name_key(name),
    )
    return found


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A name that nobody else is given; `now` is what its account is called today, if there is one."""

    name: str
    reason: str
    now: str | None
    since: int


def tombstones(tx: Transaction) -> list[Tombstone]:
    """Every name that is kept back, by name."""
    rows = tx.all(
        "SELECT t.name_key, t.name, t.reason, t.created_at, a.name AS now FROM accounts_tombstone t"
        " LEFT JOIN accounts_account a ON a.id = t.account_id ORDER BY t.name_key"
    )
    return [Tombstone(row.name or row.name_key, row.reason, row.now, row.created_at) for row in rows]


def release(tx: Transaction, actor: Actor, name: str) -> None:
    """Let a name be given again: for the operator, who knows that nothing leads to it any more. Raises NotFound."""
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may do this.")
    gone = tx.run("DELETE FROM accounts_tombstone WHERE name_key = :key", key=name_key(name))
    if gone.rowcount == 0:
        raise NotFound(f"The name {name!r} is not kept back.")
    record(tx, actor, "name.release", name)


def rename(tx: Transaction, actor: Actor, name: str, new: str, at: int) -> tuple[str, str]:
    """Give an account another name; its id and the new name. The old one stays its own and leads to it.

    Whoever calls this renames what other rooms keep under the name in the same transaction.
    """
    if not (actor.is_admin and actor.may_write):
        raise Forbidden("Only administrators of this hub may rename accounts.")
    row = tx.first("SELECT id, name FROM accounts_account WHERE name_key = :key", key=name_key(name))
    if row is None:
        raise NotFound(f"There is no account called {name!r}.")
    claim(tx, new, row.id)
    tx.run("DELETE FROM accounts_tombstone WHERE name_key = :key AND account_id = :id", key=name_key(new), id=row.id)
    tx.run(
        "UPDATE accounts_account SET name = :name, name_key = :key, skeleton = :skeleton WHERE id = :id",
        name=new, key=name_key(new), skeleton=skeleton(new), id=row.id,
    )  # fmt: skip
    if name_key(new) != name_key(row.name):
        retire(tx, row.name, row.id, at, "renamed")
    record(tx, actor, "account.rename", row.name, to=new)
    return row.id, new

"""Which names an account may take: valid, not a route of the hub, not retired, and not a look-alike of another."""

from freehold.base.errors import Conflict, InvalidName
from freehold.base.ids import check_name
from freehold.core.accounts.blocked import demand_free_name
from freehold.stores.db.database import Transaction

RESERVED = frozenset(
    {
        "about", "account", "accounts", "acme-challenge", "admin-api", "anonymous", "api", "assets", "auth", "blog",
        "buckets", "chat", "collections", "contact", "datasets", "docs", "download", "enterprise", "explore",
        "favicon", "freehold", "healthz", "help", "home", "hub", "huggingface", "invite", "jobs", "join", "kernels",
        "legal", "lfs", "login", "logout", "me", "metrics", "models", "new", "notifications", "oauth",
        "organizations", "orgs", "papers", "posts", "pricing", "privacy", "raw", "readyz", "resolve", "robots",
        "root", "search", "security", "settings", "sign-in", "sign-up", "signin", "signup", "sitemap", "spaces",
        "static", "support", "system", "tags", "tasks", "terms", "tokens", "uploads", "user", "users", "v1", "v2",
        "v3", "webhooks", "well-known", "xet"
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


def claim(tx: Transaction, name: str) -> str:
    """Return `name` if a new account may take it.

    Raises InvalidName for a malformed or reserved name, Conflict for one that is taken, retired or too like another.
    """
    check_name(name)
    if name_key(name) in RESERVED:
        raise InvalidName(f"The name {name!r} is used by the hub itself. Choose another.")
    demand_free_name(tx, name, skeleton(name))
    tx.take_turn(f"name:{skeleton(name)}")
    taken = tx.first(
        "SELECT name FROM accounts_account WHERE name_key = :key OR skeleton = :skeleton",
        key=name_key(name),
        skeleton=skeleton(name),
    )
    if taken is not None:
        same = name_key(taken.name) == name_key(name)
        words = "is taken" if same else f"is too easily mistaken for {taken.name!r}"
        raise Conflict(f"The name {name!r} {words}. Choose another.")
    if tx.first("SELECT 1 FROM accounts_tombstone WHERE skeleton = :skeleton", skeleton=skeleton(name)):
        raise Conflict(f"The name {name!r} belonged to an account that is gone, and names are never given twice.")
    return name


def retire(tx: Transaction, name: str, account_id: str, at: int) -> None:
    """Keep a name from ever being given again: what points to it must not come to mean somebody else."""
    tx.run(
        "INSERT INTO accounts_tombstone (name_key, skeleton, account_id, created_at)"
        " VALUES (:key, :skeleton, :account, :at) ON CONFLICT (name_key) DO NOTHING",
        key=name_key(name),
        skeleton=skeleton(name),
        account=account_id,
        at=at,
    )

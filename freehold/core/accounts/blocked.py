"""Asks the block lists, in the transaction of whoever is about to bring something; who fills them is elsewhere."""

from freehold.base.errors import Forbidden
from freehold.stores.db.database import Transaction


def demand_free_name(tx: Transaction, name: str, alike: str) -> None:
    """Raise Forbidden if no account may take this name, or one that looks like it: all these are the same `alike`."""
    if tx.first("SELECT 1 FROM accounts_block WHERE kind = 'name' AND value = :value", value=alike):
        raise Forbidden(f"The name {name!r} may not be used on this hub. Choose another.")


def demand_free_email(tx: Transaction, address: str) -> None:
    """Raise Forbidden if nobody may use mail of this address's domain, or of one above it."""
    labels = address.rpartition("@")[2].lower().rstrip(".").split(".")
    domains = [".".join(labels[start:]) for start in range(len(labels))][-20:]
    if tx.within("SELECT value FROM accounts_block WHERE kind = 'email' AND value IN :values", domains):
        raise Forbidden("Addresses of this e-mail provider may not be used on this hub. Use another.")


def demand_free_content(tx: Transaction, *hashes: str | None) -> None:
    """Raise Forbidden if a content with one of these hashes may not be uploaded."""
    wanted = [value for value in hashes if value]
    rows = tx.within("SELECT reason FROM accounts_block WHERE kind = 'content' AND value IN :values", wanted)
    if rows:
        raise Forbidden(f"This content may not be uploaded to this hub: {rows[0].reason}")


def blocked_contents(tx: Transaction) -> frozenset[str]:
    """The hashes of all contents that may not be uploaded, for whoever looks at many."""
    return frozenset(row.value for row in tx.all("SELECT value FROM accounts_block WHERE kind = 'content'"))

"""What a new name of a namespace does to its repositories: they answer to it, and their old addresses lead there."""

from freehold.stores.db.database import Transaction


def rename_owner(tx: Transaction, owner_id: str, name: str, at: int) -> None:
    """Give every repository and bucket of an account its new namespace, in the transaction that renames the account."""
    tx.run(
        "INSERT INTO repos_redirect (address, repo_id, created_at) SELECT address, id, :at FROM repos_repo"
        " WHERE owner_id = :owner ON CONFLICT (address) DO UPDATE SET repo_id = excluded.repo_id,"
        " created_at = excluded.created_at",
        at=at, owner=owner_id,
    )  # fmt: skip
    tx.run(
        "UPDATE repos_repo SET namespace = :name, address = lower(kind || ':' || :name || '/' || name)"
        " WHERE owner_id = :owner",
        name=name, owner=owner_id,
    )  # fmt: skip
    # Back under a former name, an address must not lead away from itself.
    tx.run(
        "DELETE FROM repos_redirect WHERE address IN (SELECT address FROM repos_repo WHERE owner_id = :owner)",
        owner=owner_id,
    )

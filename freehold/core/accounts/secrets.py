"""The hub's own keys: made once, kept in the database, never shown."""

import secrets

from freehold.base.clock import now
from freehold.stores.db.database import Database

KEY_BYTES = 32


def hub_secret(db: Database, name: str, first: bytes = b"") -> bytes:
    """The 32-byte key called `name` (`xet-token`, `lfs-url`, …); the first caller makes it, of any process.

    `first` is what it is to be, if not random.
    """
    with db.read() as tx:
        value = tx.scalar("SELECT value FROM accounts_secret WHERE name = :name", name=name)
    if value is None:
        with db.write() as tx:
            tx.run(
                "INSERT INTO accounts_secret (name, value, created_at) VALUES (:name, :value, :now)"
                " ON CONFLICT (name) DO NOTHING",
                name=name,
                value=first.hex() if first else secrets.token_hex(KEY_BYTES),
                now=now(),
            )
            value = tx.scalar("SELECT value FROM accounts_secret WHERE name = :name", name=name)
    return bytes.fromhex(value)

"""Renames an account in every room at once."""

from freehold.app.rooms import Rooms
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.names import rename
from freehold.core.repos.renaming import rename_owner
from freehold.features.collections import rows as collections


def rename_account(rooms: Rooms, actor: Actor, name: str, new: str) -> None:
    """Raises InvalidName, Conflict, NotFound, Forbidden; then nothing is renamed."""
    at = rooms.clock()
    with rooms.db.write() as tx:
        account_id, called = rename(tx, actor, name, new, at)
        rename_owner(tx, account_id, called, at)
        collections.rename_owner(tx, account_id, called)

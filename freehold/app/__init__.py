"""Builds every room from settings, hands each the rooms it needs, and returns an ASGI application and a worker."""

from freehold.app.house import House, application, assemble, build
from freehold.app.renaming import rename_account
from freehold.app.rooms import Accounts, Rooms, check, open_accounts, open_rooms
from freehold.app.work import garbage, handlers

__all__ = [
    "Accounts",
    "House",
    "Rooms",
    "application",
    "assemble",
    "build",
    "check",
    "garbage",
    "handlers",
    "open_accounts",
    "open_rooms",
    "rename_account",
]

"""Names from the command line: accounts renamed, names kept back and let go."""

from datetime import UTC, datetime

from freehold.app import open_accounts, open_rooms, rename_account
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.names import release, tombstones
from freehold.core.accounts.orgs.lookalikes import Lookalikes
from freehold.settings import Settings


def rename(settings: Settings, name: str, new: str) -> None:
    """Rename a person or an organisation, with everything under the name."""
    rooms = open_rooms(settings)
    try:
        rename_account(rooms, SYSTEM, name, new)
    finally:
        rooms.close()
    print(f"{name} is now called {new}. The old name leads there and is nobody else's to take.")


def show(settings: Settings) -> None:
    """Print every name that is kept back."""
    accounts = open_accounts(settings)
    try:
        with accounts.db.read() as tx:
            found = tombstones(tx)
    finally:
        accounts.close()
    for one in found:
        day = datetime.fromtimestamp(one.since / 1_000_000, UTC).date()
        then = f", now {one.now}" if one.now is not None and one.now != one.name else ""
        print(f"{one.name}\t{one.reason} on {day}{then}")


def show_lookalikes(settings: Settings) -> None:
    """Print every account that may be mistaken for an organisation with a verified domain."""
    accounts = open_accounts(settings)
    try:
        found = list(Lookalikes(accounts.db).all())
    finally:
        accounts.close()
    for name, real in found:
        print(f"{name}\tlooks like {real.name} ({real.domain})")


def let_go(settings: Settings, name: str) -> None:
    """Let a name be given again."""
    accounts = open_accounts(settings)
    try:
        with accounts.db.write() as tx:
            release(tx, SYSTEM, name)
    finally:
        accounts.close()
    print(f"{name} may be taken again. Whatever still points to it will mean whoever takes it.")

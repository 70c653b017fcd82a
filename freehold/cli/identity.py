"""`freehold identity`: who has made sure who an account belongs to, entered and read by the operator."""

import click

from freehold.app import open_accounts
from freehold.base.clock import iso, now
from freehold.base.errors import NotFound
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.identity import NAMES, Identity
from freehold.settings import Settings

_DAY = 24 * 3600 * 1_000_000


def show(settings: Settings, name: str) -> None:
    """Print what is known of an account."""
    accounts = open_accounts(settings)
    try:
        account = accounts.people.by_name(name)
        if account is None:
            raise NotFound(f"There is no account called {name!r}.")
        level = accounts.identities.level(account.id)
        click.echo(f"{account.name}: {NAMES[level]}" + (f" (level {level})" if level >= 0 else ""))
        for one in accounts.identities.of(account.id):
            until = f", until {iso(one.not_after)}" if one.not_after else ""
            held = "" if one.holds(now()) else " (over)"
            click.echo(f"  level {one.level}: {one.verifier} at {iso(one.verified_at)}{until}{held} {one.reference}")
    finally:
        accounts.close()


def state(settings: Settings, name: str, level: int, said: tuple[str, str], days: int | None) -> None:
    """Enter a domain or a check outside; `said` is who checked, and where they find it again."""
    accounts = open_accounts(settings)
    try:
        until = None if days is None else now() + days * _DAY
        accounts.identities.state(SYSTEM, name, Identity(level, said[0], now(), until, said[1]))
        click.echo(f"{name} has level {level}, by {said[0]}.")
    finally:
        accounts.close()


def withdraw(settings: Settings, name: str, level: int) -> None:
    """Take a statement back."""
    accounts = open_accounts(settings)
    try:
        accounts.identities.withdraw(SYSTEM, name, level)
        click.echo(f"{name} has level {level} no longer; access that was given for it ends now.")
    finally:
        accounts.close()

"""`freehold scim`: the directories that keep this hub's people, and what their groups may do."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from freehold.cli import options

if TYPE_CHECKING:
    from freehold.app.rooms import Accounts


@click.group()
def scim() -> None:
    """Directories (Entra ID, Okta and others) that keep people and groups here by SCIM."""


@scim.command()
@click.argument("name")
@options.data
@options.config
def token(name: str, data: Path | None, config: Path | None) -> None:
    """Let a directory in, and print its token, alone on the last line. It is not shown again."""
    from freehold.cli.addresses import address
    from freehold.core.accounts.actor import SYSTEM
    from freehold.settings import load

    with _accounts(data, config) as accounts:
        secret = accounts.directory.credentials.add(SYSTEM, name)
    where = f"{address(load(config, data=data))}/scim/v2"
    click.echo(f"The directory {name} keeps people and groups at {where}, by this token:")
    click.echo(secret)


@scim.command()
@click.argument("name")
@options.data
@options.config
def revoke(name: str, data: Path | None, config: Path | None) -> None:
    """Shut a directory out at once; what it has written stays."""
    from freehold.core.accounts.actor import SYSTEM

    with _accounts(data, config) as accounts:
        accounts.directory.credentials.remove(SYSTEM, name)
    click.echo(f"{name} is shut out.")


@scim.command()
@click.argument("group")
@click.argument("org")
@click.argument("role")
@options.data
@options.config
def role(group: str, org: str, role: str, data: Path | None, config: Path | None) -> None:
    """Give the members of a directory's GROUP a ROLE in ORG: no-access, read, contributor, write or admin; or none."""
    from freehold.core.accounts.actor import SYSTEM

    with _accounts(data, config) as accounts:
        accounts.directory.roles.set(SYSTEM, group, org, None if role == "none" else role)
    click.echo(f"{group} has {role} in {org}." if role != "none" else f"{group} has no role in {org} any more.")


@scim.command("list")
@options.data
@options.config
def show(data: Path | None, config: Path | None) -> None:
    """Print the directories and the roles of their groups."""
    from freehold.base.clock import iso

    with _accounts(data, config) as accounts:
        for one in accounts.directory.credentials.list():
            used = f"last came {iso(one.last_used_at)}" if one.last_used_at else "never came"
            click.echo(f"directory {one.name}: {used}")
        for given in accounts.directory.roles.list():
            click.echo(f"group {given.group}: {given.role} in {given.org}")


def _accounts(data: Path | None, config: Path | None) -> AbstractContextManager["Accounts"]:
    from freehold.cli.accounts import accounts_of
    from freehold.settings import load

    return accounts_of(load(config, data=data))

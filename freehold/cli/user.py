"""The commands about people: names, options and help; the work is in the modules that they import when called."""

import sys
from pathlib import Path

import click

from freehold.cli import options


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="May administer the hub.")
@click.option("--full-name", default="", help="The name as people write it.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input.")
@options.data
@options.config
def add_user(
    name: str, data: Path | None, config: Path | None, *, admin: bool, full_name: str, password_stdin: bool
) -> None:
    """Add a person; without a password, print a link that signs in once."""
    from freehold.cli.accounts import add_user as add
    from freehold.settings import load

    secret = _line_of_stdin() if password_stdin else None
    add(load(config, data=data), name, admin=admin, full_name=full_name, password=secret)


@user.command("link")
@click.argument("name")
@options.data
@options.config
def link(name: str, data: Path | None, config: Path | None) -> None:
    """Print a link that signs a person in once, alone on the last line."""
    from freehold.cli.accounts import link as make
    from freehold.settings import load

    make(load(config, data=data), name)


@user.command("password")
@click.argument("name")
@options.data
@options.config
def password(name: str, data: Path | None, config: Path | None) -> None:
    """Read a password from standard input and give it to a person; ends all of that person's sessions."""
    from freehold.cli.accounts import set_password
    from freehold.settings import load

    set_password(load(config, data=data), name, _line_of_stdin())


@user.command("key")
@click.argument("name")
@click.option("--role", default="write", show_default=True, help="read or write.")
@options.data
@options.config
def add_key(name: str, role: str, data: Path | None, config: Path | None) -> None:
    """Read a public SSH key from standard input and register it for a person."""
    from freehold.cli.accounts import add_key as add
    from freehold.settings import load

    add(load(config, data=data), name, _line_of_stdin(), role=role)


@user.command("invite")
@click.option("--email", default="", help="Mail the invitation to this address instead of printing a link.")
@click.option("--org", "orgs", multiple=True, metavar="ORG:ROLE", help="What the newcomer joins; several times.")
@options.data
@options.config
def invite(data: Path | None, config: Path | None, *, email: str, orgs: tuple[str, ...]) -> None:
    """Invite somebody to make an account, within a week; prints the link alone on the last line."""
    from freehold.cli.people import invite as make
    from freehold.settings import load

    make(load(config, data=data), email, orgs)


@user.command("email")
@click.argument("name")
@click.argument("address")
@options.data
@options.config
def set_email(name: str, address: str, data: Path | None, config: Path | None) -> None:
    """Give a person a mail address that you know to be theirs."""
    from freehold.cli.people import set_email as give
    from freehold.settings import load

    give(load(config, data=data), name, address)


@user.command("factors")
@click.argument("name")
@click.option("--remove", is_flag=True, help="Take all of them off, for somebody who has lost them.")
@options.data
@options.config
def factors(name: str, data: Path | None, config: Path | None, *, remove: bool) -> None:
    """Show a person's second factors, or take them off; be sure first that it is that person who asks."""
    from freehold.cli.people import factors as show
    from freehold.settings import load

    show(load(config, data=data), name, remove=remove)


@user.command("sessions")
@click.argument("name")
@click.option("--end", is_flag=True, help="End all of them.")
@options.data
@options.config
def sessions(name: str, data: Path | None, config: Path | None, *, end: bool) -> None:
    """Show where a person is signed in."""
    from freehold.cli.people import sessions as show
    from freehold.settings import load

    show(load(config, data=data), name, end=end)


@user.command("disable")
@click.argument("name")
@options.data
@options.config
def disable(name: str, data: Path | None, config: Path | None) -> None:
    """Shut an account: its tokens and sessions end at once, and nobody else can ever take its name."""
    from freehold.cli.accounts import disable as shut
    from freehold.settings import load

    shut(load(config, data=data), name)


def _line_of_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")

"""The operator's commands: names, options and help; the work is in the modules that they import when called."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
user = typer.Typer(no_args_is_help=True, help="People who may sign in.")
org = typer.Typer(no_args_is_help=True, help="Organisations that own repositories.")
token = typer.Typer(no_args_is_help=True, help="Access tokens for clients.")
app.add_typer(user, name="user")
app.add_typer(org, name="org")
app.add_typer(token, name="token")

Data = Annotated[Path | None, typer.Option("--data", help="The folder of everything that is kept.")]
Config = Annotated[Path | None, typer.Option("--config", help="A TOML file of settings.")]


@app.callback()
def _root() -> None:
    """Freehold: a hub for open AI on your own machine.

    Every command takes its settings from --data and --config, FREEHOLD_… variables and the file that
    FREEHOLD_CONFIG names, and works while the server runs.
    """


@app.command()
def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Server processes.")] = None,
    config: Config = None,
) -> None:
    """Run the hub."""
    from freehold.cli.serve import serve as run_server
    from freehold.settings import load

    run_server(load(config, data=data, host=host, port=port, workers=workers))


@app.command()
def worker(data: Data = None, config: Config = None) -> None:
    """Do background work only, beside a server, until stopped."""
    from freehold.cli.serve import work
    from freehold.settings import load

    work(load(config, data=data))


@app.command()
def check(
    data: Data = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: Config = None,
) -> None:
    """Compare every object, ref, xorb, shard and row with each other; exit 1 on any fault."""
    from freehold.cli.check import report
    from freehold.settings import load

    raise typer.Exit(report(load(config, data=data), as_json=json))


@app.command()
def jobs(
    data: Data = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try all of them again.")] = False,
    config: Config = None,
) -> None:
    """Show the background jobs that were given up after their last attempt, and why."""
    from freehold.cli.jobs import report
    from freehold.settings import load

    report(load(config, data=data), retry=retry)


@user.command("add")
def add_user(
    name: str,
    *,
    admin: Annotated[bool, typer.Option("--admin", help="May administer the hub.")] = False,
    full_name: Annotated[str, typer.Option(help="The name as people write it.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a password from standard input.")
    ] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Add a person; without a password, print a link that signs in once."""
    from freehold.cli.accounts import add_user as add
    from freehold.settings import load

    secret = _line_of_stdin() if password_stdin else None
    add(load(config, data=data), name, admin=admin, full_name=full_name, password=secret)


@user.command("link")
def link(name: str, data: Data = None, config: Config = None) -> None:
    """Print a link that signs a person in once, alone on the last line."""
    from freehold.cli.accounts import link as make
    from freehold.settings import load

    make(load(config, data=data), name)


@user.command("password")
def password(name: str, data: Data = None, config: Config = None) -> None:
    """Read a password from standard input and give it to a person; ends all of that person's sessions."""
    from freehold.cli.accounts import set_password
    from freehold.settings import load

    set_password(load(config, data=data), name, _line_of_stdin())


@user.command("disable")
def disable(name: str, data: Data = None, config: Config = None) -> None:
    """Shut an account: its tokens and sessions end at once, and nobody else can ever take its name."""
    from freehold.cli.accounts import disable as shut
    from freehold.settings import load

    shut(load(config, data=data), name)


@org.command("member")
def member(
    org_name: Annotated[str, typer.Argument(metavar="ORG")],
    user_name: Annotated[str, typer.Argument(metavar="USER")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="read, contributor, write, admin, or none.")],
    data: Data = None,
    config: Config = None,
) -> None:
    """Give a person a role in an organisation, or with `none` take it away."""
    from freehold.cli.accounts import set_member
    from freehold.settings import load

    set_member(load(config, data=data), org_name, user_name, role)


@org.command("add")
def add_org(
    name: str,
    *,
    full_name: Annotated[str, typer.Option(help="The name as people write it.")] = "",
    default_visibility: Annotated[str, typer.Option(help="Of new repositories: public, private.")] = "public",
    member: Annotated[list[str] | None, typer.Option(metavar="USER:ROLE", help="May be given several times.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Add an organisation. Roles: read, contributor, write, admin."""
    from freehold.cli.accounts import add_org as add
    from freehold.settings import load

    add(load(config, data=data), name, full_name=full_name, default_visibility=default_visibility, members=member or [])


@token.command("add")
def add_token(
    user_name: Annotated[str, typer.Argument(metavar="USER")],
    name: Annotated[str, typer.Option(help="What you will recognise it by.")] = "command line",
    role: Annotated[str, typer.Option(help="read or write.")] = "write",
    data: Data = None,
    config: Config = None,
) -> None:
    """Make an access token and print it, alone on the last line. It is not shown again."""
    from freehold.cli.accounts import add_token as add
    from freehold.settings import load

    add(load(config, data=data), user_name, name=name, role=role)


def _line_of_stdin() -> str:
    return typer.get_text_stream("stdin").readline().rstrip("\r\n")


def run() -> None:
    """Parse the command line and do what it says; what a person can mend is said in one line, with exit status 1."""
    from freehold.base.errors import HubError

    try:
        app()
    except HubError as error:
        typer.echo(f"error: {error.message}", err=True)
        raise SystemExit(1) from None

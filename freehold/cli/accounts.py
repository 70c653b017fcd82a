"""People, organisations and tokens from the command line, in the name of the hub itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from freehold.app import Accounts, open_accounts
from freehold.base.errors import Invalid, NotFound
from freehold.cli.addresses import address, link_url
from freehold.core.accounts.actor import SYSTEM
from freehold.settings import Settings


@contextmanager
def accounts_of(settings: Settings) -> Iterator[Accounts]:
    """The register of accounts, for as long as the block lasts."""
    accounts = open_accounts(settings)
    try:
        yield accounts
    finally:
        accounts.close()


def add_user(settings: Settings, name: str, *, admin: bool, full_name: str, password: str | None) -> None:
    """Add a person and print how to sign in."""
    with accounts_of(settings) as accounts:
        account = accounts.people.add_user(SYSTEM, name, admin=admin, full_name=full_name, password=password)
        if password is not None:
            print(f"Added {account.name}. Sign in at {address(settings)}/login")
            return
        print(f"Added {account.name}. This link signs in once, within three days:")
        print(link_url(settings, accounts.sessions.make_link(SYSTEM, name)))


def link(settings: Settings, name: str) -> None:
    """Print a one-time sign-in link."""
    with accounts_of(settings) as accounts:
        print(link_url(settings, accounts.sessions.make_link(SYSTEM, name)))


def set_password(settings: Settings, name: str, password: str) -> None:
    """Give a person a password, or another one."""
    with accounts_of(settings) as accounts:
        accounts.people.set_password(SYSTEM, name, password)
        print(f"The password of {name} is set, and {name} is signed out everywhere.")


def disable(settings: Settings, name: str) -> None:
    """Shut an account."""
    with accounts_of(settings) as accounts:
        accounts.people.disable(SYSTEM, name)
        print(f"{name} is shut: tokens, sessions and links are gone; repositories and the name stay.")


def set_member(settings: Settings, org: str, user: str, role: str) -> None:
    """Give a person a role in an organisation; `none` ends the membership."""
    with accounts_of(settings) as accounts:
        accounts.people.set_member(SYSTEM, org, user, None if role == "none" else role)
        print(f"{user} is no member of {org} any more." if role == "none" else f"{user} may {role} in {org}.")


def add_org(settings: Settings, name: str, *, full_name: str, default_visibility: str, members: Sequence[str]) -> None:
    """Add an organisation; `members` are `USER:ROLE`."""
    pairs = [_member(text) for text in members]
    with accounts_of(settings) as accounts:
        account = accounts.people.add_org(
            SYSTEM, name, full_name=full_name, default_visibility=default_visibility, members=pairs
        )
        print(f"Added {account.name} with {len(pairs)} members.")


def set_domain(settings: Settings, org: str, domain: str, *, remove: bool) -> None:
    """Say that a domain is an organisation's, or no longer."""
    with accounts_of(settings) as accounts:
        if remove:
            accounts.orgs.domains.withdraw(SYSTEM, org, domain)
            print(f"{domain} is not said to be {org}'s any more.")
        else:
            accounts.orgs.domains.verify(SYSTEM, org, domain)
            print(f"{domain} is {org}'s.")


def add_token(settings: Settings, user: str, *, name: str, role: str) -> None:
    """Make a token and print its secret alone on the last line."""
    with accounts_of(settings) as accounts:
        account = accounts.people.by_name(user)
        if account is None:
            raise NotFound(f"There is no user called {user!r}. Add one: freehold user add {user}")
        print(accounts.tokens.add(SYSTEM, account.id, name, role)[1])


def add_key(settings: Settings, user: str, line: str, *, role: str) -> None:
    """Register a public key and print its fingerprint."""
    with accounts_of(settings) as accounts:
        account = accounts.people.by_name(user)
        if account is None:
            raise NotFound(f"There is no user called {user!r}. Add one: freehold user add {user}")
        key = accounts.keys.add(SYSTEM, account.id, "", line, role)
        print(f"{user} may {role} by SSH with the key {key.name}, {key.fingerprint}.")


def _member(text: str) -> tuple[str, str]:
    user, separator, role = text.partition(":")
    if not separator:
        raise Invalid(f"--member takes USER:ROLE, such as alice:write; not {text!r}.")
    return user, role

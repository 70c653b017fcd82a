"""How often each way of signing in may be tried: one table, so that none is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.core.accounts.signing_in.attempts import Count, Limit, network_of

QUARTER_S, HOUR_S = 900, 3600

PAIR = Limit(10, QUARTER_S)
"""Passwords for one name from one address."""
ADDRESS = Limit(100, QUARTER_S)
"""Anything that can be guessed, from one address: an office may sit behind it."""
ACCOUNT = Limit(100, HOUR_S)
"""Passwords for one name from anywhere: high, because whoever fills it keeps the name's owner out as well."""
CODE = Limit(10, HOUR_S)
"""Codes of one account, from anywhere: only who has the password gets so far, and a code has six digits."""
LETTERS = Limit(5, HOUR_S)
"""Mails asked for to one address or name."""
LETTERS_ADDRESS = Limit(20, HOUR_S)
"""Mails, and new accounts, asked for from one address."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a try comes from."""

    address: str
    user_agent: str = ""

    @property
    def network(self) -> str:
        """What is counted for the address."""
        return network_of(self.address)


def for_password(visitor: Visitor, said: str) -> Sequence[Count]:
    """A password for the name (or mail address) `said`."""
    name = said.strip().lower()
    return (
        Count("password-pair", f"{name} {visitor.network}", PAIR),
        Count("password-account", name, ACCOUNT),
        Count("guess-address", visitor.network, ADDRESS),
    )


def for_code(visitor: Visitor, account_id: str) -> Sequence[Count]:
    """A one-time code or a recovery code of an account."""
    return (Count("code-account", account_id, CODE), Count("guess-address", visitor.network, ADDRESS))


def for_secret(visitor: Visitor) -> Sequence[Count]:
    """A link's secret or a passkey's answer: too long to guess, so only the work that it makes is limited."""
    return (Count("guess-address", visitor.network, ADDRESS),)


def for_letter(visitor: Visitor, said: str) -> Sequence[Count]:
    """A mail to whoever `said` names."""
    return (
        Count("letter-to", said.strip().lower(), LETTERS),
        Count("letter-address", visitor.network, LETTERS_ADDRESS),
    )

"""What an organisation asks of the tokens that reach it, which it has shut out, and whom that bars."""

from dataclasses import dataclass

from freehold.base.words import later
from freehold.core.accounts.actor import Barred
from freehold.stores.db.database import Row, Transaction

DAY_US = 24 * 3600 * 1_000_000

CREDENTIAL = "coalesce(t.grant_id, t.id)"
"""What is shut out, of a row `t` of `accounts_token`: an application gets new tokens by the hour, under one grant."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organisation asks of tokens: a life of so many days at most (None: any), and a scope of their own."""

    days: int | None = None
    narrow: bool = False

    @property
    def in_words(self) -> str:
        """What they ask, as the end of a sentence; empty if they ask nothing."""
        life = (
            "" if self.days is None else f"expire at most {self.days} day{'s' * (self.days != 1)} after they are made"
        )
        return " and ".join(part for part in (life, "are fine-grained" if self.narrow else "") if part)

    def admit(self, created_at: int, expires_at: int | None, *, narrow: bool) -> bool:
        """Whether a token of these moments, with a scope or without, is good enough."""
        short = self.days is None or (expires_at is not None and expires_at - created_at <= self.days * DAY_US)
        return short and (narrow or not self.narrow)


def barred(tx: Transaction, token: Row) -> tuple[Barred, ...]:
    """The organisations of its holder that a token does not reach, each with what to do about it.

    Administrators make service accounts' tokens for their own organisation, so these need no scope.
    """
    rows = tx.all(_WORDS, credential=token.credential, holder=token.account_id)
    found: dict[str, Barred] = {}
    for row in rows:
        terms = Terms(row.days, bool(row.narrow))
        narrow = token.scope is not None or token.service_of == row.id
        if row.shut:
            found[row.id] = Barred(row.id, row.name_key, _shut(row.name))
        elif row.id not in found and not terms.admit(token.created_at, token.expires_at, narrow=narrow):
            found[row.id] = Barred(row.id, row.name_key, _unfit(row.name, terms))
    return tuple(found.values())


# Two questions in one, each of which begins where it mostly ends: every request by a token asks them.
_WORDS = (
    "SELECT o.id, o.name, o.name_key, NULL AS days, 0 AS narrow, 1 AS shut FROM accounts_token_denied d"
    " JOIN accounts_membership m ON m.org_id = d.org_id AND m.user_id = :holder"
    " JOIN accounts_account o ON o.id = d.org_id WHERE d.credential = :credential UNION ALL"
    " SELECT o.id, o.name, o.name_key, p.days, p.narrow, 0 AS shut FROM accounts_membership m"
    " JOIN accounts_token_terms p ON p.org_id = m.org_id JOIN accounts_account o ON o.id = m.org_id"
    " WHERE m.user_id = :holder"
)


def _shut(org: str) -> str:
    return later(f"The administrators of {org} have shut this token out. Use another, or ask them.")


def _unfit(org: str, terms: Terms) -> str:
    if terms.days is None:
        return later(f"{org} is reached only by tokens that are fine-grained. Make one at /settings/tokens.")
    unit = "day" if terms.days == 1 else "days"
    if not terms.narrow:
        return later(
            f"{org} is reached only by tokens that expire at most {terms.days} {unit} after they are made."
            " Make one at /settings/tokens."
        )
    return later(
        f"{org} is reached only by tokens that expire at most {terms.days} {unit} after they are made and are"
        " fine-grained. Make one at /settings/tokens."
    )

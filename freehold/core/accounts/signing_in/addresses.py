"""Mail addresses of accounts: one is kept only once its person has shown that they read it, and belongs to one."""

import re

from freehold.base.errors import Invalid
from freehold.stores.db.database import Database, Transaction

LONGEST = 254

# Deliberately less than RFC 5321 allows: no quoted names and no literal addresses, which nobody uses to be reached.
_FORM = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}", re.ASCII)


def checked(address: str) -> str:
    """`address` without what surrounds it. Raises Invalid for what is none."""
    address = address.strip()
    if len(address) > LONGEST or not _FORM.fullmatch(address):
        raise Invalid("This is not a mail address that the hub can write to, such as alice@example.org.")
    return address


def holder_of(tx: Transaction, address: str) -> str | None:
    """The id of the account that has confirmed the address."""
    sql = "SELECT id FROM accounts_account WHERE lower(email) = :email AND kind = 'user' AND disabled = 0"
    found: str | None = tx.scalar(sql, email=address.strip().lower())
    return found


def name_by_email(db: Database, address: str) -> str:
    """The name of the account with the address, or the address itself, which is nobody's name."""
    with db.read() as tx:
        sql = "SELECT name FROM accounts_account WHERE lower(email) = :email AND kind = 'user' AND disabled = 0"
        name = tx.scalar(sql, email=address.strip().lower())
    return str(name) if name else address

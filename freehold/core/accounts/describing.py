"""What accounts say of themselves to everybody: a full name, a sentence or two, and a website."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from freehold.base.errors import Invalid
from freehold.stores.db.database import Transaction

LONGEST_NAME = 100
LONGEST_ABOUT = 200
LONGEST_WEBSITE = 200


@dataclass(frozen=True, slots=True)
class Words:
    """As somebody writes them; each may be empty."""

    full_name: str = ""
    about: str = ""
    website: str = ""


def checked(words: Words) -> Words:
    """The same, without needless spaces. Raises Invalid."""
    about = " ".join(words.about.split())
    if len(about) > LONGEST_ABOUT or not about.isprintable():
        raise Invalid(f"What an account says of itself has at most {LONGEST_ABOUT} printable characters.")
    return Words(checked_full_name(words.full_name), about, _checked_website(words.website.strip()))


def checked_full_name(text: str) -> str:
    """A name as its owner writes it. Raises Invalid."""
    text = " ".join(text.split())
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise Invalid(f"A full name has at most {LONGEST_NAME} printable characters.")
    return text


def words_of(tx: Transaction, account_id: str) -> Words:
    """What the account says now."""
    row = tx.first("SELECT full_name, about, website FROM accounts_account WHERE id = :id", id=account_id)
    return Words(row.full_name, row.about, row.website) if row is not None else Words()


def write(tx: Transaction, account_id: str, words: Words) -> None:
    """Keep what `checked` has let through."""
    tx.run(
        "UPDATE accounts_account SET full_name = :name, about = :about, website = :website WHERE id = :id",
        name=words.full_name, about=words.about, website=words.website, id=account_id,
    )  # fmt: skip


def _checked_website(text: str) -> str:
    if not text:
        return ""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        plain = parts.port is None or parts.port > 0
    except ValueError:
        plain = False
    # A name before the host would make an address look like another's.
    if not (
        plain
        and len(address) <= LONGEST_WEBSITE
        and address.isprintable()
        and not set(address) & set(" <>\"'\\`{}|^")
        and parts.scheme in ("http", "https")
        and parts.hostname
        and "@" not in parts.netloc
    ):
        raise Invalid(f"A website is an address such as https://example.org, of at most {LONGEST_WEBSITE} characters.")
    return address

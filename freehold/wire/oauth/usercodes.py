"""The short code that a person reads in one window and types into another (RFC 8628, section 6.1)."""

from collections.abc import Sequence

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so that no words come up; nothing that looks like a digit."""

LENGTH = 8


def format_code(letters: Sequence[str]) -> str:
    """`BCDF-GHJK`."""
    half = LENGTH // 2
    return f"{''.join(letters[:half])}-{''.join(letters[half:])}"


def read_code(typed: str) -> str | None:
    """The letters of a code, however it was typed: in any case, with any spaces or hyphens; None if it is no code."""
    letters = "".join(letter for letter in typed.upper() if letter not in " -\t\u2010\u2011\u2012\u2013\u2014")
    return letters if len(letters) == LENGTH and set(letters) <= set(LETTERS) else None

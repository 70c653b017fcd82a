"""Marks words that people will read; only where pages are made are they put into the reader's language."""


def later(text: str) -> str:
    """`text` itself, now in the catalogues: for words that are written down far from the page that shows them.

    Where it has gaps, as in `later(f"{name} is gone.")`, it is found like the message of an error, by `told`.
    """
    return text


def forms(one: str, many: str) -> tuple[str, str]:
    """Both forms of a sentence about a number, in the catalogues like `later`."""
    return one, many

"""How many parameters a model may have so that a device's memory holds it."""

from freehold.core.catalog.query import Span

BITS = (16, 8, 4)
"""How many bits a weight may be made to take."""
_ROOM = 1.2
"""What else a model takes of a memory: a fifth of its weights, for a short conversation."""


def fitting(memory: str, bits: str) -> Span | None:
    """What fits into so many GB, with weights of so many bits, as somebody typed both; None: any number."""
    try:
        gigabytes = float(memory)
    except ValueError:
        return None
    return Span(1, int(gigabytes * 1e9 * 8 / bits_of(bits) / _ROOM)) if 0 < gigabytes < 100_000 else None


def bits_of(text: str) -> int:
    """One of `BITS`: the one that was typed, else the most exact."""
    return next((bits for bits in BITS if str(bits) == text), BITS[0])

"""How many parameters a model may have so that a device's memory holds it."""

from freehold.core.catalog.query import Span
from freehold.core.facts.memory import BYTES_PER_PARAMETER, parameters_for

BITS = tuple(BYTES_PER_PARAMETER)
"""How many bits a weight may be made to take."""


def fitting(memory: str, bits: str) -> Span | None:
    """What fits into so many GB, with weights of so many bits, as somebody typed both; None: any number."""
    try:
        gigabytes = float(memory)
    except ValueError:
        return None
    return Span(1, parameters_for(gigabytes * 1e9, bits_of(bits))) if 0 < gigabytes < 100_000 else None


def bits_of(text: str) -> int:
    """One of `BITS`: the one that was typed, else the most exact."""
    return next((bits for bits in BITS if str(bits) == text), BITS[0])

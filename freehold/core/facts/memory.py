"""How much memory a model takes that is loaded, guessed from the size of its weights."""

OVERHEAD = 0.15
"""What programs keep beside the weights, and a context of a few thousand tokens, as a part of the weights."""
BASE = 500_000_000
"""What the program itself takes, in bytes."""

BYTES_PER_PARAMETER = {8: 1.06, 4: 0.57}
"""Of weights quantised to so many bits, scales included."""


def memory_for(weights: int) -> int:
    """The memory in bytes for weights of so many bytes; a long context needs more."""
    return round(weights * (1 + OVERHEAD)) + BASE if weights else 0


def quantised_size(parameters: int, bits: int) -> int:
    """The size in bytes that so many parameters would have."""
    return round(parameters * BYTES_PER_PARAMETER[bits])

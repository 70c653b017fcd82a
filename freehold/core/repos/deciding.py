"""What whoever decides at a gate says, and what the gate says to who comes with old terms."""

from dataclasses import dataclass

from freehold.base.words import later

CHANGED = later("The terms have changed since you read them. Read them again, then send the form once more.")


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to become of a request: its new status, with a reason for the person, or a purpose and an end."""

    status: str
    reason: str = ""
    purpose: str = ""
    days: int | None = None
    """None: as the gate's policy has it."""

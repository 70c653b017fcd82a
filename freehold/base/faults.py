"""A fault that a check of the stores found: something kept that does not agree with something else kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`room` says who keeps it (`git`, `xet`, …), `subject` which thing, `problem` what is wrong, in words."""

    room: str
    subject: str
    problem: str

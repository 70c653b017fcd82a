"""A row of the table of who may do what, and the forms and bodies that its requests carry."""

import re
from dataclasses import dataclass

FORMS = re.compile(
    r"/(-/theme|-/language|-/follow|-/report|-/admin/.*|collections/(add|new)|collections/.*/(access|delete|edit|gate.*|items?|vote)|login.*|logout|new"
    r"|signup.*"
    r"|notifications/.*|oauth/(device/decide|authorize)"
    r"|organizations/\{org\}/settings|(organizations/\{org\}/)?settings/.*"
    r"|(buckets/)?\{repo\}/(access|delete|discussions|edit|gate|incoming|new|settings|upload).*|\{repo\}/like)"
)
"""Addresses that take a form; one without its token is refused."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    route: str
    statuses: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"{self.method} {self.route}"


def filled(value, words):
    """`value` with each `{word}` in its texts replaced."""
    if isinstance(value, dict):
        return {key: filled(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, words) for one in value]
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace("{" + word + "}", text)
    return value

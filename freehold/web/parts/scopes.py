"""What an application may do, in words and in the order of weight."""

from collections.abc import Iterable
from dataclasses import dataclass

from freehold.wire.oauth.scopes import IDENTITY, SCOPES, WRITING


@dataclass(frozen=True, slots=True)
class Permission:
    """One scope: `weighty` ones change things in the person's name."""

    scope: str
    words: str
    weighty: bool


def permissions(scopes: Iterable[str]) -> tuple[Permission, ...]:
    """The scopes as people should read them; what goes without saying is left out where there is more to say."""
    asked = set(scopes)
    shown = asked - {"openid", "read-billing"} if asked - IDENTITY else asked
    return tuple(Permission(scope, words, scope in WRITING) for scope, words in SCOPES.items() if scope in shown)

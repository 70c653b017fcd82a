"""What every page knows beside its own matter: who looks, where, and how links are made."""

from dataclasses import dataclass
from typing import Any

from freehold.core.accounts.actor import Actor
from freehold.web.languages import ENGLISH, Language
from freehold.web.links import repo_path


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout shows around a page, and how its links are made."""

    hub_name: str
    actor: Actor
    theme: str
    csrf: str
    path: str
    """Of the page, with its query: where a sign-in or a change of theme returns to."""
    section: str
    """Which entry of the navigation is the current one."""
    root: str
    """The hub's path prefix, without a trailing slash."""
    base: str
    """`https://hub.example.org/prefix`, as the visitor's own tools must spell it."""
    search: str = ""
    language: Language = ENGLISH

    def url(self, path: str) -> str:
        """A path of this hub, already quoted, under its prefix."""
        return self.root + path

    def to(self, repo_id: Any, view: str = "", rev: str = "", path: str = "") -> str:
        """The address of a view of a repository."""
        return self.root + repo_path(repo_id, view, rev, path)

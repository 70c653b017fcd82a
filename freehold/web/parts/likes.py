"""What the like button of a repository shows."""

from dataclasses import dataclass

from freehold.core.catalog.likes import Likes as Register
from freehold.core.repos.reader import RepoReader


@dataclass(frozen=True, slots=True)
class Likes:
    """How many people like it, and whether the visitor does."""

    count: int
    mine: bool


def likes_of(register: Register, reader: RepoReader) -> Likes:
    """The likes of the repository that `reader` may show."""
    return Likes(register.count(reader), register.has(reader))

"""All that a directory keeps here, in one hand."""

from dataclasses import dataclass
from typing import Self

from freehold.base.clock import Clock, now
from freehold.core.accounts.directory.credentials import Credentials
from freehold.core.accounts.directory.groups import DirectoryGroups
from freehold.core.accounts.directory.people import DirectoryPeople
from freehold.core.accounts.directory.roles import GroupRoles
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who may keep people here, whom they keep, in which groups, and what those may do."""

    credentials: Credentials
    people: DirectoryPeople
    groups: DirectoryGroups
    roles: GroupRoles

    @classmethod
    def over(cls, db: Database, clock: Clock = now) -> Self:
        """Over one database."""
        people, groups = DirectoryPeople(db, clock), DirectoryGroups(db, clock)
        return cls(Credentials(db, clock), people, groups, GroupRoles(db, clock))

"""What the fact of file safety says of single files, in the words of pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from freehold.core.facts.facts import Facts
from freehold.core.facts.safety import VERDICTS
from freehold.core.repos.reader import RepoReader


@dataclass(frozen=True, slots=True)
class Said:
    """Of one file that may run code; `imports` are the first of what its pickles import."""

    verdict: str
    imports: Sequence[str]

    @property
    def words(self) -> str:
        """To be shown in the reader's language."""
        return VERDICTS[self.verdict]


def said_of(facts: Facts, reader: RepoReader, rev: str) -> Mapping[str, Said]:
    """The files of a revision that may run code, by path, as far as somebody has looked already."""
    known = facts.known(reader.repo.id, reader.commit_of(rev), "safety")
    return {
        str(one["path"]): Said(one["verdict"], one["imports"][:8])
        for one in known.get("files", ())
        if one["verdict"] in VERDICTS
    }

"""What a way of using a repository is, and what decides which ways there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from freehold.base.ids import RepoId
from freehold.base.words import later


class Group(StrEnum):
    """Where a way is listed."""

    LIBRARY = later("Libraries")
    APP = later("Apps and servers")
    TOOL = later("Download")


@dataclass(frozen=True, slots=True)
class Snippet:
    """One way; `language` is what the code is highlighted as, `note` what must be known beforehand."""

    title: str
    language: str
    code: str
    group: Group = Group.LIBRARY
    note: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One quantisation of a GGUF repository."""

    name: str
    path: str
    files: int = 1


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides which ways there are."""

    repo_id: RepoId
    base: str
    """The hub's address as the visitor's tools must spell it."""
    library: str = ""
    task: str = ""
    auto_model: str = ""
    processor: str = ""
    files: frozenset[str] = frozenset()
    """The names of the files at the top."""
    private: bool = False
    gated: bool = False
    revision: str = "main"
    own_code: bool = False
    """Whether transformers runs code from the repository."""
    bases: Sequence[str] = ()
    """What it was made from."""
    variants: Sequence[Variant] = ()
    chats: bool = False
    formats: Sequence[str] = ()
    """Of a dataset."""
    first: str = ""
    """The path of its first data file."""

    @property
    def name(self) -> str:
        """`namespace/name`."""
        return self.repo_id.full

    @property
    def closed(self) -> bool:
        """Whether a token is needed."""
        return self.private or self.gated

    @property
    def head(self) -> str:
        """The lines with which every Python way begins, before any import that reads them."""
        lines = f'import os\nos.environ["HF_ENDPOINT"] = "{self.base}"\n'
        if self.closed:
            lines += f'os.environ["HF_TOKEN"] = "hf_…"  # from {self.base}/settings/tokens\n'
        return lines + "\n"

    @property
    def shell(self) -> str:
        """The same for a shell."""
        token = f"\nexport HF_TOKEN=hf_…  # from {self.base}/settings/tokens" if self.closed else ""
        return f"export HF_ENDPOINT={self.base}{token}\n"

    def ending(self, *endings: str) -> str:
        """The first file at the top with one of these endings; empty if there is none."""
        return next((name for name in sorted(self.files) if name.endswith(endings)), "")

    def address(self, path: str) -> str:
        """Where a file's bytes are."""
        return f"{self.base}/{self.repo_id.path}/resolve/{self.revision}/{quote(path)}"

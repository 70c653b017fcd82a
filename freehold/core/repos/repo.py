"""A repository as a row: its address, its owner, and who may see it."""

from dataclasses import dataclass
from typing import Any, Self

from freehold.base.ids import RepoId, RepoKind

COLUMNS = (
    "r.id, r.kind, r.owner_id, r.namespace, r.name, r.visibility, r.gated, r.hold, r.sdk, r.created_at,"
    " r.updated_at, r.logical_bytes, r.hold_reason, r.gate_hides"
)
"""What `Repo.from_row` reads, of rows of `repos_repo` under the alias `r`."""


@dataclass(frozen=True, slots=True)
class Repo:
    """One repository. `id` never changes; the address may (see `Repos.move`)."""

    id: str
    kind: RepoKind
    owner_id: str
    namespace: str
    name: str
    visibility: str
    """`public`, `private` or `protected`."""
    gated: str
    """Empty, `auto` or `manual`."""
    hold: str
    """Empty, `quarantined` or `disabled`: see `access.under_hold`."""
    sdk: str | None
    """What runs a space: `gradio`, `streamlit`, `docker`, `static`; None for other kinds."""
    created_at: int
    updated_at: int
    logical_bytes: int
    """The sum of the sizes of the large files it holds, each content counted once; of a bucket, of all its files."""
    hold_reason: str = ""
    """Why administrators hold it."""
    gate_hides: bool = False
    """Whether its gate hides the card, the licence and what files there are, too."""

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """The repository of a row that has at least COLUMNS."""
        return cls(
            row.id, RepoKind(row.kind), row.owner_id, row.namespace, row.name, row.visibility, row.gated,
            row.hold, row.sdk, row.created_at, row.updated_at, row.logical_bytes, row.hold_reason,
            bool(row.gate_hides),
        )  # fmt: skip

    @property
    def repo_id(self) -> RepoId:
        """Its address as it is spelled now."""
        return RepoId(self.kind, self.namespace, self.name)

    @property
    def disabled(self) -> bool:
        """Whether administrators hold it, in whichever way."""
        return bool(self.hold)

    @property
    def private(self) -> bool:
        """Whether only members may see it."""
        return self.visibility != "public"

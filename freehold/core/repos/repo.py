"""A repository as a row: its address, its owner, and who may see it."""

from dataclasses import dataclass

from freehold.base.ids import RepoId, RepoKind


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
    disabled: bool
    sdk: str | None
    """What runs a space: `gradio`, `streamlit`, `docker`, `static`; None for other kinds."""
    created_at: int
    updated_at: int
    logical_bytes: int
    """The sum of the sizes of the large files it holds, each content counted once."""

    @property
    def repo_id(self) -> RepoId:
        """Its address as it is spelled now."""
        return RepoId(self.kind, self.namespace, self.name)

    @property
    def private(self) -> bool:
        """Whether only members may see it."""
        return self.visibility != "public"

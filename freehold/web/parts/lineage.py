"""A model's tree: what it was made from, the oldest first, itself, and how many were made from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from freehold.base.ids import RepoKind
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.catalog.counts import EXACT_TO
from freehold.core.catalog.lineage import Base, Lineage
from freehold.core.repos.repo import Repo
from freehold.web.wording import grouped, number

MADE = {
    "finetune": later("Fine-tunes"), "adapter": later("Adapters"), "quantized": later("Quantisations"),
    "merge": later("Merges"),
}  # fmt: skip
MADE_ONE = {
    "finetune": later("fine-tune"), "adapter": later("adapter"), "quantized": later("quantisation"),
    "merge": later("merge"),
}  # fmt: skip
_HOW = {
    "finetune": later("fine-tuned"), "adapter": later("adapter"), "quantized": later("quantised"),
    "merge": later("merged"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """Models that one was made from, and how it was made of them, in words."""

    bases: Sequence[Base]
    how: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was made from a model in one way."""

    relation: str
    words: str
    count: int

    @property
    def said(self) -> str:
        """The count in words: `4.3K`, `10,000+`."""
        return _said(min(self.count, EXACT_TO), more=self.count > EXACT_TO)


@dataclass(frozen=True, slots=True)
class Tree:
    """`levels` begins with the oldest; each says how the next one was made of it."""

    repo: Repo
    levels: Sequence[Level]
    groups: Sequence[Group]

    @property
    def said(self) -> str:
        """How many models were made from it, in words."""
        many = sum(min(group.count, EXACT_TO) for group in self.groups)
        return _said(many, more=any(group.count > EXACT_TO for group in self.groups))


def _said(many: int, *, more: bool) -> str:
    return f"{grouped(many // 1000 * 1000)}+" if more else number(many)


def tree_of(lineage: Lineage, actor: Actor, repo: Repo) -> Tree | None:
    """The tree as `actor` may see it; None for a model without relatives, and for what is no model."""
    if repo.kind is not RepoKind.MODEL:
        return None
    levels = [Level(level, _HOW[level[0].relation]) for level in reversed(lineage.ancestors(actor, repo))]
    groups = [Group(relation, MADE[relation], count) for relation, count in lineage.counts(actor, repo).items()]
    return Tree(repo, levels, groups) if levels or groups else None

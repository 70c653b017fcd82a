"""A tree says how many were made, exactly where few, and roughly where nobody counted on."""

from freehold.core.catalog.lineage import MANY
from freehold.web.languages import LANGUAGES, speaking
from freehold.web.parts.lineage import Group, Tree
from tests.core.facts.reader import A_REPO


def test_large_numbers_are_said_roughly():
    groups = [Group("adapter", "Adapters", MANY), Group("merge", "Merges", 4_276)]
    tree = Tree(A_REPO, [], groups)
    assert [*(group.said for group in groups), tree.said] == ["10,000+", "4.3K", "14,000+"]
    assert Tree(A_REPO, [], groups[1:]).said == "4.3K"
    with speaking(LANGUAGES["de"]):
        assert tree.said == "14.000+"

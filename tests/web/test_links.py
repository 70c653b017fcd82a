"""Addresses are quoted once, and nobody is sent elsewhere."""

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.web.links import is_local, repo_path


def test_a_revision_is_one_segment_and_a_path_keeps_its_slashes():
    repo = RepoId(RepoKind.DATASET, "alice", "birds")
    assert repo_path(repo, "tree", "refs/pr/1", "a b/c#d?") == "/datasets/alice/birds/tree/refs%2Fpr%2F1/a%20b/c%23d%3F"


@pytest.mark.parametrize("target", ["/", "/alice/birds?x=1#y", "/models"])
def test_paths_of_this_hub_are_local(target):
    assert is_local(target)


@pytest.mark.parametrize(
    "target",
    ["", "alice", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/a\nb", "\\\\evil"],
)
def test_everything_else_is_not(target):
    assert not is_local(target)

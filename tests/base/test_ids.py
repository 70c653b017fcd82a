"""Names and digests."""

import pytest

from freehold.base.errors import InvalidName
from freehold.base.ids import RepoId, RepoKind, check_name, is_digest, is_name, is_oid, new_id


@pytest.mark.parametrize("name", ["a", "alice", "a.b-c_d", "0", "a" * 96, "x_"])
def test_the_hub_allows(name):
    assert is_name(name)
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "-a", "a-", ".a", "a.", "_a", "a--b", "a..b", "a.git", "A.GIT", "a" * 97, "a/b", "a b", "ä", "a\n", "a\0"],
)
def test_it_refuses(name):
    assert not is_name(name)
    with pytest.raises(InvalidName, match="Use 1 to 96 letters"):
        check_name(name)


def test_addresses_are_those_of_the_web():
    assert RepoId(RepoKind.MODEL, "alice", "birds").path == "alice/birds"
    assert str(RepoId(RepoKind.DATASET, "alice", "birds")) == "datasets/alice/birds"


def test_digests_are_lower_case_and_whole():
    assert is_oid("0a" * 20)
    assert is_digest("0a" * 32)
    assert not is_oid("0A" * 20)
    assert not is_digest("0a" * 32 + "\n")


def test_ids_are_of_the_hubs_form_and_never_the_same():
    assert len({new_id() for _ in range(100)}) == 100
    assert all(len(made) == 24 and int(made, 16) for made in (new_id(), new_id()))

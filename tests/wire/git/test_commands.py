"""Command lines of git and git-lfs are understood, and no others."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import HubError, Invalid, RepoNotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.wire.git.commands import Asked, parse_command, parse_path

BIRDS = RepoId(RepoKind.MODEL, "alice", "birds")


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("git-upload-pack '/alice/birds.git'", Asked("git-upload-pack", BIRDS, to_write=False)),
        ("git-receive-pack alice/birds", Asked("git-receive-pack", BIRDS, to_write=True)),
        ("git-lfs-authenticate alice/birds upload", Asked("git-lfs-authenticate", BIRDS, to_write=True)),
        ("git-lfs-authenticate /alice/birds.git download", Asked("git-lfs-authenticate", BIRDS, to_write=False)),
        ("git-upload-pack '/datasets/alice/birds/'",
         Asked("git-upload-pack", RepoId(RepoKind.DATASET, "alice", "birds"), to_write=False)),
    ],
)  # fmt: skip
def test_these_are_understood(text: str, asked: Asked):
    assert parse_command(text) == asked


@pytest.mark.parametrize("text", ["", "git-upload-pack", "git upload-pack x", "git-upload-pack a b", "sh -c id", "'"])
def test_others_are_not(text: str):
    with pytest.raises(Invalid, match="no shell"):
        parse_command(text)


@pytest.mark.parametrize("path", ["", "/", "alice", "a/b/c", "datasets/alice", "//alice/birds", "../alice/birds"])
def test_a_path_has_two_names(path: str):
    with pytest.raises(RepoNotFound):
        parse_path(path)


@given(st.text(max_size=100))
def test_it_never_fails_otherwise(text: str):
    for command in (text, f"git-upload-pack {text}", f"git-lfs-authenticate {text} upload"):
        with suppress(HubError):
            parse_command(command)

"""Which paths are let in, and which are refused by name."""

import pytest

from freehold.base.errors import Unprocessable
from freehold.wire.git.paths import DEEPEST, check_path


@pytest.mark.parametrize(
    "path", ["a", "a/b.txt", "data/é/日本.bin", ".gitattributes", "git", "x" * 255, "a/" * DEEPEST + "b"]
)
def test_it_lets_ordinary_paths_in(path):
    assert check_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", "a\\b", "a\0b", "a\nb", "\udc80",
        ".git", "a/.GIT/config", ".git ", ".git.", "git~1", ".g\u200cit", ".git::$INDEX_ALLOCATION",
        "x" * 256, "é" * 128, "a/" * 2048 + "b", "a/" * (DEEPEST + 1) + "b",
    ],
)  # fmt: skip
def test_it_refuses_paths_that_harm_a_checkout(path):
    with pytest.raises(Unprocessable, match="Invalid path in repo"):
        check_path(path)

"""Paths of buckets: what is kept can be written to every disk below the folder that was meant."""

from pathlib import PurePosixPath, PureWindowsPath

import hypothesis
import pytest
from hypothesis import strategies as st

from freehold.base.errors import Unprocessable
from freehold.wire.bucketpaths import LONGEST_NAME, LONGEST_PATH, check_bucket_path

PARTS = st.one_of(
    st.sampled_from(["..", ".", "", "a", "C:", "c:x", "..\\", "\\\\host\\share", "nul\0", "\ud800", "~", "a\nb", "é"]),
    st.text(max_size=8),
)


@hypothesis.given(st.lists(PARTS, max_size=6).map("/".join))
def test_what_is_kept_stays_below_its_folder_on_every_system(path: str) -> None:
    try:
        check_bucket_path(path)
    except Unprocessable:
        return
    assert path
    assert len(path.encode()) <= LONGEST_PATH
    names = path.split("/")
    assert not {"", ".", ".."} & set(names)
    assert not any(len(name.encode()) > LONGEST_NAME for name in names)
    assert "\\" not in path
    assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in path)
    for pure in (PurePosixPath(path), *map(PureWindowsPath, names)):
        assert not (pure.drive or pure.root)


ORDINARY = ["a", "a/b/c", ".hidden/.git/x", " spaces ", "ü/🐦", "x" * 255, "/".join(["d" * 99] * 10)]


@pytest.mark.parametrize("path", ORDINARY)
def test_ordinary_paths_are_kept(path: str) -> None:
    assert check_bucket_path(path) == path


def test_a_refusal_says_which_rule_was_broken() -> None:
    with pytest.raises(Unprocessable, match="longer than 1024 bytes"):
        check_bucket_path("a/" * 600)
    with pytest.raises(Unprocessable, match=r"'\.\.' may not be part"):
        check_bucket_path("a/../../etc/passwd")

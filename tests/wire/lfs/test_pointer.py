"""Pointers as git-lfs writes and reads them."""

import hashlib
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.ids import Sha256
from freehold.wire.lfs.pointer import Pointer, parse_pointer, write_pointer

SHA = Sha256(hashlib.sha256(b"hello").hexdigest())


def test_it_writes_what_git_lfs_writes(tmp_path):
    (tmp_path / "file").write_bytes(b"hello")
    made = subprocess.run(["git-lfs", "pointer", "--file", str(tmp_path / "file")], capture_output=True, check=True)
    assert write_pointer(Pointer(SHA, 5)) == made.stdout


@settings(max_examples=50)
@given(st.binary(min_size=32, max_size=32), st.integers(0, 10**18 - 1))
def test_a_pointer_comes_back_as_it_went(digest, size):
    pointer = Pointer(Sha256(digest.hex()), size)
    assert parse_pointer(write_pointer(pointer)) == pointer


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + b"x" * 1024,
        lambda text: text.replace(b"sha256:", b"sha1:  "),
        lambda text: text.replace(b"size 5", b"size -5"),
        lambda text: text.replace(b"size 5", b"size 05"),
        lambda text: text + b"size 6\n",
        lambda text: b" " + text,
    ],
)
def test_it_takes_nothing_else_for_a_pointer(change):
    assert parse_pointer(change(write_pointer(Pointer(SHA, 5)))) is None

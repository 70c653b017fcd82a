"""Audit paths: each leaf is proven in every tree, and nothing else is."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.audit.merkle import Frontier, path_to, root_by


def leaves(count):
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


@given(st.integers(1, 70), st.data())
def test_a_path_leads_from_each_leaf_to_the_root(size, data):
    index = data.draw(st.integers(0, size - 1))
    some = leaves(size)
    path, root = path_to(some, index), Frontier().grown(some).root
    assert root_by(some[index], index, size, path) == root
    assert root_by(hashlib.sha256(b"x").digest(), index, size, path) != root
    assert root_by(some[index], index, size, [*path, some[0]]) is None
    if path:
        assert root_by(some[index], index, size, path[:-1]) is None
        assert root_by(some[index], index, size, [some[index], *path[1:]]) != root
    if size > 1:
        assert root_by(some[index], (index + 1) % size, size, path) != root


def test_there_is_no_leaf_outside():
    assert root_by(leaves(1)[0], 1, 1, []) is None
    assert root_by(leaves(1)[0], -1, 1, []) is None

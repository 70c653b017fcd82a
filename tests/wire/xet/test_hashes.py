"""Hashes in their text form, and the Merkle tree against a plain reading of its definition."""

import pytest
from blake3 import blake3
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.xet import hashes

COUNTING = bytes(range(32))
NODE_KEY = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")


def test_the_text_form_reverses_each_word() -> None:
    assert hashes.to_text(COUNTING) == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"


@given(st.binary(min_size=32, max_size=32))
def test_the_text_form_can_be_read_back(raw: bytes) -> None:
    assert hashes.from_text(hashes.to_text(raw)) == raw


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 63 + "\n", "٣" * 64])
def test_it_refuses_what_is_no_hash(text: str) -> None:
    with pytest.raises(Invalid, match="64 lower-case hexadecimal digits"):
        hashes.from_text(text)


def test_sha256_is_stored_as_if_its_digits_were_a_xet_hash() -> None:
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    wire = hashes.sha_to_wire(hashes.Sha256(sha256))
    assert wire[:8] == bytes.fromhex(sha256)[7::-1]
    assert hashes.sha_from_wire(wire) == sha256


def test_nothing_hashes_to_zeros() -> None:
    assert hashes.merkle(b"", []) == bytes(32)
    assert hashes.file_hash(b"", []) == bytes(32)


def test_a_single_chunk_is_its_own_root() -> None:
    assert hashes.merkle(COUNTING, [5]) == COUNTING


def test_it_refuses_hashes_and_sizes_of_different_number() -> None:
    with pytest.raises(Invalid):
        hashes.merkle(COUNTING, [1, 2])


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(1, 131072)), max_size=120))
def test_the_tree_follows_its_definition(seeds: list[tuple[int, int]]) -> None:
    nodes = [(blake3(seed.to_bytes(8, "little")).digest(), size) for seed, size in seeds]
    root = hashes.merkle(b"".join(node for node, _ in nodes), [size for _, size in nodes])
    assert root == defined(nodes)


def defined(nodes: list[tuple[bytes, int]]) -> bytes:
    """The root, one node at a time."""
    while len(nodes) > 1:
        above, rest = [], nodes
        while rest:
            size = group_size(rest)
            group, rest = rest[:size], rest[size:]
            text = "".join(f"{hashes.to_text(node)} : {count}\n" for node, count in group)
            above.append((blake3(text.encode(), key=NODE_KEY).digest(), sum(count for _, count in group)))
        nodes = above
    return nodes[0][0] if nodes else bytes(32)


def group_size(nodes: list[tuple[bytes, int]]) -> int:
    if len(nodes) <= 2:
        return len(nodes)
    most = min(9, len(nodes))
    for i in range(2, most):
        if int.from_bytes(nodes[i][0][24:], "little") % 4 == 0:
            return i + 1
    return most

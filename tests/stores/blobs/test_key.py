"""No blob key can leave the store's folder."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.base.ids import Sha256, XetHash
from freehold.stores.blobs.key import BlobKey, object_key, part_key, xorb_key


@pytest.mark.parametrize(
    "path",
    [
        "", "objects", "objects/", "/objects/a", "objects//a", "objects/../a", "../objects/a", "objects/./a",
        "objects/a/..", "objects/.hidden", "objects/a\0b", "objects/a\nb", "staging/a", "objects\\a", "etc/passwd",
        "objects/" + "a" * 129, "objects/ä",
    ],
)  # fmt: skip
def test_it_refuses_a_path_that_is_no_key(path):
    with pytest.raises(Invalid):
        BlobKey(path)


@pytest.mark.parametrize("digest", ["", "ab", "AB" * 32, "../" * 21 + "a", "g" * 64, "a" * 63 + "\n"])
def test_it_refuses_what_is_no_digest(digest):
    with pytest.raises(Invalid):
        object_key(Sha256(digest))
    with pytest.raises(Invalid):
        xorb_key(XetHash(digest))


@settings(max_examples=50)
@given(st.text(alphabet="abc./\\-_~\0 ", max_size=30))
def test_whatever_is_accepted_stays_below_the_folder(text):
    try:
        key = BlobKey(f"objects/{text}")
    except Invalid:
        return
    parts = key.path.split("/")
    assert parts[0] == "objects"
    assert not {"", ".", ".."} & set(parts)


def test_a_xorb_that_came_back_has_another_key():
    first, second = xorb_key(XetHash("a" * 64)), xorb_key(XetHash("a" * 64), 2)
    assert first != second
    assert second.path.startswith(first.path)


def test_parts_sort_by_their_number():
    assert part_key("f" * 24, 9).path < part_key("f" * 24, 10).path

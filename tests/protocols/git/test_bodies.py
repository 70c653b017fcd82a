"""Bodies that git sends: plain, compressed, broken and hostile."""

import gzip
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid, TooLarge
from freehold.protocols.git.bodies import Spool, Unzipping


@settings(max_examples=50)
@given(st.binary(max_size=5000), st.integers(1, 400))
def test_a_compressed_body_is_kept_as_it_was(content: bytes, piece: int):
    file, packed = BytesIO(), gzip.compress(content)
    spool = Unzipping(file, 5000)
    for at in range(0, len(packed), piece):
        spool.write(packed[at : at + piece])
    spool.end()
    assert file.read() == content


def test_a_bomb_is_refused_before_it_has_grown():
    file = BytesIO()
    with pytest.raises(TooLarge):
        Unzipping(file, 2 << 20).write(gzip.compress(bytes(200 << 20)))
    assert file.tell() <= 2 << 20


def test_a_plain_body_has_the_same_limit():
    with pytest.raises(TooLarge):
        Spool(BytesIO(), 10).write(b"x" * 11)


@pytest.mark.parametrize(
    "body", [b"PACK", gzip.compress(b"a")[:-4], gzip.compress(b"a") + b"more"], ids=["no gzip", "cut off", "too long"]
)
def test_it_refuses_what_is_not_one_whole_gzip(body: bytes):
    spool = Unzipping(BytesIO(), 100)
    with pytest.raises(Invalid):
        spool.write(body)
        spool.end()

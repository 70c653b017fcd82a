"""What a fetch asks for, in every version of the protocol."""

from io import BytesIO

import pytest

from freehold.base.errors import Invalid
from freehold.wire.git.pktline import FLUSH, line
from freehold.wire.git.wants import parse_wants

A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    "request_",
    [
        line(f"want {A} multi_ack agent=git/2\n".encode()) + line(f"want {B}\n".encode()) + FLUSH + line(b"done\n"),
        line(b"command=fetch") + b"0001" + line(f"want {A}\n".encode()) + line(f"want {B}".encode()) + FLUSH,
    ],
)
def test_wants_of_every_version(request_: bytes):
    assert parse_wants(BytesIO(request_).read) == {A, B}


def test_it_refuses_what_is_no_id():
    with pytest.raises(Invalid):
        parse_wants(BytesIO(line(b"want main")).read)

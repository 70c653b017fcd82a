"""What is sealed opens for its own context and key only."""

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Corrupt, Invalid
from freehold.core.accounts.sealing import FILE, Sealer, open_sealer

KEY = bytes(range(32))


@given(st.binary(max_size=100), st.text(max_size=20))
def test_it_opens_what_it_sealed(secret, context):
    assert Sealer(KEY).open(Sealer(KEY).seal(secret, context), context) == secret


def test_it_opens_nowhere_else():
    sealed = Sealer(KEY).seal(b"secret", "totp:alice")
    for sealer, text, context in (
        (Sealer(KEY), sealed, "totp:bob"),
        (Sealer(bytes(32)), sealed, "totp:alice"),
        (Sealer(KEY), sealed[:-4] + "AAAA", "totp:alice"),
        (Sealer(KEY), sealed.removeprefix("v1."), "totp:alice"),
        (Sealer(KEY), "v1.", "totp:alice"),
    ):
        with pytest.raises(Corrupt):
            sealer.open(text, context)


def test_the_key_lies_beside_the_database_and_only_its_owner_reads_it(db, tmp_path):
    sealed = open_sealer(db, tmp_path).seal(b"x", "c")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert open_sealer(db, tmp_path).open(sealed, "c") == b"x"
    assert [path.name for path in tmp_path.iterdir() if FILE in path.name] == [FILE]


def test_another_key_is_refused_at_the_start(db, tmp_path):
    open_sealer(db, tmp_path, "ab" * 32)
    with pytest.raises(Invalid, match="not the one"):
        open_sealer(db, tmp_path, "cd" * 32)
    with pytest.raises(Invalid, match="hexadecimal"):
        open_sealer(db, tmp_path, "short")

"""Signed checkpoints."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.audit.checkpoints import Checkpoint, open_note, sign
from freehold.wire.gates.receipts import public_key

SEED = bytes(range(32))
KEY = public_key(SEED)
MADE = Checkpoint(42, bytes(32), "ab" * 32, "2026-11-22T01:02:03.000004Z")
NOTE = sign(SEED, MADE)


def test_it_has_the_form_of_a_transparency_log():
    origin = "freehold/audit/56475aa75463474c"
    body, signature = NOTE.split("\n\n")
    assert body.splitlines() == [origin, "42", "A" * 43 + "=", "head " + "ab" * 32, "time " + MADE.at]
    assert signature.startswith(f"— {origin} ")
    assert len(base64.b64decode(signature.split()[2])) == 4 + 64


def test_it_is_opened_with_the_public_key_alone():
    assert open_note(NOTE, KEY) == MADE


def test_a_witness_may_sign_it_too():
    assert open_note(NOTE + "— witness.example/w AAAAAAAA\n", KEY) == MADE


@pytest.mark.parametrize(
    "note",
    [NOTE.replace("\n42\n", "\n43\n"), NOTE.replace("ab", "ac", 1), NOTE.partition("\n\n")[0] + "\n", "", "x\n\ny"],
)
def test_a_changed_one_is_refused(note):
    with pytest.raises(Invalid):
        open_note(note, KEY)


def test_another_hubs_key_opens_nothing():
    with pytest.raises(Invalid, match="not signed by this key"):
        open_note(NOTE, public_key(bytes(32)))
    with pytest.raises(Invalid, match="32 bytes"):
        open_note(NOTE, "AAAA")


@given(st.text(max_size=300))
def test_any_text_is_refused_in_words(text):
    with pytest.raises(Invalid):
        open_note(text, KEY)

"""Receipts prove what was signed, and nothing that was changed since."""

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.gates.receipts import Receipt, ReceiptFile, public_key, read_file, sign, verify
from freehold.wire.gates.terms import Terms

SEED, OTHER = b"\x01" * 32, b"\x02" * 32
TERMS = Terms(prompt="Harm nobody.")
RECEIPT = Receipt("g", "alice/birds", "r", "carol", "c", TERMS.sha256, 1, "2026-11-22T01:02:03.456Z", purpose="songs")


def a_file(receipt: Receipt = RECEIPT, terms: str = TERMS.document) -> ReceiptFile:
    return ReceiptFile(receipt.document, sign(SEED, receipt.document), public_key(SEED), terms)


def test_a_receipt_says_what_was_signed():
    kept = msgspec.json.format(msgspec.json.encode(a_file()))
    assert verify(read_file(kept), public_key(SEED)) == RECEIPT


@given(st.text(max_size=30), st.text(max_size=30), st.integers(1, 1 << 40))
def test_any_receipt_comes_back_as_it_was(grantee: str, purpose: str, version: int):
    made = msgspec.structs.replace(RECEIPT, grantee=grantee, purpose=purpose, terms_version=version)
    assert verify(read_file(msgspec.json.encode(a_file(made))), public_key(SEED)) == made


def test_a_key_in_the_file_is_no_proof():
    forged = ReceiptFile(RECEIPT.document, sign(OTHER, RECEIPT.document), public_key(OTHER), TERMS.document)
    with pytest.raises(Invalid, match="proves nothing"):
        verify(forged, public_key(SEED))


@given(st.data())
def test_one_changed_letter_proves_nothing(data):
    file = a_file()
    field = data.draw(st.sampled_from(["document", "terms"]))
    text = getattr(file, field)
    at = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:at] + data.draw(st.characters(exclude_characters=text[at], exclude_categories=["Cs"])) + text[at + 1 :]
    )
    with pytest.raises(Invalid):
        verify(msgspec.structs.replace(file, **{field: changed}), public_key(SEED))


@pytest.mark.parametrize("key", ["", "no base64!", base64.b64encode(b"short").decode(), public_key(OTHER)])
def test_a_wrong_key_proves_nothing(key: str):
    with pytest.raises(Invalid):
        verify(a_file(), key)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"document": 1}', b" " * (2 << 20)])
def test_what_is_no_receipt_is_said_to_be_none(content: bytes):
    with pytest.raises(Invalid):
        read_file(content)


def test_a_signed_text_that_is_no_receipt_is_refused():
    with pytest.raises(Invalid):
        verify(ReceiptFile("{}", sign(SEED, "{}"), public_key(SEED), ""), public_key(SEED))

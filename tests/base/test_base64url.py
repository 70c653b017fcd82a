"""Bytes as text for URLs, there and back."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.base64url import decode, encode


@given(st.binary(max_size=60))
@settings(max_examples=50)
def test_bytes_come_back_from_text_that_a_url_can_hold(raw):
    assert decode(encode(raw)) == raw
    assert re.fullmatch(r"[A-Za-z0-9_-]*", encode(raw))


@pytest.mark.parametrize("text", ["a", "AA+A", "AA/A", "A A=", "ä", "AA\n", "AB"])
def test_it_refuses_what_it_would_not_write(text):
    with pytest.raises(ValueError):
        decode(text)

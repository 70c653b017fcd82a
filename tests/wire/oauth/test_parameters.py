"""Parameters are read once or not at all, and no text that they may hold breaks the reader."""

import hashlib
from base64 import urlsafe_b64encode
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.oauth.parameters import is_challenge, is_verifier, parse_basic, parse_body, parse_query, proof_of
from freehold.wire.oauth.refusals import Refused
from freehold.wire.oauth.scopes import SCOPES, join_scope, parse_scope
from freehold.wire.oauth.usercodes import LETTERS, format_code, read_code

FORM = "application/x-www-form-urlencoded; charset=utf-8"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(TEXTS.filter(bool), TEXTS.filter(bool), max_size=10))
def test_a_form_comes_back_as_it_was(fields):
    assert parse_body(FORM, urlencode(fields).encode()) == fields


@given(st.binary(max_size=200), st.sampled_from([FORM, "application/json", "text/plain", ""]))
def test_any_body_is_read_or_refused(body, kind):
    try:
        assert all(parse_body(kind, body).values())
    except Refused as refused:
        assert refused.code == "invalid_request"


@pytest.mark.parametrize("text", ["client_id=a&client_id=b", "state=1&state=1", "a=1&a="])
def test_a_name_that_comes_twice_is_refused(text):
    with pytest.raises(Refused, match="repeated"):
        parse_query(text)


def test_empty_values_count_as_left_out():
    assert parse_query("a=&b=1") == {"b": "1"}
    assert parse_body("application/json", b'{"a":"","b":"1"}') == {"b": "1"}


def test_the_example_of_rfc_7636_appendix_b():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    challenge = proof_of(verifier, hashlib.sha256(verifier.encode()).digest())
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM" and is_challenge(challenge)


@given(st.text(max_size=140))
def test_a_verifier_has_the_letters_that_the_rfc_names(text):
    allowed = 43 <= len(text) <= 128 and text.isascii() and all(one.isalnum() or one in "-._~" for one in text)
    assert is_verifier(text) is allowed


def test_a_client_in_a_basic_header_is_form_encoded():
    assert parse_basic("a%3Ab:s+c%25") == ("a:b", "s c%")
    with pytest.raises(Refused):
        parse_basic("nothing")


@given(st.lists(st.sampled_from([*SCOPES, "unknown", "read-mcp", ""])))
def test_scopes_are_kept_in_order_and_once(asked):
    found = parse_scope(" ".join(asked))
    assert set(found) == set(asked) & set(SCOPES) and parse_scope(join_scope(found)) == found


@given(st.lists(st.sampled_from(LETTERS), min_size=8, max_size=8), st.booleans(), st.sampled_from(["-", "", " ", "–"]))
def test_a_code_is_read_however_it_was_typed(letters, lower, joint):
    typed = format_code(letters).replace("-", joint)
    assert read_code(f" {typed.lower() if lower else typed} ") == "".join(letters)


@given(st.text(max_size=20))
def test_what_is_no_code_is_none(text):
    code = read_code(text)
    assert code is None or (len(code) == 8 and set(code) <= set(LETTERS))


def test_base64_of_other_lengths_is_no_challenge():
    assert not is_challenge(urlsafe_b64encode(b"x" * 31).decode().rstrip("="))

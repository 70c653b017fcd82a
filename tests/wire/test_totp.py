"""One-time codes agree with the RFCs' own vectors."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.totp import DRIFT, STEP_S, base32, code_at, provisioning_url, step_of

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("count", "code"),
    list(
        enumerate(("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"))
    ),
)
def test_the_vectors_of_rfc_4226(count, code):
    assert code_at(SECRET, count) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_vectors_of_rfc_6238(seconds, code):
    assert code_at(SECRET, seconds // STEP_S) == code
    assert step_of(SECRET, code, seconds) == seconds // STEP_S


def test_a_code_does_not_count_twice():
    step = step_of(SECRET, "287082", 59)
    assert step_of(SECRET, "287082", 59, after=step) is None


@given(st.binary(min_size=16, max_size=32), st.integers(0, 2**33), st.integers(-20, 20))
def test_only_steps_within_the_drift_count(secret, seconds, off):
    here = seconds // STEP_S
    found = step_of(secret, code_at(secret, max(here + off, 0)), seconds)
    if abs(off) <= DRIFT:
        assert found is not None
    assert found is None or abs(found - here) <= DRIFT


@given(st.text(max_size=20))
def test_no_text_breaks_it(text):
    step_of(SECRET, text, 59)


def test_apps_read_the_same_secret():
    url = urlsplit(provisioning_url("My: Hub", "alice", SECRET))
    said = parse_qs(url.query)
    assert base64.b32decode(said["secret"][0]) == SECRET
    assert (url.scheme, url.netloc, url.path, said["issuer"]) == (
        "otpauth",
        "totp",
        "/My%20%20Hub%3Aalice",
        ["My: Hub"],
    )
    assert "=" not in base32(b"x")

"""Dates in the form that clients parse."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.clock import iso, now


def test_a_date_has_milliseconds_and_ends_in_z():
    assert iso(1_795_000_000_123_999) == "2026-11-18T11:06:40.123Z"


@given(st.integers(0, 4_000_000_000_000_000))
@settings(max_examples=50)
def test_no_date_is_off_by_a_millisecond(micros):
    read = datetime.fromisoformat(iso(micros))
    assert round(read.timestamp() * 1000) == micros // 1000


def test_the_time_is_in_microseconds():
    assert "2026" < iso(now()) < "2126"

"""A year of days, drawn."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from freehold.web.parts.calendar import DAY, year_of


@given(st.integers(0, 60_000), st.dictionaries(st.integers(0, 60_000), st.integers(1, 10**6), max_size=50))
def test_every_day_of_a_year_is_drawn_once(today, counts):
    year = year_of(counts, today * DAY + 1)
    assert 365 <= len(year.squares) <= 371
    assert len({(one.x, one.y) for one in year.squares}) == len(year.squares)
    assert max(one.x for one in year.squares) < year.width
    assert year.total == sum(month.done for month in year.months)
    assert all((one.level == 0) == (one.said == "") for one in year.squares)


def test_the_busiest_day_is_the_darkest_and_today_is_the_last():
    at = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp()) * 1_000_000
    year = year_of({at // DAY: 8, at // DAY - 1: 1}, at)
    assert (year.squares[-1].level, year.squares[-1].said) == (4, "8 on 22 Nov 2026")
    assert year.squares[-2].level == 1
    assert year.months[0].name == "November 2026"
    assert (year.months[0].done, year.months[0].days) == (9, 2)

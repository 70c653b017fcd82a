"""The head of a table is read under limits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.web.tables import MAX_CELL, MAX_COLUMNS, MAX_ROWS, head


def test_it_reads_commas_and_tabs():
    table = head('a,b\n1,"x, y"\n', tabs=False, cut=False)
    assert (table.header, table.rows, table.more) == (["a", "b"], [["1", "x, y"]], False)
    assert head("a\tb\n", tabs=True, cut=False).header == ["a", "b"]


def test_it_stops_at_its_limits_and_says_so():
    assert len(head("a\n" * 500, tabs=False, cut=False).rows) == MAX_ROWS
    assert head("a\n" * 500, tabs=False, cut=False).more
    wide = head(",".join("x" * 500 for _ in range(80)), tabs=False, cut=False)
    assert len(wide.header) == MAX_COLUMNS
    assert len(wide.header[0]) == MAX_CELL
    assert wide.more


def test_a_line_cut_in_two_is_left_out():
    assert head("a,b\n1,2\n3,", tabs=False, cut=True).rows == [["1", "2"]]


def test_nothing_is_no_table():
    assert head("", tabs=False, cut=False) is None
    assert head("x" * 1000, tabs=False, cut=True) is None


@settings(max_examples=50, deadline=None)
@given(st.text(), st.booleans(), st.booleans())
def test_any_text_is_read_or_refused(text, tabs, cut):
    head(text, tabs=tabs, cut=cut)

"""Columns told from the beginning of a file."""

from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.croissant import TABLES, Column, columns_of


@given(st.text(), st.sampled_from(TABLES), st.booleans())
def test_any_text_has_columns_or_none(text, ending, cut):
    for column in columns_of(text, ending, cut=cut):
        assert column.name.strip()
        assert column.type in ("sc:Text", "sc:Integer", "sc:Float", "sc:Boolean")


def test_a_cut_line_is_not_looked_at():
    assert columns_of("a,b\n1,2\nx,y", "csv", cut=True) == [Column("a", "sc:Integer"), Column("b", "sc:Integer")]
    assert columns_of("a,b\n1,2\nx,y", "csv", cut=False) == [Column("a", "sc:Text"), Column("b", "sc:Text")]

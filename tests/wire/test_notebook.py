"""A notebook is read, whatever is in it, and refused if it is none."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.notebook import MAX_CELLS, MAX_TEXT, parse_notebook, picture

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
mime = st.sampled_from(["text/html", "text/plain", "image/png", "application/json"])
outputs = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "error", "display_data", "x"])},
    optional={"text": anything, "data": st.dictionaries(mime, anything), "traceback": anything},
)
cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "x"])},
    optional={"source": anything, "outputs": st.lists(outputs, max_size=3), "execution_count": anything},
)


def a_notebook(*given: object, **more: object) -> bytes:
    return json.dumps({"cells": list(given), **more}).encode()


def code(*given: object) -> dict[str, object]:
    return {"cell_type": "code", "source": "", "outputs": list(given)}


def test_a_line_that_was_written_over_shows_its_last_state():
    stream = {"output_type": "stream", "text": "10%\r50%\r100%\ndone\x1b[0m\r\n"}
    assert parse_notebook(a_notebook(code(stream))).cells[0].outputs[0].text == "100%\ndone\n"


def test_it_stops_at_its_limits_and_says_so():
    found = parse_notebook(a_notebook(*[{"cell_type": "raw", "source": "x" * 2 * MAX_TEXT}] * 2, *[{}] * MAX_CELLS))
    assert (len(found.cells), found.cut, len(found.cells[0].source)) == (MAX_CELLS, True, MAX_TEXT)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"cells": 3}', b"[" * 100_000, b"\xff"])
def test_what_is_no_notebook_is_refused(raw):
    with pytest.raises(Invalid):
        parse_notebook(raw)


@settings(max_examples=300, deadline=None)
@given(st.lists(cells, max_size=3), anything)
def test_whatever_cells_hold_they_are_read_or_refused(given, metadata):
    raw = a_notebook(*given, metadata=metadata)
    try:
        parse_notebook(raw)
        picture(raw, 0, 0)
    except Invalid:
        pass

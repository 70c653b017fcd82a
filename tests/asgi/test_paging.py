"""Pages of a list."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from freehold.asgi.needs import Need
from freehold.asgi.paging import Mark, cursor, decode_cursor, encode_cursor, limit, next_link
from freehold.asgi.routing import Route
from freehold.base.errors import Invalid
from tests.asgi.asking import asking


@given(st.one_of(st.text(), st.tuples(st.integers(-(2**53), 2**53), st.text())))
def test_a_cursor_comes_back_as_it_went(value):
    kind = str if isinstance(value, str) else tuple[int, str]
    assert decode_cursor(encode_cursor(value), kind) == value


@given(st.text(max_size=40))
def test_no_text_breaks_it(text):
    try:
        decode_cursor(text, tuple[int, str])
    except Invalid as error:
        assert "first page" in error.message


@pytest.mark.parametrize("value", [(2**63, "x"), (-1, "x"), (1.5, "x"), (1,), "x"])
def test_a_mark_that_fits_in_no_database_is_no_cursor(value):
    with pytest.raises(Invalid):
        decode_cursor(encode_cursor(value), Mark)


def test_the_next_page_keeps_path_and_query(portal):
    def tell(request):
        here = cursor(request, int) or 0
        return JSONResponse([here, limit(request, 10)], headers={"Link": next_link(request, here + 1)})

    client = asking(portal, [Route("/api/x/{rev:seg}", tell, needs=Need.NOTHING)], url="http://hub.test/p")
    answer = client.get("/p/api/x/refs%2Fpr%2F1?filter=a&filter=b%26c&limit=5000")
    url = answer.links["next"]["url"]
    assert url.startswith("http://hub.test/p/api/x/refs%2Fpr%2F1?")
    assert httpx.URL(url).params.get_list("filter") == ["a", "b&c"]
    assert client.get(url).json() == [1, 1000]


@pytest.mark.parametrize("text", ["x", "-1", "1e3", "٣"])
def test_it_refuses_a_limit_that_is_no_number(portal, text):
    client = asking(portal, [Route("/a", lambda request: JSONResponse(limit(request, 10)), needs=Need.NOTHING)])
    assert client.get("/a", params={"limit": text}).status_code == 400

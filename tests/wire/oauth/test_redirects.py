"""An application is returned to where it said beforehand, letter by letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.oauth.redirects import answer_at, check_redirect, fits

GOOD = ("https://app.example/back", "https://app.example/back?a=1", "http://127.0.0.1/cb", "http://[::1]:80/cb",
        "http://localhost:3000/cb")  # fmt: skip
BAD = (
    "javascript:alert(1)", "data:text/html,x", "http://app.example/back", "//app.example", "/back", "https:///back",
    "https://user@app.example/", "https://app.example/#x", "https://app.example/#", "https://app.example/ x",
    "https://app.example\\@evil.example/", "https://app.example/\n", "https://äpp.example/", "app:/callback",
    "https://app.example:99999/", "https://app.example:0/", "ftp://app.example/", "", "https://" + "a" * 1000,
)  # fmt: skip


@pytest.mark.parametrize("uri", GOOD)
def test_what_may_be_registered(uri):
    check_redirect(uri)
    assert fits(uri, [uri])


@pytest.mark.parametrize("uri", BAD)
def test_what_may_not(uri):
    with pytest.raises(Invalid):
        check_redirect(uri)
    assert not fits(uri, GOOD)


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/back/", "https://app.example/Back", "https://app.example/back?a=2", "https://app.example/",
        "https://app.example/back/../evil", "https://app.example.evil.example/back", "https://app.example:443/back",
        "https://evil.example/?https://app.example/back", "https://app.example/back#", "http://app.example/back",
        "HTTPS://app.example/back", "https://APP.example/back", "https://app.example/%62ack",
        "http://127.0.0.1:8080/other", "http://127.0.0.1.evil.example/cb", "http://127.0.0.2/cb",
        "http://localhost:3001/cb", "http://127.0.0.1:80@evil.example/cb",
    ],
)  # fmt: skip
def test_nothing_that_only_looks_alike(uri):
    assert not fits(uri, GOOD)


def test_a_program_of_ones_own_machine_may_use_any_port():
    assert fits("http://127.0.0.1:51234/cb", GOOD) and fits("http://[::1]:51234/cb", GOOD)


@given(st.text(max_size=60))
def test_any_text_is_compared_without_a_fault(text):
    assert fits(text, GOOD) is (text in GOOD)


@given(st.dictionaries(st.sampled_from(["code", "state", "error"]), st.text(min_size=1, max_size=20)))
def test_an_answer_stays_within_the_query(answer):
    for uri in GOOD:
        made = answer_at(uri, answer)
        assert made.startswith(uri) and "\n" not in made and "#" not in made and " " not in made

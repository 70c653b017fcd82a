"""Avatars: drawn from the name alone, the same every time, and nothing but a picture."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.web.avatars import draw
from tests.web.browsing import Browser


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True))
def test_a_name_has_one_picture(name):
    assert draw(name) == draw(name)
    root = ElementTree.fromstring(draw(name))
    assert root.tag.endswith("svg")
    assert root[-1].text == name[0].upper()


@pytest.mark.parametrize("name", ["alice", "nobody-here"])
def test_it_is_served_to_everybody_whether_there_is_such_an_account_or_not(hub, name):
    answer = Browser(hub).get(f"/-/avatar/{name}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_what_cannot_be_a_name_has_none(hub):
    assert Browser(hub).get("/-/avatar/%3Cscript%3E").status_code == 400

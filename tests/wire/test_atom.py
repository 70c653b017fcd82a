"""Feeds as XML."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.atom import Entry, Feed, encode

SPACE = "{http://www.w3.org/2005/Atom}"


@given(st.text(), st.text(), st.text(), st.integers(0, 2**52))
def test_any_text_makes_a_well_formed_feed(title, author, summary, at):
    entry = Entry("tag:a,2026:x", title, "http://h/x", at, author, summary)
    root = ElementTree.fromstring(encode(Feed("tag:a,2026:f", title, "http://h/", "http://h/f", [entry])))
    (found,) = root.findall(f"{SPACE}entry")
    for needed in ("id", "title", "updated", f"author/{SPACE}name"):
        assert found.findtext(f"{SPACE}{needed}")
    assert root.findtext(f"{SPACE}updated").endswith("Z")


def test_text_is_kept_as_it_is():
    entry = Entry("tag:a,2026:x", "<b>&amp;</b> \U0001f426 ]]>", "http://h/?a=1&b=2", 0)
    root = ElementTree.fromstring(encode(Feed("i", "t", "http://h/", "http://h/f", [entry], 10**15)))
    assert root.find(f"{SPACE}entry").findtext(f"{SPACE}title") == "<b>&amp;</b> \U0001f426 ]]>"
    assert root.find(f"{SPACE}entry/{SPACE}link").get("href") == "http://h/?a=1&b=2"

"""The resolver, against a real DNS server on the loopback."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid, NotReached
from freehold.stores.outbound import names
from freehold.stores.outbound.names import Names, parse_servers
from tests.kit.nameserver import NameServer


@pytest.fixture
def server():
    with NameServer({"_freehold-challenge.birds.example": ["v=spf1", "freehold-domain=abc", "x" * 600]}) as made:
        yield made


def ask(server, name="_freehold-challenge.birds.example"):
    return Names([("127.0.0.1", server.port)]).texts(name)


def test_it_gives_all_texts_of_a_name_long_ones_put_together(server):
    assert sorted(ask(server)) == ["freehold-domain=abc", "v=spf1", "x" * 600]
    assert server.asked == ["_freehold-challenge.birds.example"]


def test_a_name_that_is_not_there_has_none(server):
    assert ask(server, "_freehold-challenge.other.example") == []


def test_an_answer_too_long_for_a_datagram_comes_by_tcp(server):
    server.manner = "short"
    assert "freehold-domain=abc" in ask(server)


@pytest.mark.parametrize("manner", ["refused", "broken"])
def test_a_server_that_fails_is_not_one_that_says_no(server, manner):
    server.manner = manner
    with pytest.raises(NotReached):
        ask(server)


@pytest.mark.parametrize("manner", ["silent", "liar"])
def test_nobody_is_waited_for_longer_than_a_few_seconds(server, manner):
    server.manner, began = manner, time.monotonic()
    with pytest.raises(NotReached):
        ask(server)
    assert time.monotonic() - began < names.SECONDS + 2


def test_what_is_too_much_is_not_read(server):
    server.texts["many.example"] = [f"text {n}" for n in range(300)] + ["y" * 2000]
    found = ask(server, "many.example")
    assert len(found) <= names.MOST_TEXTS
    assert max(map(len, found)) <= names.LONGEST_TEXT


def test_servers_are_written_as_addresses():
    assert parse_servers("127.0.0.1:5353, ::1, [::1]:54,9.9.9.9") == [
        ("127.0.0.1", 5353), ("::1", 53), ("::1", 54), ("9.9.9.9", 53),
    ]  # fmt: skip
    for wrong in ("dns.example", "127.0.0.1:0", "127.0.0.1:x", "[::1]:99999"):
        with pytest.raises(Invalid):
            parse_servers(wrong)


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text):
    with suppress(Invalid):
        parse_servers(text)

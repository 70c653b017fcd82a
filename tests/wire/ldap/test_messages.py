"""Messages: what a server sends is read, or refused, and never believed to be more than it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.ldap import messages
from freehold.wire.ldap.ber import SEQUENCE, SET, Garbled, element, elements, head, integer, number, octets


def test_a_bind_is_the_bytes_of_the_rfc():
    assert messages.message(1, messages.bind("cn=a", "b")) == bytes.fromhex("3011020101600c02010304 04636e3d61 800162")
    with pytest.raises(ValueError):
        messages.bind("cn=a", "")
    with pytest.raises(ValueError):
        messages.bind("", "b")


@given(st.integers(0, 1 << 60))
def test_numbers_come_back(value):
    ((_, body),) = elements(integer(value))
    assert number(body) == value


@given(st.text(st.characters(exclude_categories=["Cs"])), st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True),
       st.lists(st.binary(max_size=300), max_size=3), max_size=4))  # fmt: skip
def test_entries_come_back(dn, values):
    pairs = [element(SEQUENCE, octets(name), element(SET, *map(octets, some))) for name, some in values.items()]
    found = messages.entry(octets(dn) + element(SEQUENCE, *pairs))
    assert (found.dn, found.values) == (dn, values)


@given(st.binary(max_size=200))
def test_noise_is_garbled_and_nothing_worse(noise):
    for read in (messages.answer, messages.entry, messages.result, head, lambda data: list(elements(data))):
        try:
            read(noise)
        except Garbled:
            continue

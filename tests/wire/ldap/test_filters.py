"""Filters: what somebody types is one value, whatever it is; a template that is none is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.ldap.ber import elements, octets
from freehold.wire.ldap.filters import encoded

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["*", "*)(uid=*", "x)(|(uid=*", "\\2a", "{name}", "\0", "a\\", ")", "alice)(objectClass=*))(&(uid=alice"]
)


@given(TEXT)
def test_what_is_typed_is_one_value_and_never_syntax(typed):
    ((tag, body),) = elements(encoded("(&(objectClass=person)(|(uid={name})(mail={name})))", {"name": typed}))
    (_, fixed), (either, both) = elements(body)
    assert (tag, either, fixed) == (0xA0, 0xA1, octets("objectClass") + octets("person"))
    assert [list(elements(one)) for _, one in elements(both)] == [
        [(0x04, b"uid"), (0x04, typed.encode())], [(0x04, b"mail"), (0x04, typed.encode())]
    ]  # fmt: skip


def test_every_kind_of_filter_is_written_as_the_rfc_wants():
    assert encoded("(o=*)", {}) == bytes.fromhex("87016f")
    assert encoded("(o=a*b*c)", {}) == bytes.fromhex("a40e04016f3009800161810162820163")
    assert encoded("(!(o>=5))", {}) == bytes.fromhex("a208a50604016f040135")
    assert encoded("(o=\\2a\\28)", {}) == bytes.fromhex("a30704016f04022a28")
    # Active Directory's "not disabled".
    bits = encoded("(userAccountControl:1.2.840.113556.1.4.803:=2)", {})
    ((tag, body),) = elements(bits)
    assert tag == 0xA9
    assert list(elements(body)) == [
        (0x81, b"1.2.840.113556.1.4.803"), (0x82, b"userAccountControl"), (0x83, b"2")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    ["", "uid=x", "(uid=x", "(uid=x))", "()", "(&)", "(uid={other})", "(uid={name)", "(u id=x)", "(=x)", "(uid=\\zz)",
     "(uid=(x)", "(:dn:=x)", "(!(a=b)(c=d))", "(uid=**)", "(!" * 40 + "(a=b)" + ")" * 40],
)  # fmt: skip
def test_what_is_no_filter_is_refused(wrong):
    with pytest.raises(Invalid, match="no LDAP filter"):
        encoded(wrong, {"name": "alice"})

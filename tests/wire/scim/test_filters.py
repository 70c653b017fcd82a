"""SCIM filters: what they mean, and that nothing breaks their parser."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.scim.errors import ScimInvalid
from freehold.wire.scim.filters import MAX_LENGTH, fits, needed, parse_filter, parse_path

ALICE = {
    "id": "a1", "userName": "Alice@example.org", "externalId": "X1", "active": True, "age": 41,
    "name": {"familyName": "O'Malley", "givenName": "Alice"},
    "emails": [{"value": "alice@work.example", "type": "work", "primary": True},
               {"value": "a@home.example", "type": "home"}],
    "meta": {"resourceType": "User", "lastModified": "2026-05-13T04:42:34.000Z"},
}  # fmt: skip

# Most of them are RFC 7644's own, of figures 3 to 5.
HOLD = [
    'userName eq "alice@EXAMPLE.org"', 'name.familyName co "O\'Malley"', 'userName sw "A"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "A"', "name pr", "title pr or active eq true",
    'meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified ge "2026-05-13T04:42:34.000Z"',
    'meta.lastModified lt "2027-05-13T04:42:34Z"', 'meta.lastModified le "2026-05-13T06:42:34+02:00"',
    'name.givenName eq "Alice" and active eq true', 'nothing eq "x" or userName pr and active eq true',
    'emails[type eq "work" and value co "@work.example"]', 'emails co "home.example"', 'emails.type eq "home"',
    'not (userName eq "bob")', 'userName NE "bob"', 'externalId eq "X1"', 'title eq null', "age gt 40", "age le 41",
    '(((active eq true)))', 'emails[not (type eq "work")]', 'userName ew ".org"', 'schemas ne "x"',
]  # fmt: skip
HOLD_NOT = [
    'userName eq "bob"', "title pr", 'externalId eq "x1"', 'emails[type eq "home" and primary eq true]',
    'nothing eq "x" and active eq true or active eq false', 'userName eq null', 'active eq "true"', "age gt 41",
    'userName ne "ALICE@example.org"', 'id eq "A1"', 'name.middle pr', 'userName eq 5',
]  # fmt: skip
BROKEN = [
    "", "userName", "userName eq", 'userName like "x"', "userName eq x", 'userName eq "x',
    "(userName pr", "userName pr)",
    "userName pr userName pr", "and", 'emails[type eq "x"', "not userName pr", "1 eq 1", 'a.b.c eq "x"', "a eq NaN",
    "active gt true", "(" * 100 + "a pr" + ")" * 100, "a pr and " * 1000 + "a pr", 'emails.value[a pr]', 'a eq "\\x"',
]  # fmt: skip


@pytest.mark.parametrize("text", HOLD)
def test_it_holds(text):
    assert fits(parse_filter(text), ALICE)


@pytest.mark.parametrize("text", HOLD_NOT)
def test_it_does_not_hold(text):
    assert not fits(parse_filter(text), ALICE)


@pytest.mark.parametrize("text", BROKEN)
def test_it_is_refused(text):
    with pytest.raises(ScimInvalid) as refused:
        fits(parse_filter(text), ALICE)
    assert refused.value.kind == "invalidFilter"


@given(st.text(max_size=200) | st.text('()[]"\\ .aeqprndot', max_size=200))
def test_any_text_is_a_filter_or_refused(text):
    with suppress(ScimInvalid):
        fits(parse_filter(text), ALICE)


@given(st.text('()[]"\\ .aeqprnot:urn', max_size=100))
def test_any_text_is_a_path_or_refused(text):
    with suppress(ScimInvalid):
        parse_path(text)


ATOMS = st.sampled_from(["active eq true", "title pr", 'userName sw "a"', 'userName eq "bob"'])
VALUES = {"active eq true": True, "title pr": False, 'userName sw "a"': True, 'userName eq "bob"': False}


def trees(inner):
    return st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(["and", "or"]), inner, inner)


def written(tree) -> str:
    if isinstance(tree, str):
        return tree
    if tree[0] == "not":
        return f"not ({written(tree[1])})"
    return f"({written(tree[1])}) {tree[0]} ({written(tree[2])})"


def value(tree) -> bool:
    if isinstance(tree, str):
        return VALUES[tree]
    if tree[0] == "not":
        return not value(tree[1])
    return (all if tree[0] == "and" else any)((value(tree[1]), value(tree[2])))


@given(st.recursive(ATOMS, trees, max_leaves=12))
def test_logic_is_logic(tree):
    assert fits(parse_filter(written(tree)), ALICE) is value(tree)


@given(ATOMS, ATOMS, ATOMS)
def test_and_binds_closer_than_or(a, b, c):
    assert fits(parse_filter(f"{a} or {b} and {c}"), ALICE) is (VALUES[a] or (VALUES[b] and VALUES[c]))


@given(st.text(max_size=50))
def test_any_text_can_be_looked_for(text):
    found = parse_filter(f"userName eq {json.dumps(text)}")
    assert needed(found, "username") == text
    assert fits(found, {"userName": text})


def test_what_must_be_equal_is_known_for_an_index():
    assert needed(parse_filter('active eq true and userName eq "x"'), "username") == "x"
    assert needed(parse_filter('active eq true or userName eq "x"'), "username") is None
    assert needed(parse_filter('not (userName eq "x")'), "username") is None


def test_a_filter_has_a_longest_length():
    with pytest.raises(ScimInvalid, match="longer"):
        parse_filter('userName eq "' + "x" * MAX_LENGTH + '"')

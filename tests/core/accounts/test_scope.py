"""Scopes: kept as they were made, and made of permissions that exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.core.accounts.scope import (
    DISCUSS,
    KEPT,
    MOST_PARTS,
    OF_ONESELF,
    READ_CONTENT,
    WRITE_WEBHOOKS,
    Entity,
    Part,
    Scope,
    decode,
    encode,
)

PERMISSIONS = st.frozensets(st.sampled_from([*OF_ONESELF, *KEPT]))
SCOPES = st.builds(
    Scope,
    st.lists(st.builds(Part, st.builds(Entity, st.text(), st.text(), st.text()), PERMISSIONS), max_size=4).map(tuple),
    PERMISSIONS,
    st.booleans(),
)


@given(SCOPES)
def test_a_scope_comes_back_as_it_was_kept(scope):
    assert decode(encode(scope)) == scope


@pytest.mark.parametrize(
    "scope",
    [
        Scope(everywhere=frozenset({"everything"})),
        Scope((Part(Entity("user", "a", "alice"), frozenset({"repo.delete"})),)),
        Scope((Part(Entity("model", "r", "alice/birds"), frozenset({WRITE_WEBHOOKS})),)),
        Scope((Part(Entity("org", "o", "acme"), frozenset({WRITE_WEBHOOKS})),)),
        Scope(tuple(Part(Entity("user", str(n), "x"), frozenset({DISCUSS})) for n in range(MOST_PARTS + 1))),
    ],
)
def test_it_refuses_permissions_that_are_none_and_too_many_parts(scope):
    with pytest.raises(Invalid):
        scope.check()


def test_a_permission_holds_for_its_entity_alone():
    scope = Scope((Part(Entity("user", "a", "alice"), frozenset({READ_CONTENT})),))
    assert scope.holds(READ_CONTENT, "a", "r")
    assert not scope.holds(READ_CONTENT, "r")
    assert not scope.holds(DISCUSS, "a")
    assert scope.ids([DISCUSS, READ_CONTENT]) == ["a"]

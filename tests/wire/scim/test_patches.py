"""SCIM's PATCH."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.scim.errors import ScimInvalid
from freehold.wire.scim.patches import patched
from freehold.wire.scim.schemas import GROUPS, USERS, checked

ALICE = {
    "userName": "alice", "active": True, "name": {"givenName": "Alice"},
    "emails": [{"value": "a@work.example", "type": "work", "primary": True},
               {"value": "a@home.example", "type": "home"}],
}  # fmt: skip
TEAM = {"displayName": "Team", "members": [{"value": "1"}, {"value": "2"}]}


def change(document, *operations, schema=USERS):
    return checked(schema, patched(schema, document, {"Operations": list(operations)}))


def test_nothing_that_was_there_is_touched():
    before = repr(ALICE)
    change(ALICE, {"op": "replace", "path": "name.familyName", "value": "A"}, {"op": "remove", "path": "emails"})
    assert repr(ALICE) == before


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ({"op": "Replace", "path": "active", "value": "False"}, "active", False),
        ({"op": "replace", "value": {"active": False}}, "active", False),
        ({"op": "add", "value": {"name.familyName": "A"}}, "name", {"givenName": "Alice", "familyName": "A"}),
        ({"op": "add", "path": "name", "value": {"familyName": "A"}}, "name",
         {"givenName": "Alice", "familyName": "A"}),
        ({"op": "replace", "path": "name", "value": {"familyName": "A"}}, "name", {"familyName": "A"}),
        ({"op": "remove", "path": "name.givenName"}, "name", None),
        ({"op": "remove", "path": 'emails[type eq "work"]'}, "emails", [{"value": "a@home.example", "type": "home"}]),
        ({"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:displayName", "value": "A"},
         "displayName", "A"),
        ({"op": "replace", "value": {"urn:ietf:params:scim:schemas:core:2.0:User": {"displayName": "A"}}},
         "displayName", "A"),
    ],
)  # fmt: skip
def test_an_operation_does_what_it_says(operation, name, value):
    assert change(ALICE, operation).get(name) == value


def test_a_part_of_the_values_that_a_filter_chooses_is_replaced():
    after = change(ALICE, {"op": "replace", "path": 'emails[type eq "work"].value', "value": "b@work.example"})
    assert [one["value"] for one in after["emails"]] == ["b@work.example", "a@home.example"]


def test_what_a_filter_describes_is_added_where_it_is_missing():
    after = change(ALICE, {"op": "add", "path": 'emails[type eq "other"].value', "value": "c@x.example"})
    assert after["emails"][-1] == {"type": "other", "value": "c@x.example"}


def test_a_new_primary_value_takes_that_from_the_old_one():
    added = {"value": "n@x.example", "primary": True}
    after = change(ALICE, {"op": "add", "path": "emails", "value": [added]})
    assert [one.get("primary") for one in after["emails"]] == [None, None, True]


def test_members_come_once_and_go_one_by_one():
    after = change(TEAM, {"op": "add", "path": "members", "value": [{"value": "2", "display": "x"}, {"value": "3"}]},
                   {"op": "remove", "path": 'members[value eq "1"]'}, schema=GROUPS)  # fmt: skip
    assert [one["value"] for one in after["members"]] == ["2", "3"]
    after = change(TEAM, {"op": "Remove", "path": "members", "value": [{"value": "2"}]}, schema=GROUPS)
    assert [one["value"] for one in after["members"]] == ["1"]
    assert "members" not in change(TEAM, {"op": "remove", "path": "members"}, schema=GROUPS)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ({"op": "remove"}, "noTarget"), ({"op": "move", "path": "active"}, "invalidSyntax"), ({}, "invalidSyntax"),
        ({"op": "replace", "path": "nothing", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "name.nothing", "value": 1}, "invalidPath"),
        ({"op": "replace", "path": "id", "value": "1"}, "mutability"),
        ({"op": "replace", "path": "groups", "value": []}, "mutability"),
        ({"op": "remove", "path": "userName"}, "mutability"),
        ({"op": "replace", "path": 'emails[type eq "x"].value', "value": "x@x.example"}, "noTarget"),
        ({"op": "replace", "path": 'emails[type eq "x"', "value": 1}, "invalidPath"),
        ({"op": "replace", "path": 'name[givenName eq "x"]', "value": {}}, "invalidPath"),
        ({"op": "replace", "path": "active", "value": "perhaps"}, "invalidValue"),
        ({"op": "replace", "path": "emails", "value": [{"value": "nobody"}]}, "invalidValue"),
        ({"op": "replace", "value": "x"}, "invalidValue"), ({"op": "add", "path": 5, "value": 1}, "invalidPath"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_by_its_name(operation, kind):
    with pytest.raises(ScimInvalid) as refused:
        change(ALICE, operation)
    assert refused.value.kind == kind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=5), one, max_size=3),
    max_leaves=5,
)
PATHS = st.sampled_from(["emails", "emails.value", 'emails[type eq "work"]', 'emails[type eq "x"].type', "name",
                         "name.givenName", "active", "externalId", 'members[value eq "1"]', "x"])  # fmt: skip
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace"])}, optional={"path": PATHS, "value": JSON}
)


@given(st.lists(OPERATION, min_size=1, max_size=4), st.sampled_from([(USERS, ALICE), (GROUPS, TEAM)]))
def test_any_patch_leaves_a_document_of_the_schema_or_is_refused(operations, of):
    schema, document = of
    with suppress(ScimInvalid):
        after = checked(schema, patched(schema, document, {"Operations": operations}))
        assert checked(schema, after) == after

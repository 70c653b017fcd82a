"""Names that may be mistaken for a verified organisation's are flagged, in pages, by the API and for the operator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.cli.names import show_lookalikes
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.names import looks_like
from freehold.core.accounts.orgs.lookalikes import _is_a_slip, _shortened
from tests.kit.builders import a_model
from tests.web.browsing import Browser


@pytest.fixture
def feathers(hub):
    """An organisation with a domain of its own."""
    hub.rooms.people.add_org(SYSTEM, "feathers", members=[("alice", "admin")])
    hub.rooms.orgs.domains.verify(SYSTEM, "feathers", "feathers.example.org")
    return hub.rooms.orgs.lookalikes


@pytest.mark.parametrize(
    "name",
    ["feather", "featherss", "faethers", "feathezs", "feathers-ai", "the-feathers", "official.feathers", "FeathersHub"],
)
def test_a_slip_or_a_word_more_is_found(feathers, name):
    assert feathers.of(name).name == "feathers"


@pytest.mark.parametrize("name", ["feathers", "Feathers", "birds", "fathe", "feathersfans", "alice", "leathery"])
def test_other_names_are_left_in_peace(feathers, name):
    assert feathers.of(name) is None


def test_short_names_are_a_letter_apart_by_chance(hub):
    hub.rooms.orgs.domains.verify(SYSTEM, "acme", "example.org")
    assert hub.rooms.orgs.lookalikes.of("acne") is None
    assert hub.rooms.orgs.lookalikes.of("acme-official").name == "acme"


def test_pages_and_the_api_say_whom_a_name_is_not(hub, feathers, capsys):
    hub.rooms.people.add_user(SYSTEM, "featherz")
    a_model(hub, "featherz/birds")
    said = "featherz is not feathers."
    visitor = Browser(hub)
    assert said in visitor.get("/featherz").text
    assert said in visitor.get("/featherz/birds").text
    assert said not in visitor.get("/feathers").text
    api = hub.client()
    assert api.get("/api/users/featherz/overview").json()["looksLike"] == "feathers"
    assert api.get("/api/models/featherz/birds").json()["looksLike"] == "feathers"
    assert "looksLike" not in api.get("/api/organizations/feathers/overview").json()
    show_lookalikes(hub.settings)
    assert capsys.readouterr().out.splitlines()[-1] == "featherz\tlooks like feathers (feathers.example.org)"


def test_what_is_not_verified_any_more_is_no_measure(hub, feathers):
    assert feathers.of("feather") is not None
    hub.rooms.orgs.domains.withdraw(SYSTEM, "feathers", "feathers.example.org")
    hub.clock.advance(61)
    assert feathers.of("feather") is None


def distance(one, other):
    """Optimal string alignment, the slow way."""
    rows = [[max(i, j) if not i * j else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(st.text("abc", min_size=1, max_size=6), st.text("abc", min_size=1, max_size=6))
def test_a_slip_is_what_the_slow_way_says(one, other):
    met = bool({one, *_shortened(one)} & {other, *_shortened(other)})
    if one != other:
        assert (met and _is_a_slip(one, other)) == (distance(one, other) == 1)
    assert looks_like(one) == looks_like(one.upper())

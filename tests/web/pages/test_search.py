"""The page that searches everything."""

import pytest

from freehold.features.collections.collections import Draft
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_dataset, a_model
from tests.web.browsing import Browser, signed_in


def test_it_groups_what_it_finds(hub):
    a_model(hub, "alice/acme-birds"), a_dataset(hub, "alice/acme-songs"), a_bucket(hub, "alice/acme-runs")
    hub.rooms.collections.create(hub.actor("alice"), Draft("alice", "acme shelf"))
    page = Browser(hub).get("/search?q=acme").text
    for found in ("found-models", "found-datasets", "found-buckets", "found-orgs", "found-collections"):
        assert f'id="{found}"' in page
    assert 'id="found-spaces"' not in page
    only = Browser(hub).get("/search?q=acme&type=orgs").text
    assert 'id="found-orgs"' in only
    assert 'id="found-models"' not in only


def test_it_shows_nobody_what_they_may_not_see(hub):
    a_model(hub, "acme/secret-owl", visibility="private")
    a_bucket(hub, "acme/secret-owls", visibility="private")
    hub.rooms.collections.create(hub.actor("alice"), Draft("acme", "secret-owl shelf", private=True))
    for browser in (Browser(hub), signed_in(hub, "carol")):
        assert "Nothing fits" in browser.get("/search?q=secret-owl").text
    bob = signed_in(hub, "bob").get("/search?q=secret-owl").text
    assert bob.count("secret-owl") > 5


@pytest.mark.parametrize("odd", ["", "%20", "%", "%3Cscript%3Ealert(1)%3C/script%3E", "x" * 3000])
def test_whatever_is_typed_gives_a_page(hub, odd):
    page = Browser(hub).get(f"/search?q={odd}&type=nonsense")
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_conditions_narrow_it(hub):
    a_model(hub, "alice/birds"), a_model(hub, "acme/birds")
    page = Browser(hub).get("/search?q=author:acme+birds").text
    assert "acme/</span><b>birds</b>" in page
    assert "alice/</span><b>birds</b>" not in page
    assert 'id="found-models"' in Browser(hub).get("/search?q=author:acme").text

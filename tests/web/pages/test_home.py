"""The front door."""

import re

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import SYSTEM
from tests.kit.builders import a_dataset, a_model, a_repo
from tests.web.browsing import Browser, signed_in


def test_a_newcomer_is_told_what_this_is_and_shown_what_is_public(hub):
    a_model(hub), a_dataset(hub), a_model(hub, "alice/secret", visibility="private")
    page = Browser(hub).get("/").text
    assert "Point your tools here" in page
    assert "alice/</span><b>birds</b>" in page
    assert 'action="/search"' in page
    assert "secret" not in page


def test_somebody_who_returns_finds_their_own_things(hub):
    a_model(hub), a_model(hub, "alice/secret", visibility="private")
    page = signed_in(hub, "alice").get("/").text
    assert "Hello, alice" in page
    assert page.index('id="mine"') < page.index("<b>secret</b>") < page.index('id="followed"')
    assert "acme" in page
    assert "Point your tools here" in signed_in(hub, "carol").get("/").text


def test_what_those_whom_one_follows_do_is_told(hub):
    a_model(hub, "alice/birds"), a_model(hub, "alice/secret", visibility="private")
    carol = signed_in(hub, "carol")
    assert "Follow people and organisations" in carol.get("/").text
    hub.rooms.relations.follow(hub.actor("carol"), hub.rooms.relations.by_name("alice"), follows=True)
    told = carol.get("/").text.partition('id="followed"')[2].partition('id="trending"')[0]
    assert "published" in told
    assert "birds" in told
    assert "secret" not in told


def test_it_speaks_german(hub):
    a_model(hub, "alice/birds")
    carol = signed_in(hub, "carol")
    hub.rooms.relations.follow(hub.actor("carol"), hub.rooms.relations.by_name("alice"), follows=True)
    page = carol.get("/", "de").text
    assert re.search(r">alice</a> hat .*<b>birds</b></a>\s*</span> veröffentlicht", page, re.DOTALL)
    assert "Alle Modelle" in page
    assert "aktualisiert" in page


def test_an_empty_hub_has_a_front_door(hub):
    assert "three lines away" in Browser(hub).get("/").text
    hub.rooms.people.add_user(SYSTEM, "dora")
    assert Browser(hub).get("/").status_code == 200


def test_the_text_of_a_profile_is_no_app_to_look_at(hub):
    for name in ("README", "parrot"):
        a_repo(hub, RepoKind.SPACE, f"alice/{name}", sdk="static")
    page = Browser(hub).get("/").text
    assert "/spaces/alice/parrot" in page
    assert "/spaces/alice/README" not in page


def test_however_many_profiles_there_are(hub):
    for number in range(13):
        hub.rooms.people.add_user(SYSTEM, f"dora{number}")
        a_repo(hub, RepoKind.SPACE, f"dora{number}/README", sdk="static")
    a_repo(hub, RepoKind.SPACE, "alice/parrot", sdk="static")
    assert "/spaces/alice/parrot" in Browser(hub).get("/").text

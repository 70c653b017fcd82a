"""Profiles, the like button, and following, as pages show them and forms change them."""

import pytest

from freehold.base.ids import RepoKind
from tests.kit.builders import a_dataset, a_model, a_repo
from tests.web.browsing import Browser, signed_in


def like(hub, who, repo):
    hub.rooms.catalog.likes.set(hub.rooms.repos.reader(hub.actor(who), repo), likes=True)


def test_a_profile_shows_what_its_visitor_may_see(hub):
    like(hub, "alice", a_model(hub))
    like(hub, "alice", a_model(hub, "alice/secret", visibility="private"))
    visitor, alice = Browser(hub), signed_in(hub, "alice")
    for view in ("", "?view=likes", "?view=activity", "?view=collections", "?view=followers", "?view=unknown"):
        page = visitor.get(f"/alice{view}")
        assert page.status_code == 200
        assert "secret" not in page.text
    for view in ("", "?view=likes", "?view=activity"):
        assert "secret" in alice.get(f"/alice{view}").text
    assert "acme" in visitor.get("/alice").text


def test_an_organisation_shows_its_members(hub):
    page = Browser(hub).get("/acme")
    for name in ("alice", "bob", "zoe"):
        assert f"/-/avatar/{name}" in page.text
    assert "zoe" in Browser(hub).get("/acme?view=members").text


def test_following_is_a_form(hub):
    carol = signed_in(hub, "carol")
    assert carol.post("/-/follow", on="/alice", account="alice", follows="yes").headers["location"] == "/alice"
    assert "Stop following" in carol.get("/alice").text
    assert "carol" in Browser(hub).get("/alice?view=followers").text
    assert "alice" in Browser(hub).get("/carol?view=following").text
    assert carol.post("/-/follow", on="/alice", account="alice", follows="no").status_code == 303
    assert "Stop following" not in carol.get("/alice").text
    assert carol.post("/-/follow", on="/alice", account="carol", follows="yes").status_code == 400
    assert carol.post("/-/follow", on="/alice", account="nobody-here", follows="yes").status_code == 404
    assert carol.post("/-/follow", token="wrong", account="alice", follows="yes").status_code == 403
    assert Browser(hub).post("/-/follow", on="/login", account="alice", follows="yes").status_code == 403


@pytest.mark.parametrize("there", ["/alice/birds", "/datasets/alice/songs"])
def test_liking_is_a_form_on_the_page(hub, there):
    a_model(hub), a_dataset(hub)
    carol = signed_in(hub, "carol")
    assert carol.post(f"{there}/like", on=there, likes="yes").headers["location"] == there
    assert 'aria-pressed="true"' in carol.get(there).text
    assert "/-/avatar/carol" in Browser(hub).get(f"{there}/likers").text
    assert carol.post(f"{there}/like", on=there, likes="no").status_code == 303
    assert "/-/avatar/carol" not in Browser(hub).get(f"{there}/likers").text
    assert carol.post(f"{there}/like", token="wrong", likes="yes").status_code == 403
    assert Browser(hub).post(f"{there}/like", on="/login", likes="yes").status_code == 403


def test_a_private_repository_is_liked_by_its_people_only(hub):
    a_model(hub, "alice/secret", visibility="private")
    assert signed_in(hub, "carol").post("/alice/secret/like", on="/alice", likes="yes").status_code == 404
    assert signed_in(hub, "carol").get("/alice/secret/likers").status_code == 404


def test_lists_say_how_many_like_each_and_sort_by_it(hub):
    birds = a_model(hub)
    a_model(hub, "alice/newer")
    like(hub, "carol", birds)
    page = Browser(hub).get("/models?sort=likes").text
    assert "1 like<" in page
    assert page.index("<b>birds</b>") < page.index("<b>newer</b>")


def test_a_profile_draws_a_year_and_says_it_in_a_table(hub):
    a_model(hub)
    hub.work()
    page = Browser(hub).get("/alice").text
    assert page.count("<rect class=") > 365
    assert "As a table" in page
    assert '<td class="count">1</td>' in page


def test_repositories_can_be_put_in_another_order(hub):
    old, new = a_model(hub, "alice/older"), a_model(hub, "alice/newer")
    like(hub, "carol", old)
    assert new != old
    page = Browser(hub).get("/alice?sort=likes").text
    assert page.index("<b>older</b>") < page.index("<b>newer</b>")
    assert Browser(hub).get("/alice?sort=nonsense").status_code == 200


def test_an_account_says_of_itself_what_its_readme_says(hub):
    text = b"---\nsdk: static\n---\n# We count birds\n<script>alert(1)</script>"
    a_repo(hub, RepoKind.SPACE, "acme/README", sdk="static", files={"README.md": text})
    page = Browser(hub).get("/acme").text
    assert "We count birds" in page
    assert "alert(1)" not in page
    a_repo(hub, RepoKind.SPACE, "alice/README", sdk="static", visibility="private", files={"README.md": text})
    assert "We count birds" not in Browser(hub).get("/alice").text
    assert "We count birds" in signed_in(hub, "alice").get("/alice").text


def test_an_empty_profile_says_what_to_do_to_its_owner_alone(hub):
    assert "hf upload carol/" in signed_in(hub, "carol").get("/carol").text
    assert "hf upload carol/" not in Browser(hub).get("/carol").text


def test_a_person_says_who_they_are(hub):
    alice, there = signed_in(hub, "alice"), "/settings/profile"
    words = {"full_name": "Alice L.", "about": " Counts \n letters. ", "website": "http://alice.example/a"}
    assert alice.post(there, **words).status_code == 303
    page = Browser(hub).get("/alice").text
    assert "Counts letters." in page
    assert 'href="http://alice.example/a"' in page
    known = hub.client().get("/api/users/alice/overview").json()
    assert (known["fullname"], known["details"]) == ("Alice L.", "Counts letters.")
    refused = alice.post(there, **words | {"about": "x" * 201, "website": "kept.example"})
    assert refused.status_code == 400
    assert "kept.example" in refused.text
    assert "Über Sie" in alice.get(there, "de").text
    assert "details" not in hub.client().get("/api/users/bob/overview").json()

"""What programs that visit every site are told."""

import time
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from freehold.core.catalog.census import Census
from tests.kit.buckets import a_bucket
from tests.kit.builders import a_dataset, a_model

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def ask(hub, path, who=None, **headers):
    with hub.client(who) as client:
        return client.get(path, headers=headers)


def places(hub, path, who=None):
    answer = ask(hub, path, who)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    return [loc.text for loc in ElementTree.fromstring(answer.content).iter(f"{SPACE}loc")]


def local(address):
    return "/" + address.split("/", 3)[3]


def test_the_sitemap_leads_to_everything_public_and_to_nothing_else(hub):
    a_model(hub), a_dataset(hub), a_bucket(hub, "alice/runs")
    a_model(hub, "alice/secret", visibility="private")
    for who in (None, "alice"):
        parts = places(hub, "/sitemap.xml", who)
        found = [local(one) for part in parts for one in places(hub, local(part), who)]
        assert {"/", "/models", "/alice/birds", "/datasets/alice/songs", "/buckets/alice/runs"} <= set(found)
        assert not any("secret" in one for one in found)
        for one in found:
            assert ask(hub, one, Accept="text/html").status_code == 200


def test_a_part_that_is_none_is_not_found(hub):
    for wrong in ("pages", "..xml", "a b.xml", "x" * 40 + ".xml", "%2e.xml"):
        assert ask(hub, f"/sitemap/{wrong}").status_code == 404


def test_portions_hold_everything_once_and_stay_where_they_are(hub):
    for number in range(7):
        a_model(hub, f"alice/bird-{number}")
    census = Census(hub.rooms.db)
    starts = census.portions(3)
    found = [[one.repo_id.name for one in census.portion(start, 3)] for start in starts]
    assert sorted(map(len, found)) == [1, 3, 3]
    assert len({name for portion in found for name in portion}) == 7
    time.sleep(1)  # ids made within a second are in no order
    a_model(hub, "alice/one-more")
    assert census.portions(3)[: len(starts)] == starts


def test_robots_are_kept_out_of_what_is_not_for_them(hub):
    robots = RobotFileParser()
    robots.parse(ask(hub, "/robots.txt").text.splitlines())
    assert robots.can_fetch("anybot", "/alice/birds")
    assert not robots.can_fetch("anybot", "/api/models")
    assert not robots.can_fetch("anybot", "/settings/tokens")
    (sitemap,) = robots.site_maps()
    assert ask(hub, local(sitemap)).status_code == 200


def test_machine_readers_are_told_this_hubs_own_address(hub):
    for path in ("/llms.txt", "/agents.md"):
        answer = ask(hub, path)
        assert f"HF_ENDPOINT={str(answer.url).rsplit('/', 1)[0]}" in answer.text
        assert "$" not in answer.text.replace("$HF_TOKEN", "")
        assert ask(hub, path, **{"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_what_machine_readers_are_led_to_is_there(hub):
    a_dataset(hub, "alice/songs")
    links = [part.split(")")[0] for part in ask(hub, "/llms.txt").text.split("](")[1:]]
    for link in links:
        assert ask(hub, local(link)).status_code == 200, link

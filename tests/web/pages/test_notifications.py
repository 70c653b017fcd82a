"""What a person was told: seen, marked, left; the way out in a mail works for its reader alone, signed in or not."""

import re

from freehold.base.ids import new_id
from freehold.features.notices.inbox import Notice
from tests.features.notices.conftest import opened, say
from tests.kit.builders import a_model
from tests.kit.hub import URL
from tests.web.browsing import Browser, signed_in

PATH = "/notifications"
THREAD = "d" * 24


def told_carol(hub):
    birds = a_model(hub)
    say(hub, opened(hub, birds, "alice", "carol"))
    hub.work()
    return birds


def test_a_mention_is_listed_and_marked(hub):
    told_carol(hub)
    carol = signed_in(hub, "carol")
    page = carol.get(PATH).text
    assert "alice mentioned you in alice/birds#7" in page
    assert 'href="/alice/birds/discussions/7#' in page
    notice = re.search(r'name="id" value="([^"]+)"', page).group(1)
    assert carol.post(f"{PATH}/mark", on=PATH, id=notice, read="1").status_code == 303
    assert "Nothing is unread" in carol.get(f"{PATH}?show=unread").text
    carol.post(f"{PATH}/mark", on=PATH, id=notice, read="0")
    assert "mentioned you" in carol.get(f"{PATH}?show=unread").text
    carol.post(f"{PATH}/mark", on=PATH)
    assert "Nothing is unread" in carol.get(f"{PATH}?show=unread").text


def test_a_discussion_is_left_and_come_back_to(hub):
    told_carol(hub)
    carol = signed_in(hub, "carol")
    notice = re.search(r'name="id" value="([^"]+)"', carol.get(PATH).text).group(1)
    carol.client.post(
        f"{PATH}/subscribe", data={"csrf": carol.token_on(PATH), "id": notice, "on": "0"}, headers={"Origin": URL}
    )
    assert "Hear of it again" in carol.get(PATH).text
    assert hub.rooms.notices.threads.left(THREAD) == {hub.actor("carol").account_id}


def test_nobody_touches_a_notice_of_another(hub):
    told_carol(hub)
    notice = hub.rooms.notices.inbox.of(hub.actor("carol"))[0].notice.id
    mallory = signed_in(hub, "mallory")
    assert "mentioned you" not in mallory.get(PATH).text
    token = mallory.token_on("/settings/tokens")
    data = {"csrf": token, "id": notice, "on": "0"}
    assert mallory.client.post(f"{PATH}/subscribe", data=data, headers={"Origin": URL}).status_code == 404
    assert hub.rooms.notices.threads.left(THREAD) == set()


def test_the_way_out_of_a_mail_asks_first_and_one_click_does_not(hub):
    way_out = hub.rooms.notices.threads.way_out(THREAD, hub.actor("carol").account_id)
    asked = Browser(hub).get(f"{PATH}/leave/{way_out}")
    assert "Hear no more of this discussion?" in asked.text
    assert hub.rooms.notices.threads.left(THREAD) == set(), "looking changes nothing"
    with hub.client() as client:
        done = client.post(f"{PATH}/leave/{way_out}", data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert hub.rooms.notices.threads.left(THREAD) == {hub.actor("carol").account_id}
    assert Browser(hub).get(f"{PATH}/leave/{way_out[:-1]}").status_code == 404


def test_a_visitor_is_asked_to_sign_in(hub):
    assert Browser(hub).get(PATH).headers["location"] == "/login?next=%2Fnotifications"


def test_what_happened_is_told_in_the_language_of_the_reader(hub):
    told_carol(hub)
    carol = signed_in(hub, "carol")
    assert "alice hat Sie in alice/birds#7 erwähnt" in carol.get(PATH, "de").text
    title = "Your webhook to https://hooks.example/ was disabled"
    notice = Notice(new_id(), hub.actor("carol").account_id, new_id(), "webhook", title, "freehold", 1)
    with hub.rooms.db.write() as tx:
        hub.rooms.notices.inbox.add(tx, notice)
    assert title in carol.get(PATH).text
    assert "Ihr Webhook an https://hooks.example/ wurde abgeschaltet" in carol.get(PATH, "de").text

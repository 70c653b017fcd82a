"""What happens reaches the receivers that watch it: once, again after a failure, and only what their owner may see."""

import hashlib
import hmac
import json

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM
from freehold.features.notices.deliveries import (
    DAILY,
    DELIVER,
    KEPT_REQUEST,
    PATIENCE_MS,
    PATIENCE_WINDOW_S,
    WAITS_S,
)
from freehold.features.notices.disabling import DAYS
from tests.features.notices.conftest import HOUR, LOOPBACK, a_webhook, answered, opened, say, told, words
from tests.kit.builders import a_commit, a_model, a_repo

pytestmark = pytest.mark.parametrize("hub", [LOOPBACK], indirect=True, ids=["loopback"])


def log(hub, hook):
    return hub.rooms.notices.deliveries.log(hook.id)


def test_a_commit_is_told_with_its_refs_and_the_secret(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds", secret="hush")
    oid = a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    (got,) = receiver.received
    said = json.loads(got.body)
    assert said["event"] == {"action": "update", "scope": "repo.content"}
    assert said["webhook"] == {"id": hook.id, "version": 3}
    assert said["repo"]["name"] == "alice/birds"
    assert said["repo"]["headSha"] == said["repo"]["head_sha"] == oid
    assert said["repo"]["url"]["api"] == "https://hub.example/api/models/alice/birds"
    assert [(ref["ref"], ref["newSha"]) for ref in said["updatedRefs"]] == [("refs/heads/main", oid)]
    assert got.headers["X-Webhook-Secret"] == "hush"
    signed = b".".join([got.headers["X-Webhook-Delivery"].encode(), got.headers["X-Webhook-Timestamp"].encode()])
    mac = hmac.new(b"hush", signed + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-Webhook-Signature"] == f"v1={mac}"


def test_what_is_gone_is_told_by_its_end_alone(hub, receiver):
    a_webhook(hub, receiver, "user:alice", by="carol")
    birds = a_model(hub)
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(gated="manual")
    hub.rooms.repos.move(hub.actor("alice"), birds, RepoId(RepoKind.MODEL, "alice", "owls"))
    hub.rooms.repos.delete(hub.actor("alice"), RepoId(RepoKind.MODEL, "alice", "owls"))
    hub.work()
    assert words(receiver.take()) == ["repo delete"]


def test_creation_settings_and_a_move_are_told(hub, receiver):
    a_webhook(hub, receiver, "user:alice", by="carol")
    birds = a_model(hub)
    hub.work()
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(visibility="public", gated="manual")
    hub.work()
    hub.rooms.repos.move(hub.actor("alice"), birds, RepoId(RepoKind.MODEL, "alice", "owls"))
    hub.work()
    said = receiver.take()
    assert words(said) == ["repo create", "repo.config update", "repo move"]
    assert told(said)[1]["updatedConfig"] == {"private": False}
    moved = told(said)[2]
    assert (moved["repo"]["name"], moved["movedTo"]["name"]) == ("alice/birds", "alice/owls")


def test_a_discussion_and_its_comments_are_told_by_their_domain(hub, receiver):
    birds = a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds", domains=["discussion"])
    a_commit(hub, birds, {"a.txt": b"a"})
    say(hub, opened(hub, birds, "carol", is_pull_request=True, base="refs/heads/main"))
    hub.work()
    say(hub, answered(hub, birds, "bob"))
    hub.work()
    first, second = told(receiver.received)
    assert first["event"] == {"action": "create", "scope": "discussion"}
    assert first["discussion"]["changes"] == {"base": "refs/heads/main"}
    assert first["discussion"]["url"]["web"] == "https://hub.example/alice/birds/discussions/7"
    assert first["comment"]["content"] == "Where are the owls?"
    assert "headSha" not in first["repo"]
    assert second["event"] == {"action": "create", "scope": "discussion.comment"}
    assert second["comment"]["url"]["web"].endswith(f"/discussions/7#{2:024x}")


def test_a_private_repository_is_told_to_members_alone(hub, receiver):
    a_webhook(hub, receiver, "org:acme", by="carol")
    hook = a_webhook(hub, receiver, "org:acme", by="zoe")
    a_model(hub, "acme/secret", visibility="private")
    hub.work()
    assert [one["webhook"]["id"] for one in told(receiver.take())] == [hook.id]
    hub.rooms.repos.delete(hub.actor("alice"), RepoId(RepoKind.MODEL, "acme", "secret"))
    hub.work()
    assert [one["webhook"]["id"] for one in told(receiver.take())] == [hook.id]


def test_what_became_private_before_a_retry_is_not_told_and_leaves_no_trace(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds", by="carol")
    receiver.status = 500
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    assert len(receiver.take()) == 1
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(visibility="private")
    hub.clock.advance(WAITS_S[0] + 1)
    hub.work()
    assert receiver.received == []
    assert log(hub, hook) == []


def test_whoever_left_the_organisation_is_told_no_more(hub, receiver):
    secret = a_model(hub, "acme/secret", visibility="private")
    a_webhook(hub, receiver, "org:acme", by="zoe")
    hub.rooms.people.set_member(hub.actor("alice"), "acme", "zoe", None)
    a_commit(hub, secret, {"a.txt": b"a"})
    hub.work()
    assert receiver.received == []


def test_a_shut_account_is_told_no_more(hub, receiver):
    birds = a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds", by="carol")
    hub.rooms.people.disable(SYSTEM, "carol")
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    assert receiver.received == []


def test_a_kind_that_the_payload_has_no_word_for_is_not_told(hub, receiver):
    a_webhook(hub, receiver, "user:alice")
    a_repo(hub, RepoKind.KERNEL, "alice/core")
    hub.work()
    assert receiver.received == []


def test_a_failure_is_tried_again_under_the_same_id_and_written_down(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status, receiver.body = 503, b"not\0 now"
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    (waiting,) = log(hub, hook)
    assert (waiting.state, waiting.status, waiting.answer, waiting.attempts) == ("waiting", 503, "not\ufffd now", 1)
    assert "503" in waiting.error
    receiver.status = 200
    hub.work()
    assert len(receiver.received) == 1, "it is not tried before its time"
    hub.clock.advance(WAITS_S[0] + 1)
    hub.work()
    first, second = receiver.received
    assert first.headers["X-Webhook-Delivery"] == second.headers["X-Webhook-Delivery"]
    (sent,) = log(hub, hook)
    assert (sent.state, sent.status, sent.attempts, json.loads(sent.request)) == ("sent", 200, 2, told([second])[0])


def test_it_is_given_up_after_half_a_day(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status = 500
    a_commit(hub, birds, {"a.txt": b"a"})
    for wait in (*WAITS_S, 99):
        hub.work()
        hub.clock.advance(wait + 1)
    assert hub.work() == 0
    (delivery,) = log(hub, hook)
    assert (delivery.state, delivery.attempts, len(receiver.received)) == ("failed", len(WAITS_S) + 1, len(WAITS_S) + 1)


def test_a_redirect_is_a_failure_that_says_so(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status, receiver.headers = 302, {"Location": "http://169.254.169.254/"}
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    assert "redirect" in log(hub, hook)[0].error
    hub.rooms.notices.webhooks.delete(hub.actor("alice"), hook.id)
    hub.clock.advance(HOUR)


def test_what_fails_for_days_is_switched_off_and_its_owner_told(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status = 500
    for day in range(DAYS + 1):
        a_commit(hub, birds, {"a.txt": str(day).encode()})
        for wait in (*WAITS_S, 24 * HOUR):
            hub.work()
            hub.clock.advance(wait)
    hook = hub.rooms.notices.webhooks.get(hub.actor("alice"), hook.id)
    assert hook.disabled
    assert "enable" in hook.disabled_because
    (notice,) = hub.rooms.notices.inbox.of(hub.actor("alice"))
    assert "was disabled" in notice.notice.title
    receiver.take()
    a_commit(hub, birds, {"a.txt": b"more"})
    hub.work()
    assert receiver.received == []
    assert not hub.rooms.notices.webhooks.switch(hub.actor("alice"), hook.id, on=True).disabled


def test_a_few_failures_in_a_bad_hour_switch_nothing_off(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status = 500
    for number in range(30):
        a_commit(hub, birds, {"a.txt": str(number).encode()})
    hub.work()
    receiver.status = 200
    hub.clock.advance(HOUR)
    hub.work()
    assert not hub.rooms.notices.webhooks.get(hub.actor("alice"), hook.id).disabled
    assert hub.rooms.notices.webhooks.get(hub.actor("alice"), hook.id).failures == 0


def test_a_disabled_webhook_sends_nothing_that_waited(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status = 500
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    hub.rooms.notices.webhooks.switch(hub.actor("alice"), hook.id, on=False)
    hub.clock.advance(HOUR)
    hub.work()
    assert len(receiver.received) == 1
    assert log(hub, hook)[0].state == "failed"


def test_a_replay_goes_to_where_the_webhook_points_now(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    (first,) = receiver.take()
    hub.rooms.notices.webhooks.update(hub.actor("alice"), hook.id, url=receiver.url + "/new")
    hub.rooms.notices.deliveries.replay(hook.id, log(hub, hook)[0].id)
    hub.work()
    (second,) = receiver.take()
    assert (second.path, second.body) == ("/hook/new", first.body)
    assert second.headers["X-Webhook-Delivery"] != first.headers["X-Webhook-Delivery"]


def test_events_over_the_daily_limit_are_counted_and_left_out(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    event = opened(hub, birds, "carol")
    for number in range(DAILY + 2):
        hub.rooms.notices.deliveries.add(hook.id, event, replay=str(number))
    hook = hub.rooms.notices.webhooks.get(hub.actor("alice"), hook.id)
    assert (hook.skipped, len(hub.rooms.notices.deliveries.log(hook.id, 2000))) == (2, DAILY)
    hub.rooms.notices.webhooks.delete(hub.actor("alice"), hook.id)


def test_a_job_that_is_done_twice_sends_once(hub, receiver):
    birds = a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds")
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.house.worker.drain()
    job = hub.rooms.queue.claim([DELIVER])
    hub.rooms.notices.courier.deliver(job.payload)
    hub.rooms.notices.courier.deliver(job.payload)
    hub.rooms.queue.done(job)
    assert len(receiver.received) == 1


def test_a_job_of_an_attempt_that_was_made_is_not_done_again(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    receiver.status = 500
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    first = {"delivery_id": log(hub, hook)[0].id, "attempt": 0}
    hub.rooms.notices.courier.deliver(first)
    assert len(receiver.received) == 1, "its next attempt is queued"
    hub.rooms.notices.webhooks.switch(hub.actor("alice"), hook.id, on=False)
    hub.clock.advance(HOUR)
    hub.work()
    hub.rooms.notices.webhooks.switch(hub.actor("alice"), hook.id, on=True)
    hub.rooms.notices.courier.deliver(first | {"attempt": 1})
    assert len(receiver.received) == 1, "it was given up"


def test_an_account_whose_receivers_are_slow_waits_its_turn(hub, receiver):
    birds = a_model(hub)
    slow = a_webhook(hub, receiver, "model:alice/birds", by="mallory")
    quick = a_webhook(hub, receiver, "model:alice/birds", by="carol")
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    receiver.take()
    with hub.rooms.db.write() as tx:
        tx.run("UPDATE notices_delivery SET duration_ms = :ms WHERE webhook_id = :id", ms=PATIENCE_MS + 1, id=slow.id)
    a_commit(hub, birds, {"a.txt": b"b"})
    hub.work()
    assert [one["webhook"]["id"] for one in told(receiver.take())] == [quick.id]
    hub.clock.advance(PATIENCE_WINDOW_S + 1)
    hub.work()
    assert [one["webhook"]["id"] for one in told(receiver.take())] == [slow.id]
    assert log(hub, slow)[0].attempts == 1


def test_an_event_that_is_told_twice_is_delivered_once(hub, receiver):
    birds = a_model(hub)
    a_webhook(hub, receiver, "model:alice/birds")
    event = opened(hub, birds, "carol")
    say(hub, event)
    say(hub, event)
    hub.work()
    assert words(receiver.received) == ["discussion create"]


def test_what_happened_before_a_webhook_was_made_is_not_told(hub, receiver):
    a_model(hub)
    hub.clock.advance(1)
    a_webhook(hub, receiver, "model:alice/birds")
    hub.work()
    assert receiver.received == []


def test_a_long_text_is_sent_whole_and_kept_once_in_part(hub, receiver):
    birds = a_model(hub)
    hooks = [a_webhook(hub, receiver, "model:alice/birds") for _ in range(3)]
    say(hub, opened(hub, birds, "carol", text="owl " * 15_000))
    hub.work()
    assert [len(one["comment"]["content"]) for one in told(receiver.received)] == [60_000] * 3
    assert [len(log(hub, hook)[0].request) for hook in hooks] == [KEPT_REQUEST] * 3
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM notices_event") == 1


def test_old_deliveries_are_let_go(hub, receiver):
    birds = a_model(hub)
    hook = a_webhook(hub, receiver, "model:alice/birds")
    a_commit(hub, birds, {"a.txt": b"a"})
    hub.work()
    hub.clock.advance(31 * 24 * HOUR)
    hub.rooms.notices.trim({})
    assert log(hub, hook) == []
    with hub.rooms.db.read() as tx:
        assert tx.scalar("SELECT count(*) FROM notices_event") == 0

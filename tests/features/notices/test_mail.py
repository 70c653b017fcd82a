"""Notices by mail, through a real SMTP server: once, in a thread, with a way out, and nothing smuggled into headers."""

import pytest

from freehold.app import open_rooms
from freehold.base.errors import Invalid
from freehold.features.notices.inbox import Notice
from freehold.features.notices.mail import server_of
from freehold.settings import Settings
from tests.conftest import _store
from tests.features.notices.conftest import answered, opened, say
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.kit.postoffice import PostOffice


@pytest.fixture
def office():
    with PostOffice() as one:
        yield one


@pytest.fixture
def hub(request, tmp_path, database_url, office):
    """A hub that sends mail; alice and carol have addresses."""
    settings = {"smtp_url": office.url, "mail_from": "hub@hub.example", "url": "https://hub.example/house"}
    one = TestHub(tmp_path, database=database_url, **_store(request), **settings)
    with one.rooms.db.write() as tx:
        for name in ("alice", "carol"):
            sql = "UPDATE accounts_account SET email = :email WHERE name_key = :name"
            tx.run(sql, email=f"{name}@mail.example", name=name)
    yield one
    one.close()


def test_a_mention_is_mailed_with_what_was_written_and_a_way_out(hub, office):
    birds = a_model(hub)
    say(hub, opened(hub, birds, "bob", "carol", text="Where are the **owls**, @carol?"))
    hub.work()
    mail = next(mail for mail in office.take() if "carol@" in mail["To"])
    assert mail["Subject"] == "[alice/birds] Too few birds (#7)"
    assert mail["From"] == '"bob (Freehold)" <hub@hub.example>'
    assert mail["List-Id"] == "alice/birds <birds.alice.hub.example>"
    assert mail["In-Reply-To"] == mail["References"] == f"<discussion-{'d' * 24}@hub.example>"
    assert mail["Message-ID"].startswith("<notice-")
    assert (mail.get_content_type(), mail["Auto-Submitted"]) == ("text/plain", "auto-generated")
    text = mail.get_content()
    assert "bob mentioned you in alice/birds#7" in text
    assert "Where are the **owls**, @carol?" in text
    assert "https://hub.example/house/alice/birds/discussions/7#" in text
    way_out = mail["List-Unsubscribe"].strip("<>")
    assert way_out in text
    hub.rooms.notices.threads.leave_by(way_out.rsplit("/", 1)[1])
    say(hub, answered(hub, birds, "bob", "carol"))
    hub.work()
    assert not any("carol@" in mail["To"] for mail in office.take())


def test_a_mail_is_sent_once_however_often_its_job_is_done(hub, office):
    birds = a_model(hub)
    say(hub, opened(hub, birds, "bob", "carol"))
    hub.work()
    notice = hub.rooms.notices.inbox.of(hub.actor("carol"))[0].notice
    hub.rooms.notices.mail.mail({"notice_id": notice.id})
    assert sum("carol@" in mail["To"] for mail in office.take()) == 1


def test_a_server_that_is_busy_is_asked_again(hub, office):
    birds = a_model(hub)
    office.refused, office.busy = set(), True
    say(hub, opened(hub, birds, "alice", "carol"))
    hub.work()
    assert office.mails == []
    office.busy = False
    hub.clock.advance(2)
    hub.work()
    assert [mail["To"] for mail in office.take()] == ["carol <carol@mail.example>"]


def test_an_address_that_nobody_has_is_not_asked_again(hub, office):
    birds = a_model(hub)
    office.refused = {"carol@mail.example"}
    say(hub, opened(hub, birds, "alice", "carol"))
    hub.work()
    assert (office.mails, hub.rooms.queue.pending()) == ([], 0)


def test_what_became_private_before_the_mail_went_is_not_mailed(hub, office):
    birds = a_model(hub)
    say(hub, opened(hub, birds, "alice", "carol"))
    hub.house.worker.drain()
    hub.rooms.repos.admin(hub.actor("alice"), birds).update(visibility="private")
    hub.work()
    assert office.mails == []


def test_the_end_of_a_webhook_is_mailed_without_a_thread(hub, office):
    notice = Notice("n" * 24, hub.actor("alice").account_id, "e" * 24, "webhook", "Your webhook was disabled", "x", 1)
    with hub.rooms.db.write() as tx:
        hub.rooms.notices.inbox.add(tx, notice)
    hub.work()
    (mail,) = office.take()
    assert (mail["Subject"], mail["In-Reply-To"], mail["List-Id"]) == ("Your webhook was disabled", None, None)
    assert "https://hub.example/house/settings/webhooks" in mail.get_content()


def test_whoever_has_no_address_is_told_in_the_hub_alone(hub, office):
    birds = a_model(hub)
    say(hub, opened(hub, birds, "alice", "bob"))
    hub.work()
    assert office.mails == []
    assert len(hub.rooms.notices.inbox.of(hub.actor("bob"))) == 1


def test_a_hub_that_mails_needs_an_address_of_its_own(hub, tmp_path):
    with pytest.raises(Invalid, match="mail_from"):
        open_rooms(Settings(data=tmp_path / "other", smtp_url="smtp://mail.example"))


def test_addresses_of_mail_servers_are_read():
    assert server_of("") is None
    server = server_of("smtps://me%40x:p%2Fw@mail.example")
    assert (server.host, server.port, server.tls, server.user, server.password) == (
        "mail.example", 465, True, "me@x", "p/w"
    )  # fmt: skip
    with pytest.raises(Invalid, match="smtp_url"):
        server_of("mail.example:25")

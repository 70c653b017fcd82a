"""The connection to a directory: what a server says that means harm, or is out of its mind."""

import socket
import threading
from contextlib import suppress

import pytest

from freehold.base.errors import NotReached
from freehold.stores.ldap.client import Server, Session
from freehold.wire.ldap import messages
from freehold.wire.ldap.ber import ENUMERATED, SEQUENCE, element, integer, octets
from freehold.wire.ldap.filters import encoded

WANTED = encoded("(uid=alice)", {})


def result(tag: int, code: int, *more: bytes) -> bytes:
    return element(tag, integer(code, ENUMERATED), octets(""), octets(""), *more)


def entry(dn: str) -> bytes:
    return element(messages.ENTRY, octets(dn), element(SEQUENCE))


def said(ident: int, *operations: bytes) -> bytes:
    return b"".join(messages.message(ident, operation) for operation in operations)


@pytest.fixture
def answering():
    """A server that answers each question with the next of some bytes; gives where it is."""
    sockets = []

    def answer(*answers: bytes, **how) -> Server:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def serve():
            wire, _ = listening.accept()
            with wire, suppress(OSError):  # who has had enough hangs up
                for one in answers:
                    wire.recv(65536)
                    wire.sendall(one)
                wire.recv(65536)

        threading.Thread(target=serve, daemon=True).start()
        how = how or {"plain": True}
        return Server(f"ldap://127.0.0.1:{listening.getsockname()[1]}", timeout_s=2, **how)

    yield answer
    for one in sockets:
        one.close()


def test_a_referral_is_no_yes_and_leads_nowhere(answering):
    away = element(0xA3, octets("ldap://evil.example/"))
    with Session(answering(said(1, result(messages.BOUND, 10, away)))) as session:
        assert session.bind("cn=a", "secret") is False
    pointed = element(messages.REFERENCE, octets("ldap://evil.example/"))
    with Session(answering(said(1, pointed, entry("cn=a"), result(messages.DONE, 0)))) as session:
        assert [one.dn for one in session.search("dc=x", WANTED, [], most=1)] == ["cn=a"]


def test_what_was_said_before_tls_is_not_believed_after_it(answering):
    early = said(1, result(messages.EXTENDED_DONE, 0)) + said(2, result(messages.BOUND, 0))
    with pytest.raises(NotReached, match="TLS"), Session(answering(early, start_tls=True)):
        pass


def test_without_tls_no_password_is_shown(answering):
    with (
        pytest.raises(NotReached, match="TLS"),
        Session(answering(said(1, result(messages.EXTENDED_DONE, 2)), start_tls=True)),
    ):
        pass


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80", b"\x30\x03\x02\x01\x01", b"",
     said(2, result(messages.BOUND, 0)), said(0, result(messages.EXTENDED_DONE, 52)), said(1, entry("cn=a")),
     said(1, element(messages.BOUND)), said(1, result(messages.BOUND, 52)), b"\xff" * 40],
)  # fmt: skip
def test_nonsense_is_never_a_yes(answering, answer):
    with pytest.raises(NotReached), Session(answering(answer)) as session:
        session.bind("cn=a", "secret")


def test_more_than_was_asked_for_is_refused(answering):
    many = said(1, entry("cn=a"), entry("cn=b"), result(messages.DONE, 4))
    with pytest.raises(NotReached, match="more than 1"), Session(answering(many)) as session:
        session.search("dc=x", WANTED, [], most=1)
    with pytest.raises(NotReached, match="long"), Session(answering(said(1, entry("x" * 60000)) * 90)) as session:
        session.search("dc=x", WANTED, [], most=1000)

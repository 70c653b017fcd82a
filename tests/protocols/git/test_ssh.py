"""The second door: what it bears, what it forgets, and that it is known by the same key for ever."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import asyncssh
import pytest
from anyio.from_thread import start_blocking_portal

from freehold.core.accounts.secrets import hub_secret
from freehold.protocols.git.commands import Commands
from freehold.protocols.git.place import Place
from freehold.protocols.git.ssh import Door, Limits
from tests.kit.builders import a_model
from tests.kit.hub import TestHub
from tests.kit.process import free_port
from tests.kit.sshclient import Visitor, make_key

pytestmark = pytest.mark.parametrize("hub", [{"ssh_port": free_port()}], indirect=True)


@contextmanager
def open_door(hub: TestHub, limits: Limits) -> Iterator[Door]:
    """A door with these limits, on a loop of its own."""
    place = Place("127.0.0.1", hub.settings.ssh_port)
    with start_blocking_portal() as portal:
        commands = portal.call(lambda: Commands(hub.rooms.repos, hub.house.passes))
        door = Door(place, hub_secret(hub.rooms.db, "ssh-host"), hub.rooms.keys, commands, limits)
        portal.call(door.open)
        try:
            yield door
        finally:
            portal.call(door.close)


class Lines(list[socket.socket]):
    """Connections that say nothing."""

    def knock(self, hub: TestHub) -> bytes:
        """What the door says first; nothing if it shuts at once. The line stays open."""
        self.append(socket.create_connection(("127.0.0.1", hub.settings.ssh_port), timeout=10))
        try:
            return self[-1].recv(100)
        except ConnectionResetError:
            return b""


@pytest.fixture
def lines() -> Iterator[Lines]:
    made = Lines()
    yield made
    for line in made:
        line.close()


@pytest.mark.parametrize("limits", [Limits(connections=3), Limits(from_one_address=3)])
def test_too_many_connections_are_hung_up_and_later_ones_let_in(
    hub: TestHub, lines: Lines, tmp_path: Path, limits: Limits
):
    with open_door(hub, limits):
        alice = Visitor(hub, "alice", tmp_path)
        assert all(lines.knock(hub).startswith(b"SSH-2.0-Freehold") for _ in range(3))
        assert lines.knock(hub) == b""
        assert alice.ssh()[0] == 255
        for line in lines:
            line.close()
        until = time.monotonic() + 10
        while (found := alice.ssh())[0] and time.monotonic() < until:
            time.sleep(0.1)
        assert found[1].startswith("Hi alice!")


def test_who_does_not_sign_in_is_hung_up(hub: TestHub, lines: Lines):
    with open_door(hub, Limits(sign_in_s=1)):
        assert lines.knock(hub).startswith(b"SSH-2.0")
        while lines[0].recv(65536):  # the key exchange that it offers, then its farewell
            pass


def test_a_connection_may_offer_a_few_keys_only(hub: TestHub, tmp_path: Path):
    with open_door(hub, Limits(keys_tried=3)):
        alice = Visitor(hub, "alice", tmp_path)
        others = [word for n in range(5) for word in ("-i", str(make_key(tmp_path / f"other{n}")))]
        words = [*alice.words, "-p", str(alice.port)]
        words[words.index("-i") : words.index("-i") + 2] = []
        command = [*words, *others, "-i", str(alice.file), "git@127.0.0.1"]
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
        assert done.returncode == 255 and (b"Too many keys" in done.stderr or b"denied" in done.stderr.lower())
        assert alice.ssh()[0] == 0


def test_a_connection_may_have_a_few_commands_at_work(hub: TestHub, tmp_path: Path):
    async def visit(alice: Visitor) -> None:
        options = {"username": "git", "client_keys": [str(alice.file)], "known_hosts": None, "config": None}
        async with asyncssh.connect("127.0.0.1", alice.port, **options) as connection:
            held = [await connection.create_process("git-upload-pack alice/birds", encoding=None) for _ in range(2)]
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.run("")
            for one in held:
                await one.stdout.readexactly(4)
                one.stdin.write(b"0000")
                await one.wait()
            assert (await connection.run("")).exit_status == 0

    a_model(hub)
    with open_door(hub, Limits(at_once=2)):
        asyncio.run(visit(Visitor(hub, "alice", tmp_path)))


@pytest.mark.parametrize("kind", [("-t", "ed25519"), ("-t", "ecdsa", "-b", "256"), ("-t", "ecdsa", "-b", "521"),
                                  ("-t", "rsa", "-b", "3072")])  # fmt: skip
def test_each_kind_of_strong_key_lets_in(hub: TestHub, tmp_path: Path, kind: tuple[str, ...]):
    with open_door(hub, Limits()):
        bob = Visitor(hub, "bob", tmp_path, registered=False)
        bob.file = make_key(tmp_path / "strong", *kind)
        account = hub.actor("bob").account_id
        assert account is not None
        made = hub.rooms.keys.add(hub.actor("bob"), account, "", bob.file.with_suffix(".pub").read_text())
        printed = subprocess.run(["ssh-keygen", "-l", "-f", str(bob.file)], capture_output=True, text=True, check=True)
        assert made.fingerprint in printed.stdout and made.name == "strong@laptop"
        assert bob.ssh()[1].startswith("Hi bob!")


def test_a_key_in_a_certificate_that_its_holder_signed_is_nobodys(hub: TestHub, tmp_path: Path):
    with open_door(hub, Limits()):
        mallory = Visitor(hub, "mallory", tmp_path, registered=False)
        sign = ["ssh-keygen", "-q", "-s", str(mallory.file), "-I", "alice", "-n", "git", f"{mallory.file}.pub"]
        subprocess.run(sign, check=True, capture_output=True)
        assert mallory.ssh()[0] == 255


def test_the_door_is_known_by_the_same_key_after_a_restart(hub: TestHub):
    secret = hub_secret(hub.rooms.db, "ssh-host")
    doors = [Door(Place("", 0), secret, hub.rooms.keys, Commands(hub.rooms.repos, hub.house.passes)) for _ in range(2)]
    assert doors[0].public_key == doors[1].public_key == hub.house.door.public_key
    assert doors[0].public_key.startswith("ssh-ed25519 ")


def test_a_taken_port_is_an_error_at_the_start(hub: TestHub):
    with closing(socket.create_server(("127.0.0.1", hub.settings.ssh_port))), pytest.raises(OSError):
        asyncio.run(hub.house.door.open())


def test_a_stop_waits_for_what_is_at_work_and_then_hangs_up(hub: TestHub, tmp_path: Path):
    a_model(hub)
    with open_door(hub, Limits(grace_s=1)):
        alice = Visitor(hub, "alice", tmp_path)
        words = [*alice.words, "-p", str(alice.port), "git@127.0.0.1", "git-upload-pack alice/birds"]
        client = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert client.stdout is not None and client.stdout.read(4)
        begun = time.monotonic()
    assert 0.5 < time.monotonic() - begun < 15 and client.wait(10) != 0
    client.communicate()
    assert list((hub.settings.data / "cache" / "git" / "scratch").glob("*")) == []

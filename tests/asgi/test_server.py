"""Connections that end early, stall, crawl, ask ahead or are refused, and a server that is told to stop."""

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from freehold.asgi.bytes import receive_into, send, send_pieces
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.server import Protocol
from freehold.base.errors import Invalid
from freehold.base.streams import PIECE, Here, Made
from tests.asgi.serving import Line, Served, request, serving
from tests.wire.xet.client import noise

CONTENT = noise(32 * PIECE)
SIZE = len(CONTENT)


class Impatient(Protocol):
    """The hub's protocol with little patience."""

    stall_s = 0.5
    linger_s = 5.0
    head_s = 0.5


class Desk:
    """The endpoints; `events` tells what became of each body."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "file"
        self.path.write_bytes(CONTENT)
        self.events: list[str] = []
        self.changed = threading.Condition()
        self.produced = 0

    async def upload(self, request: Request) -> Response:
        digest = hashlib.sha256()
        self._tell("started")
        try:
            length = await receive_into(request, digest.update)
        except ClientDisconnect:
            self._tell("gone")
            raise
        except BaseException as error:
            self._tell(type(error).__name__)
            raise
        self._tell("done")
        return PlainTextResponse(f"{length} {digest.hexdigest()}")

    async def picky(self, request: Request) -> Response:
        """Refuses after two mebibytes."""
        seen = 0

        def sink(piece: memoryview) -> None:
            nonlocal seen
            seen += len(piece)
            if seen > 2 * PIECE:
                raise Invalid("Enough of that.")

        await receive_into(request, sink)
        return PlainTextResponse("")

    def download(self, request: Request) -> Response:
        return send(request, lambda start, stop: Here(self.path, start, stop - start), SIZE, etag="e")

    def endless(self, request: Request) -> Response:
        return send_pieces(Made(1 << 40, self._pieces), {})

    def _pieces(self) -> Iterator[bytes]:
        try:
            while True:
                self.produced += 1
                yield bytes(PIECE)
        finally:
            self._tell("producer closed")

    def buffered(self, request: Request) -> Response:
        """A large body that passes through the event loop."""
        return Response(CONTENT)

    def quick(self, request: Request) -> Response:
        return PlainTextResponse("quick")

    def routes(self) -> list[Route]:
        uploads = [
            Route(f"/{name}", getattr(self, name), needs=Need.NOTHING, methods=["PUT"]) for name in ("upload", "picky")
        ]
        return uploads + [
            Route(f"/{name}", getattr(self, name), needs=Need.NOTHING)
            for name in ("download", "endless", "buffered", "quick")
        ]

    def _tell(self, event: str) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def wait_for(self, event: str) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: event in self.events, 15), f"never {event}: {self.events}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


@pytest.fixture
def desk(folder: Path) -> Desk:
    return Desk(folder)


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    with serving(desk.routes(), http=Impatient) as served:
        yield served


@pytest.fixture
def line(served: Served) -> Iterator[Line]:
    with Line(served) as line:
        yield line


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true within ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def open_sockets() -> int:
    count = 0
    for fd in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            count += str(fd.readlink()).startswith("socket:")
    return count


def test_requests_sent_ahead_are_answered_in_order(line: Line) -> None:
    body = noise(3 * PIECE + 7)
    line.send(request("/upload", "PUT", b"first") + request("/upload", "PUT", body) + request("/quick"))
    assert line.answer().body.decode() == f"5 {hashlib.sha256(b'first').hexdigest()}"
    assert line.answer().body.decode() == f"{len(body)} {hashlib.sha256(body).hexdigest()}"
    assert line.answer().body == b"quick"


def test_a_request_behind_a_download_is_answered_after_it(line: Line) -> None:
    line.send(request("/download") + request("/upload", "PUT", bytes(70_000)) + request("/quick"))
    assert line.answer().body == CONTENT
    assert line.answer().body.startswith(b"70000 ")
    assert line.answer().body == b"quick"


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_bytes_never_overtake_what_was_written_before(desk: Desk, loop: str) -> None:
    with serving(desk.routes(), loop=loop) as served, Line(served) as line:
        line.send(request("/buffered") + request("/download"))
        time.sleep(0.2)
        assert line.answer().body == CONTENT
        assert line.answer().body == CONTENT


def test_a_request_that_ends_the_connection_ends_it_after_the_bytes(line: Line) -> None:
    answer = line.ask("/download", Connection="close")
    assert answer.body == CONTENT
    assert line.ended()


@pytest.mark.parametrize("sent", [0, 10, PIECE, 3 * PIECE])
def test_a_body_cut_off_is_never_taken_for_whole(desk: Desk, served: Served, sent: int) -> None:
    with Line(served) as line:
        line.send(request("/upload", "PUT", bytes(4 * PIECE))[: -4 * PIECE + sent])
        desk.wait_for("started")
    desk.wait_for("gone")
    assert "done" not in desk.events


def test_a_client_that_stalls_is_let_go(desk: Desk, served: Served) -> None:
    with Line(served) as line:
        line.send(request("/upload", "PUT", bytes(PIECE))[:-1])
        desk.wait_for("gone")
        assert line.ended()


@pytest.mark.parametrize("head", [b"", b"G", b"GET /quick HTTP/1.1\r\nHost: h"])
def test_a_client_that_never_ends_its_head_is_let_go(line: Line, head: bytes) -> None:
    line.send(head)
    assert line.ended()


def test_a_second_head_is_awaited_no_longer_than_the_first(line: Line) -> None:
    assert line.ask("/quick").body == b"quick"
    line.send(b"GET /quick HTTP/1.1\r\n")
    began = time.monotonic()
    assert line.ended()
    assert time.monotonic() - began < 10


def test_a_client_that_stops_reading_is_let_go(desk: Desk, served: Served) -> None:
    with Line(served) as line:
        line.send(request("/endless"))
        desk.wait_for("producer closed")
    assert desk.produced < 100


def test_a_client_that_leaves_ends_the_download(desk: Desk, served: Served) -> None:
    with Line(served) as line:
        line.send(request("/endless"))
        line.sock.recv(1 << 20)
    desk.wait_for("producer closed")


def test_slow_clients_hold_no_threads(desk: Desk, served: Served) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(served)) for _ in range(80)]
        for slow in lines:
            slow.send(request("/upload", "PUT", bytes(100_000))[:-1])
        with Line(served) as quick:
            assert quick.ask("/upload", "PUT", CONTENT).body.decode().startswith(f"{SIZE} ")
        for slow in lines:
            slow.send(b"\0")
        assert all(slow.answer().body.startswith(b"100000 ") for slow in lines)


def test_a_refusal_in_the_middle_of_a_body_reaches_the_client(line: Line) -> None:
    answer = line.ask("/picky", "PUT", bytes(100 * PIECE))
    assert (answer.status, answer.headers["x-error-message"]) == (400, "Enough of that.")
    assert answer.headers["connection"] == "close"
    assert line.ended()


def test_a_refusal_reaches_a_client_that_reads_only_after_sending(served: Served) -> None:
    body = request("/picky", "PUT", bytes(100 * PIECE))
    with Line(served) as line:
        for start in range(0, len(body), PIECE):
            line.send(body[start : start + PIECE])
        assert line.answer().status == 400


def test_a_refusal_at_the_end_of_a_body_keeps_the_connection(line: Line) -> None:
    assert line.ask("/picky", "PUT", bytes(2 * PIECE + 1)).status == 400
    assert line.ask("/quick").body == b"quick"


def test_nothing_stays_open(desk: Desk, served: Served) -> None:
    before = open_sockets()
    for path in ("/download", "/endless"):
        with Line(served) as line:
            line.send(request(path))
            line.sock.recv(100)
    with Line(served) as line:
        line.ask("/picky", "PUT", bytes(10 * PIECE))
    with Line(served) as line:
        line.send(request("/upload", "PUT", bytes(PIECE))[:-1])
    desk.wait_for("gone")
    assert eventually(lambda: open_sockets() == before)


def test_bodies_at_the_same_time_do_not_mix(served: Served) -> None:
    answers: dict[int, bytes] = {}

    def upload(seed: int) -> None:
        with Line(served) as line:
            answers[seed] = line.ask("/upload", "PUT", noise(5 * PIECE + seed, seed)).body

    threads = [threading.Thread(target=upload, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed in range(8):
        digest = hashlib.sha256(noise(5 * PIECE + seed, seed)).hexdigest()
        assert answers[seed].decode() == f"{5 * PIECE + seed} {digest}"


def test_a_server_told_to_stop_lets_an_upload_end(desk: Desk) -> None:
    body = request("/upload", "PUT", bytes(4 * PIECE))
    with serving(desk.routes(), timeout_graceful_shutdown=20) as served, Line(served) as line:
        line.send(body[: 2 * PIECE])
        desk.wait_for("started")
        served.server.should_exit = True
        time.sleep(0.3)
        line.send(body[2 * PIECE :])
        answer = line.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")


def test_a_server_told_to_stop_does_not_wait_for_ever(desk: Desk) -> None:
    with serving(desk.routes(), timeout_graceful_shutdown=1) as served, Line(served) as line:
        line.send(request("/upload", "PUT", bytes(4 * PIECE))[:-PIECE])
        desk.wait_for("started")
        served.server.should_exit = True
        desk.wait_for("CancelledError")
        assert "done" not in desk.events
        with pytest.raises((ConnectionError, socket.timeout)):
            assert line.answer().status == 500
            line.answer()

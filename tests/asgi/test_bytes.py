"""Files as responses, and bodies into sinks, with the server's extensions and without: both behave the same."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from freehold.asgi.bytes import receive_into, send, send_pieces
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.asgi.server import Protocol
from freehold.base.errors import Invalid, RangeUnsatisfiable
from freehold.base.streams import PIECE, Elsewhere, Here, Located, Made
from tests.asgi.serving import Line, serving
from tests.wire.xet.client import noise

CONTENT = noise(3 * PIECE + 12_345)
SIZE = len(CONTENT)
ETAG = hashlib.sha256(CONTENT).hexdigest()


class Files:
    """The endpoints of a small application that serves one file in every way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_bytes(CONTENT)
        self.received: list[str] = []

    def here(self, request: Request) -> Response:
        return self._send(request, lambda start, stop: Here(self.path, start, stop - start))

    def made(self, request: Request) -> Response:
        return self._send(request, self._made)

    def elsewhere(self, request: Request) -> Response:
        def located(start: int, stop: int) -> Located:
            return Elsewhere(f"https://far.test/{start}-{stop}", stop - start, lambda: iter([CONTENT[start:stop]]))

        return self._send(request, located)

    def gone(self, request: Request) -> Response:
        return self._send(request, lambda start, stop: Here(self.path.parent / "gone", start, stop - start))

    def shrunk(self, request: Request) -> Response:
        return send_pieces(Here(self.path, 0, SIZE + 1), {})

    def wrong(self, request: Request) -> Response:
        return send_pieces(Made(SIZE + 1, lambda: iter([CONTENT])), {})

    def empty(self, request: Request) -> Response:
        return send(request, lambda start, stop: Here(self.path, start, stop - start), 0, etag="e")

    async def upload(self, request: Request) -> Response:
        digest = hashlib.sha256()
        limit = request.query_params.get("limit")
        length = await receive_into(request, digest.update, int(limit) if limit else None)
        self.received.append(digest.hexdigest())
        return PlainTextResponse(f"{length} {digest.hexdigest()}")

    async def picky(self, request: Request) -> Response:
        await receive_into(request, self._refuse)
        return PlainTextResponse("")

    def routes(self) -> list[Route]:
        names = ["here", "made", "elsewhere", "gone", "shrunk", "wrong", "empty"]
        uploads = [
            Route(f"/{name}", getattr(self, name), needs=Need.NOTHING, methods=["PUT"]) for name in ("upload", "picky")
        ]
        return [Route(f"/{name}", getattr(self, name), needs=Need.NOTHING) for name in names] + uploads

    def _send(self, request: Request, located_for: object) -> Response:
        return send(request, located_for, SIZE, etag=ETAG, headers={"X-Repo-Commit": "c" * 40})

    def _made(self, start: int, stop: int) -> Located:
        """Pieces of many lengths from one reused buffer."""

        def pieces() -> Iterator[memoryview]:
            buffer, at, step = bytearray(PIECE), start, 1
            while at < stop:
                step = min(step * 3, PIECE, stop - at)
                buffer[:step] = CONTENT[at : at + step]
                yield memoryview(buffer)[:step]
                at += step

        return Made(stop - start, pieces)

    @staticmethod
    def _refuse(_piece: memoryview) -> None:
        raise Invalid("This will not do.")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("files") / "file")


@pytest.fixture(scope="module", params=[Protocol, "httptools"], ids=["extensions", "messages"])
def server(request: pytest.FixtureRequest, files: Files):
    with serving(files.routes(), http=request.param) as served:
        yield served


@pytest.fixture
def line(server):
    with Line(server) as line:
        yield line


@pytest.mark.parametrize("path", ["/here", "/made"])
def test_a_whole_file(line: Line, path: str) -> None:
    answer = line.ask(path)
    assert (answer.status, answer.body) == (200, CONTENT)
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.headers["etag"] == f'"{ETAG}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-repo-commit"] == "c" * 40
    assert "content-encoding" not in answer.headers
    assert "transfer-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/here", "/made", "/elsewhere"])
def test_head_tells_what_get_would_send(line: Line, path: str) -> None:
    answer = line.ask(path, "HEAD", Range="bytes=0-1")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, str(SIZE), b"")
    assert line.ask("/here").body == CONTENT


RANGES = [
    ("bytes=0-0", 0, 1),
    ("bytes=0-99", 0, 100),
    ("bytes=100-", 100, SIZE),
    ("bytes=-1", SIZE - 1, SIZE),
    (f"bytes=-{SIZE * 2}", 0, SIZE),
    (f"bytes={SIZE - 1}-{SIZE + 5}", SIZE - 1, SIZE),
    (f"bytes={PIECE - 1}-{2 * PIECE}", PIECE - 1, 2 * PIECE + 1),
    ("bytes=0-" + "9" * 40, 0, SIZE),
    (" Bytes = 5 - 9 ".replace("B", "b"), 5, 10),
]


@pytest.mark.parametrize("path", ["/here", "/made"])
@pytest.mark.parametrize(("asked", "start", "stop"), RANGES)
def test_a_range(line: Line, path: str, asked: str, start: int, stop: int) -> None:
    answer = line.ask(path, Range=asked)
    assert (answer.status, answer.body) == (206, CONTENT[start:stop])
    assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=", "bytes=-", "lines=1-2", "bytes=9-5", "bytes=a-b", "x"])
def test_a_range_it_cannot_honour_is_ignored(line: Line, asked: str) -> None:
    answer = line.ask("/here", Range=asked)
    assert (answer.status, len(answer.body)) == (200, SIZE)


@given(st.text(alphabet="bytes=-0123456789, x", max_size=20) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}", fullmatch=True))
def test_a_range_is_a_span_of_the_file_or_refused(asked: str) -> None:
    scope = {"type": "http", "method": "GET", "headers": [(b"range", asked.encode())], "path": "/"}
    spans: list[tuple[int, int]] = []
    with suppress(RangeUnsatisfiable):
        send(
            Request(scope), lambda *span: spans.append(span) or Made(span[1] - span[0], lambda: iter(())), 500, etag="e"
        )
        assert 0 <= spans[0][0] < spans[0][1] <= 500


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", "bytes=" + "9" * 40 + "-"])
def test_it_refuses_a_range_beyond_the_end(line: Line, asked: str) -> None:
    answer = line.ask("/here", Range=asked)
    assert (answer.status, answer.headers["content-range"]) == (416, f"bytes */{SIZE}")


@pytest.mark.parametrize("tag", [f'"{ETAG}"', f'W/"{ETAG}"', f'"other", "{ETAG}"', "*", ETAG])
def test_what_the_client_has_is_not_sent_again(line: Line, tag: str) -> None:
    answer = line.ask("/here", If_None_Match=tag, Range="bytes=0-1")
    assert (answer.status, answer.headers["etag"]) == (304, f'"{ETAG}"')
    assert line.ask("/here", If_None_Match='"other"').status == 200


def test_a_range_of_another_version_is_not_sent(line: Line) -> None:
    assert line.ask("/here", Range="bytes=0-9", If_Range=f'"{ETAG}"').status == 206
    assert line.ask("/here", Range="bytes=0-9", If_Range='"other"').body == CONTENT
    assert line.ask("/here", Range="bytes=0-9", If_Range=f'W/"{ETAG}"').status == 200


def test_bytes_that_lie_elsewhere_are_pointed_to(line: Line) -> None:
    answer = line.ask("/elsewhere", Range="bytes=5-9")
    assert (answer.status, answer.headers["location"]) == (302, "https://far.test/5-10")
    assert answer.headers["etag"] == f'"{ETAG}"'


def test_a_script_of_another_site_is_not_sent_elsewhere(line: Line) -> None:
    answer = line.ask("/elsewhere", Range="bytes=5-9", Origin="https://page.test")
    assert (answer.status, answer.body) == (206, CONTENT[5:10])


def test_an_empty_file(line: Line) -> None:
    answer = line.ask("/empty")
    assert (answer.status, answer.headers["content-length"], answer.body) == (200, "0", b"")
    assert line.ask("/empty", Range="bytes=0-").status == 416


def test_a_file_that_is_gone_is_a_failure_and_not_absent(line: Line) -> None:
    assert line.ask("/gone").status == 503


@pytest.mark.parametrize("path", ["/shrunk", "/wrong"])
def test_a_body_that_comes_out_short_ends_the_connection(line: Line, path: str) -> None:
    with pytest.raises(ConnectionError):
        line.ask(path)


def test_one_connection_serves_many_requests(line: Line) -> None:
    for i in range(5):
        assert (
            line.ask("/here", Range=f"bytes={i * 100_000}-{i * 100_000 + 99_999}").body
            == CONTENT[i * 100_000 : (i + 1) * 100_000]
        )
        assert line.ask("/made").body == CONTENT
        assert line.ask("/upload", "PUT", CONTENT).body.decode() == f"{SIZE} {ETAG}"


@pytest.mark.parametrize("size", [0, 1, 1000, 65_536, PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 3])
def test_a_body_arrives_whole(line: Line, size: int) -> None:
    body = noise(size)
    for _ in range(2):
        answer = line.ask("/upload", "PUT", body)
        assert answer.body.decode() == f"{size} {hashlib.sha256(body).hexdigest()}"


def test_a_chunked_body_arrives_whole(line: Line) -> None:
    pieces = [b"one", b"two" * 30_000, b"3"]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    answer = line.ask("/upload", "PUT", chunks, Transfer_Encoding="chunked")
    assert answer.body.decode() == f"90004 {hashlib.sha256(b''.join(pieces)).hexdigest()}"


def test_a_client_that_asks_first_is_told_to_go_on(line: Line) -> None:
    line.send(b"PUT /upload HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
    assert line.answer("HEAD").status == 100
    line.send(b"hello")
    assert line.answer().body.startswith(b"5 ")


@pytest.mark.parametrize("announced", [True, False])
def test_it_refuses_a_body_beyond_the_limit(line: Line, announced: bool) -> None:
    chunked = b"3e8\r\n" + bytes(1000) + b"\r\n0\r\n\r\n"
    coding = {} if announced else {"Transfer_Encoding": "chunked"}
    answer = line.ask("/upload?limit=999", "PUT", bytes(1000) if announced else chunked, **coding)
    assert answer.status == 413


@pytest.mark.parametrize("length", ["x", "-1", "5 5"])
def test_it_refuses_a_length_that_is_no_number(line: Line, length: str) -> None:
    assert line.ask("/upload", "PUT", b"", Content_Length=length).status == 400


def test_a_refused_body_gets_its_answer(line: Line) -> None:
    answer = line.ask("/picky", "PUT", bytes(20 * PIECE))
    assert (answer.status, answer.headers["x-error-message"]) == (400, "This will not do.")

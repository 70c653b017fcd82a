"""Downloading a file."""

import hashlib

import httpx
import pytest

from tests.protocols.hub.conftest import Asker

HELLO = "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"


@pytest.fixture
def head(alice: Asker, birds: str) -> str:
    return alice.made(alice.commit(birds, {"a.txt": b"hello", "data/ü b.txt": b"b"}))


@pytest.mark.proves("HEAD|GET /{prefix}{id}/resolve/{rev}/{path}")
@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_small_file(nobody: Asker, head: str, method: str) -> None:
    answer = nobody.client.request(method, "/alice/birds/resolve/main/a.txt", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.headers["X-Repo-Commit"] == head
    assert answer.headers["ETag"] == f'"{HELLO}"'
    assert answer.headers["Content-Length"] == "5"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''a.txt; filename=\"a.txt\";"
    assert "Content-Encoding" not in answer.headers
    assert "X-Xet-Hash" not in answer.headers
    assert answer.content == (b"" if method == "HEAD" else b"hello")


def test_a_browser_saves_what_it_is_asked_to_download(nobody: Asker, head: str) -> None:
    answer = nobody.client.get("/alice/birds/resolve/main/a.txt?download=true")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''a.txt;")


@pytest.mark.parametrize("rev", ["main", "refs%2Fheads%2Fmain", "v1"])
def test_a_revision_is_one_segment(alice: Asker, birds: str, head: str, rev: str) -> None:
    alice.post(f"{birds}/tag/main", {"tag": "v1"})
    assert alice.client.get(f"/alice/birds/resolve/{rev}/a.txt").content == b"hello"
    assert alice.client.get(f"/alice/birds/resolve/{head}/a.txt").content == b"hello"
    assert alice.client.get(f"/alice/birds/resolve/{head[:8]}/a.txt").content == b"hello"


def test_names_of_every_kind(alice: Asker, head: str) -> None:
    answer = alice.client.get("/alice/birds/resolve/main/data/%C3%BC%20b.txt")
    assert answer.content == b"b"
    assert "filename*=UTF-8''%C3%BC%20b.txt" in answer.headers["Content-Disposition"]


def test_a_large_file_is_answered_directly_with_its_own_hash(alice: Asker, birds: str) -> None:
    content = bytes(range(256)) * 40
    sha256 = alice.large(birds, "b.bin", content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    for method in ("HEAD", "GET"):
        answer = alice.client.request(method, "/alice/birds/resolve/main/b.bin")
        assert answer.status_code == 200
        assert answer.headers["ETag"] == answer.headers["X-Linked-Etag"] == f'"{sha256}"'
        assert answer.headers["Content-Length"] == answer.headers["X-Linked-Size"] == str(len(content))
    assert answer.content == content


def test_ranges_and_conditions(alice: Asker, birds: str) -> None:
    alice.large(birds, "b.bin", b"0123456789" * 10)

    def ask(**headers: str) -> httpx.Response:
        return alice.client.get("/alice/birds/resolve/main/b.bin", headers=headers)

    part = ask(Range="bytes=2-5")
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"2345", "bytes 2-5/100")
    assert ask(Range="bytes=-3").content == b"789"
    assert ask(Range="bytes=95-").content == b"56789"
    beyond = ask(Range="bytes=100-")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */100")
    same = ask(**{"If-None-Match": part.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")


def test_what_becomes_xet_backed_says_so_and_where_its_token_is(alice: Asker, birds: str) -> None:
    content = bytes(range(256)) * 400
    sha256 = alice.large(birds, "b.bin", content)
    alice.hub.work()
    head = alice.get(birds).json()["sha"]
    answer = alice.client.head("/alice/birds/resolve/main/b.bin")
    route = f"http://hub.test/api/models/alice/birds/xet-read-token/{head}"
    assert len(answer.headers["X-Xet-Hash"]) == 64
    assert answer.headers["X-Xet-Refresh-Route"] == route
    assert answer.links["xet-auth"]["url"] == route
    assert answer.headers["ETag"] == f'"{sha256}"'
    assert alice.client.get("/alice/birds/resolve/main/b.bin").content == content


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_a_missing_file_tells_the_commit_that_was_searched(alice: Asker, head: str, method: str) -> None:
    for path in ("tokenizer.json", "data", "data/no.txt", "a.txt/b"):
        answer = alice.client.request(method, f"/alice/birds/resolve/main/{path}")
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
        assert answer.headers["X-Repo-Commit"] == head


def test_a_missing_revision_and_a_missing_repository(alice: Asker, nobody: Asker, head: str) -> None:
    answer = alice.client.head("/alice/birds/resolve/nowhere/a.txt")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")
    answer = alice.client.head("/alice/absent/resolve/main/a.txt")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")
    answer = nobody.client.head("/alice/absent/resolve/main/a.txt")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (401, "RepoNotFound")


def test_a_new_repository_has_no_files_but_a_commit(alice: Asker, birds: str) -> None:
    answer = alice.client.head("/alice/birds/resolve/main/config.json")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert len(answer.headers["X-Repo-Commit"]) == 40


def test_nothing_runs_as_a_page_of_this_hub(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"x.html": b"<script>", "y.svg": b"<svg onload=x>", 'q"; x=".js': b"x"}))
    kinds = {
        "x.html": "application/octet-stream",
        "y.svg": "image/svg+xml",
        "q%22;%20x=%22.js": "application/octet-stream",
    }
    for path, kind in kinds.items():
        answer = alice.client.get(f"/alice/birds/resolve/main/{path}", headers={"Accept": "text/html"})
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].count('"') == 2


@pytest.mark.proves("HEAD|GET /{prefix}{id}/raw/{rev}/{path}")
def test_raw_is_what_git_holds(alice: Asker, birds: str, head: str) -> None:
    sha256 = alice.large(birds, "b.bin", b"large" * 100)
    answer = alice.client.get("/alice/birds/raw/main/b.bin")
    assert answer.text.startswith("version https://git-lfs.github.com/spec/v1\n")
    assert f"oid sha256:{sha256}\n" in answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert alice.client.get("/alice/birds/raw/main/a.txt").content == b"hello"


@pytest.mark.parametrize(
    ("method", "headers", "counts"),
    [
        ("GET", {}, True),
        ("HEAD", {"X-HF-Download-Counter": "1"}, True),
        ("HEAD", {"User-Agent": "unknown/None; hf_hub/0.30.2; python/3.11"}, True),
        ("HEAD", {"User-Agent": "unknown/None; hf_hub/2.4.0; python/3.11"}, False),
        ("GET", {"User-Agent": "NiceBot/1.0"}, False),
    ],
)
def test_downloads_are_counted_as_the_hub_counts_them(
    alice: Asker, nobody: Asker, birds: str, method: str, headers: dict[str, str], counts: bool
) -> None:
    alice.made(alice.commit(birds, {"config.json": b"{}"}))
    for _ in range(2):
        assert (
            nobody.client.request(method, "/alice/birds/resolve/main/config.json", headers=headers).status_code == 200
        )
    alice.hub.rooms.catalog.downloads.write()
    said = nobody.get("models/alice/birds").json()
    assert said["downloads"] == nobody.get("models", sort="downloads").json()[0]["downloads"] == int(counts)
    wanted = nobody.client.get("/api/models/alice/birds?expand=downloadsAllTime&expand=trendingScore").json()
    assert (wanted["downloadsAllTime"], wanted["trendingScore"]) == (int(counts), 0)

"""What is in a bucket: lists, single files, and their bytes."""

import pytest

from tests.kit.buckets import a_bucket
from tests.kit.hub import TestHub
from tests.protocols.hub.conftest import Asker

FILES = {"logs/a.txt": b"aa", "logs/deep/b.txt": b"bbb", "logs.json": b"{}", "logsx/c.txt": b"c", "z": b""}


@pytest.fixture
def shelf(hub: TestHub) -> str:
    a_bucket(hub, files=FILES)
    return "buckets/alice/shelf"


def listed(asker: Asker, path: str, **params: object) -> list[str]:
    answer = asker.client.get(f"/api/{path}", params=params)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [entry["path"] + ("/" if entry["type"] == "directory" else "") for entry in answer.json()]


@pytest.mark.proves("GET /api/buckets/{id}/tree")
def test_the_top_shows_files_and_folders(alice: Asker, shelf: str) -> None:
    assert listed(alice, f"{shelf}/tree") == ["logs.json", "logs/", "logsx/", "z"]
    assert listed(alice, f"{shelf}/tree", recursive="true") == sorted(FILES)


@pytest.mark.proves("GET /api/buckets/{id}/tree/{path}")
def test_a_prefix_is_letters_and_a_folder_is_looked_into(alice: Asker, shelf: str) -> None:
    assert listed(alice, f"{shelf}/tree/logs") == ["logs.json", "logs/a.txt", "logs/deep/", "logsx/"]
    assert listed(alice, f"{shelf}/tree/logs%2F") == ["logs/a.txt", "logs/deep/"]
    assert listed(alice, f"{shelf}/tree/logs%2Fa.txt") == ["logs/a.txt"]
    assert listed(alice, f"{shelf}/tree/logs", recursive="True") == sorted(path for path in FILES if path[0] == "l")
    assert listed(alice, f"{shelf}/tree/nowhere") == []


def test_an_entry_says_all_that_clients_read(alice: Asker, shelf: str) -> None:
    file, folder = alice.get(f"{shelf}/tree").json()[:2]
    assert {key: file[key] for key in ("type", "path", "size", "mtime")} == {
        "type": "file", "path": "logs.json", "size": 2, "mtime": "1970-01-01T00:00:01.000Z",
    }  # fmt: skip
    assert len(file["xetHash"]) == 64
    assert folder == {"type": "directory", "path": "logs", "uploadedAt": folder["uploadedAt"]}
    assert folder["uploadedAt"] >= file["uploadedAt"]


@pytest.mark.parametrize("recursive", ["true", "false"])
def test_pages_together_are_the_whole(alice: Asker, shelf: str, recursive: str) -> None:
    whole = listed(alice, f"{shelf}/tree", recursive=recursive)
    paged, url = [], f"/api/{shelf}/tree?recursive={recursive}&limit=1"
    while url:
        answer = alice.client.get(url)
        paged += [entry["path"] for entry in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert paged == [path.rstrip("/") for path in whole]


@pytest.mark.proves("POST /api/buckets/{id}/paths-info")
def test_paths_that_are_no_files_are_left_out(alice: Asker, shelf: str) -> None:
    asked = {"paths": ["z", "logs", "", "logs/a.txt", "../x", "nowhere", "z"]}
    assert [one["path"] for one in alice.post(f"{shelf}/paths-info", asked).json()] == ["z", "logs/a.txt", "z"]


def test_too_many_paths_are_refused(alice: Asker, shelf: str) -> None:
    assert alice.post(f"{shelf}/paths-info", {"paths": ["z"] * 1001}).status_code == 400
    assert alice.post(f"{shelf}/paths-info", {"paths": "z"}).status_code == 400


@pytest.mark.proves("HEAD|GET /buckets/{id}/resolve/{path}")
def test_a_head_says_where_a_xet_client_gets_the_bytes(alice: Asker, shelf: str) -> None:
    answer = alice.client.head(f"/{shelf}/resolve/logs%2Fa.txt")
    assert answer.status_code == 200
    [info] = alice.post(f"{shelf}/paths-info", {"paths": ["logs/a.txt"]}).json()
    assert answer.headers["X-Xet-Hash"] == info["xetHash"]
    assert answer.headers["X-Xet-Refresh-Route"] == f"http://hub.test/api/{shelf}/xet-read-token"
    assert (answer.headers["Content-Length"], answer.headers["X-Linked-Size"]) == ("2", "2")
    assert len(answer.headers["ETag"].strip('"')) != 64


def test_the_bytes_come_whole_in_part_and_not_again(hub: TestHub, alice: Asker) -> None:
    content = bytes(range(256)) * 700
    a_bucket(hub, files={"a/b c.bin": content})
    url = "/buckets/alice/shelf/resolve/a/b%20c.bin"
    whole = alice.client.get(url)
    assert whole.content == content
    part = alice.client.get(url, headers={"Range": "bytes=1000-100999"})
    assert (part.status_code, part.content) == (206, content[1000:101000])
    assert part.headers["Content-Range"] == f"bytes 1000-100999/{len(content)}"
    assert alice.client.get(url, headers={"Range": f"bytes={len(content)}-"}).status_code == 416
    assert alice.client.get(url, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_an_empty_file_is_a_file(alice: Asker, shelf: str) -> None:
    answer = alice.client.get(f"/{shelf}/resolve/z")
    assert (answer.status_code, answer.content, answer.headers["X-Xet-Hash"]) == (200, b"", "0" * 64)


def test_what_is_not_there_is_said_to_be_an_entry(alice: Asker, shelf: str) -> None:
    for path in ("logs", "nowhere", "..%2F..%2Fetc%2Fpasswd", "logs%2F"):
        answer = alice.client.head(f"/{shelf}/resolve/{path}")
        assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
    assert alice.client.get(f"/{shelf}/resolve/a%00b").status_code == 400


def test_nothing_in_it_runs_as_a_page_of_this_hub(hub: TestHub, alice: Asker) -> None:
    a_bucket(hub, files={"evil.html": b"<script>alert(1)</script>"})
    answer = alice.client.get("/buckets/alice/shelf/resolve/evil.html")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_of_a_private_one_nothing_is_shown(hub: TestHub, carol: Asker, nobody: Asker) -> None:
    a_bucket(hub, visibility="private", files={"a": b"a"})
    for asker, status in ((carol, 404), (nobody, 401)):
        for path in ("api/{}/tree", "api/{}/tree/a", "{}/resolve/a", "api/{}/xet-read-token", "api/{}/xet-write-token"):
            answer = asker.client.get("/" + path.format("buckets/alice/shelf"))
            assert (answer.status_code, answer.headers["X-Error-Code"]) == (status, "RepoNotFound")


def test_tokens_go_to_those_who_may(hub: TestHub, alice: Asker, carol: Asker, nobody: Asker) -> None:
    a_bucket(hub)
    asked = {
        (asker, verb): asker.get(f"buckets/alice/shelf/xet-{verb}-token").status_code
        for asker in (alice, carol, nobody)
        for verb in ("read", "write")
    }
    assert asked == {
        (alice, "read"): 200, (alice, "write"): 200, (carol, "read"): 200, (carol, "write"): 403,
        (nobody, "read"): 200, (nobody, "write"): 403,
    }  # fmt: skip

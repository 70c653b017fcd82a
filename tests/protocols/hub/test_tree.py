"""Trees and paths of a revision."""

import pytest

from tests.protocols.hub.conftest import Asker

FILES = {"a.txt": b"hello", "data/b.txt": b"b", "data/deep/c.txt": b"c"}


@pytest.fixture
def head(alice: Asker, birds: str) -> str:
    return alice.made(alice.commit(birds, FILES))


@pytest.mark.proves("GET /api/{type}s/{id}/tree/{rev}")
def test_it_lists_a_folder(alice: Asker, birds: str, head: str) -> None:
    said = {one["path"]: one for one in alice.get(f"{birds}/tree/main").json()}
    assert set(said) == {".gitattributes", "a.txt", "data"}
    assert said["a.txt"] == {
        "path": "a.txt",
        "type": "file",
        "oid": "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0",
        "size": 5,
    }
    assert (said["data"]["type"], said["data"]["size"]) == ("directory", 0)


@pytest.mark.proves("GET /api/{type}s/{id}/tree/{rev}/{path}")
@pytest.mark.parametrize("path", ["data%2Fdeep", "data/deep"])
def test_a_path_may_be_encoded_as_one_segment_or_not(alice: Asker, birds: str, head: str, path: str) -> None:
    assert [one["path"] for one in alice.get(f"{birds}/tree/main/{path}").json()] == ["data/deep/c.txt"]


def test_recursive_lists_folders_too(alice: Asker, birds: str, head: str) -> None:
    said = [one["path"] for one in alice.get(f"{birds}/tree/{head}", recursive="True").json()]
    assert sorted(said) == [".gitattributes", "a.txt", "data", "data/b.txt", "data/deep", "data/deep/c.txt"]


def test_a_file_is_a_list_of_itself(alice: Asker, birds: str, head: str) -> None:
    assert [one["path"] for one in alice.get(f"{birds}/tree/main/a.txt").json()] == ["a.txt"]


def test_large_files_have_their_sha256_and_the_pointers_git_id(alice: Asker, birds: str) -> None:
    sha256 = alice.large(birds, "b.bin", b"large" * 100)
    said = {one["path"]: one for one in alice.get(f"{birds}/tree/main").json()}["b.bin"]
    assert said["size"] == 500
    assert said["lfs"] == {"oid": sha256, "size": 500, "pointerSize": 128}
    assert said["oid"] != sha256


def test_expand_adds_the_last_commit_that_touched_each(alice: Asker, birds: str, head: str) -> None:
    second = alice.made(alice.commit(birds, {"a.txt": b"again"}))
    said = {one["path"]: one["lastCommit"] for one in alice.get(f"{birds}/tree/main", expand="True").json()}
    assert (said["a.txt"]["id"], said["data"]["id"]) == (second, head)
    assert said["a.txt"]["title"] == "a commit"
    assert said["a.txt"]["date"].endswith("Z")


def test_pages_follow_by_a_link(alice: Asker, birds: str, head: str) -> None:
    seen, url, pages = [], f"http://hub.test/api/{birds}/tree/main?recursive=true&limit=2", 0
    while url:
        answer = alice.client.get(url)
        seen += [one["path"] for one in answer.json()]
        pages += 1
        url = answer.links.get("next", {}).get("url", "")
    assert pages == 3
    assert seen == [one["path"] for one in alice.get(f"{birds}/tree/main", recursive="true").json()]


def test_the_link_keeps_the_path_as_it_was_encoded(alice: Asker, birds: str, head: str) -> None:
    answer = alice.get(f"{birds}/tree/refs%2Fheads%2Fmain/data%2Fdeep", limit=1)
    assert "next" not in answer.links
    answer = alice.get(f"{birds}/tree/refs%2Fheads%2Fmain/data", limit=1)
    assert answer.links["next"]["url"].startswith(f"http://hub.test/api/{birds}/tree/refs%2Fheads%2Fmain/data?limit=1&")


def test_what_is_not_there_is_an_entry_not_found(alice: Asker, birds: str, head: str) -> None:
    answer = alice.get(f"{birds}/tree/main/additional_chat_templates", recursive="false")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "EntryNotFound")
    answer = alice.get(f"{birds}/tree/nowhere")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


@pytest.mark.proves("POST /api/{type}s/{id}/paths-info/{rev}")
def test_paths_are_asked_for_by_a_form_or_by_json(alice: Asker, birds: str, head: str) -> None:
    path = f"/api/{birds}/paths-info/main"
    form = alice.client.post(path, data={"paths": ["a.txt", "data", "no"], "expand": "False"})
    assert [(one["path"], one["type"]) for one in form.json()] == [("a.txt", "file"), ("data", "directory")]
    assert "lastCommit" not in form.json()[0]
    sent = alice.client.post(path, json={"paths": ["a.txt"], "expand": True})
    assert sent.json()[0]["lastCommit"]["id"] == head


def test_it_refuses_too_many_paths_and_what_is_no_form(alice: Asker, birds: str, head: str) -> None:
    path = f"/api/{birds}/paths-info/main"
    assert alice.client.post(path, json={"paths": ["a"] * 10_001}).status_code == 400
    assert alice.client.post(path, content=b"paths=%ff").status_code == 400
    assert alice.client.post(path, json={"paths": "a"}).status_code == 400


def test_a_program_that_never_turns_pages_gets_one_long_one(alice: Asker, birds: str, head: str) -> None:
    alice.made(alice.commit(birds, {f"many/{number}.txt": b"x" for number in range(1100)}))
    place = f"/api/{birds}/tree/main?recursive=true"
    whole = alice.client.get(place, headers={"User-Agent": "llama-cpp/b1"})
    assert len(whole.json()) > 1100 and "link" not in whole.headers
    assert "next" in alice.client.get(place).links

"""Planning an upload."""

import base64

import pytest

from tests.protocols.hub.conftest import Asker


def file(path: str, size: int = 5, sample: bytes = b"hello") -> dict[str, object]:
    return {"path": path, "size": size, "sample": base64.b64encode(sample).decode()}


def ask(asker: Asker, repo: str, *files: dict[str, object], **params: object) -> dict[str, dict[str, object]]:
    ignore = params.pop("ignore", None)
    body = {"files": list(files)} | ({"gitIgnore": ignore} if ignore else {})
    answer = asker.post(f"{repo}/preupload/main", body, **params)
    assert answer.status_code == 200, answer.text
    return {one["path"]: one for one in answer.json()["files"]}


@pytest.mark.proves("POST /api/{type}s/{id}/preupload/{rev}")
def test_name_size_and_content_decide_how_a_file_travels(alice: Asker, birds: str) -> None:
    said = ask(
        alice,
        birds,
        file("a.txt"),
        file("model.safetensors"),
        file("big.txt", 10_000_000),
        file("odd", sample=b"\x00\x01"),
    )
    assert {path: one["uploadMode"] for path, one in said.items()} == {
        "a.txt": "regular",
        "model.safetensors": "lfs",
        "big.txt": "lfs",
        "odd": "lfs",
    }
    assert said["a.txt"] == {"path": "a.txt", "uploadMode": "regular", "shouldIgnore": False, "oid": None}


def test_the_repositorys_own_rules_are_kept(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {".gitattributes": b"*.png filter=lfs\n", ".gitignore": b"*.log\n"}))
    said = ask(alice, birds, file("a.png"), file("a.log"), file("a.tmp"), file("model.bin"), ignore="*.tmp")
    assert said["a.png"]["uploadMode"] == "lfs"
    assert [path for path, one in said.items() if one["shouldIgnore"]] == ["a.log", "a.tmp"]
    assert said["model.bin"]["uploadMode"] == "regular"


def test_it_tells_what_is_there_already(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"a.txt": b"hello"}))
    sha256 = alice.large(birds, "b.bin", b"large" * 100)
    said = ask(alice, birds, file("a.txt"), file("b.bin"))
    assert said["a.txt"]["oid"] == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"
    assert said["b.bin"]["oid"] == sha256


def test_who_may_not_write_may_propose(carol: Asker, nobody: Asker, birds: str) -> None:
    refused = carol.post(f"{birds}/preupload/main", {"files": [file("a.txt")]})
    assert refused.status_code == 403
    assert "create_pr=1" in refused.headers["X-Error-Message"]
    assert ask(carol, birds, file("a.txt"), create_pr="1")["a.txt"]["uploadMode"] == "regular"
    assert nobody.post(f"{birds}/preupload/main", {"files": []}, create_pr="1").status_code in {401, 403}


def test_it_refuses_other_forms(alice: Asker, birds: str) -> None:
    assert alice.post(f"{birds}/preupload/main", {"files": [{"path": "a"}]}).status_code == 400
    assert alice.post(f"{birds}/preupload/main", {"files": [file("a") | {"size": -1}]}).status_code == 400
    assert alice.post(f"{birds}/preupload/main", {"files": [file("a")] * 1001}).status_code == 400
    answer = alice.post(f"{birds}/preupload/nowhere", {"files": [file("a")]})
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")

"""Information about one repository."""

import json

import pytest

from freehold.base.ids import GIT_KINDS, RepoKind
from freehold.wire.hub.expand import EXPANDABLE
from tests.protocols.hub.conftest import Asker

CARD = b"""---
license: apache-2.0
pipeline_tag: text-classification
tags: [birds]
base_model: alice/eggs
---
# Birds
"""


@pytest.mark.proves("GET /api/{type}s/{id}")
def test_it_tells_everything_about_a_model(alice: Asker, birds: str) -> None:
    config = json.dumps({"model_type": "bert", "architectures": ["BertModel"]}).encode()
    head = alice.made(alice.commit(birds, {"README.md": CARD, "config.json": config}))
    said = alice.get(birds).json()
    assert said["_id"]
    assert (said["id"], said["modelId"], said["author"], said["sha"]) == ("alice/birds", "alice/birds", "alice", head)
    assert (said["private"], said["gated"], said["disabled"]) == (False, False, False)
    assert (said["downloads"], said["likes"]) == (0, 0)
    assert said["createdAt"].endswith("Z")
    assert said["lastModified"].endswith("Z")
    assert said["pipeline_tag"] == "text-classification"
    assert {"birds", "license:apache-2.0"} <= set(said["tags"])
    assert said["cardData"]["license"] == "apache-2.0"
    assert said["config"]["model_type"] == "bert"
    assert said["transformersInfo"]["auto_model"] == "AutoModel"
    assert {"rfilename": "README.md"} in said["siblings"]
    assert said["usedStorage"] == 0
    assert "safetensors" not in said


@pytest.mark.parametrize("kind", GIT_KINDS)
def test_each_kind_has_information_with_a_commit(alice: Asker, kind: RepoKind) -> None:
    alice.create("birds", kind)
    said = alice.get(f"{kind.plural}/alice/birds").json()
    assert said["id"] == "alice/birds"
    assert len(said["sha"]) == 40


def test_a_dataset_and_a_space_say_what_they_are(alice: Asker) -> None:
    alice.create("songs", "dataset")
    alice.create("app", "space")
    assert "siblings" in alice.get("datasets/alice/songs").json()
    space = alice.get("spaces/alice/app").json()
    assert (space["sdk"], space["runtime"]["stage"]) == ("gradio", "NO_APP_FILE")


@pytest.mark.parametrize("kind", GIT_KINDS)
def test_expand_gives_the_ids_and_exactly_what_is_asked_for(alice: Asker, kind: RepoKind) -> None:
    alice.create("birds", kind)
    path = f"{kind.plural}/alice/birds"
    for name in EXPANDABLE[kind]:
        assert set(alice.get(path, expand=name).json()) <= {"_id", "id", name}
    both = alice.client.get(f"/api/{path}?expand=sha&expand[]=private").json()
    assert set(both) == {"_id", "id", "sha", "private"}


@pytest.mark.parametrize(("kind", "valid"), [("models", "baseModels"), ("datasets", "mainSize"), ("spaces", "sdk")])
def test_it_refuses_another_expand_and_lists_the_valid_values(alice: Asker, kind: str, valid: str) -> None:
    alice.create("birds", kind[:-1])
    for path in (f"{kind}/alice/birds", kind):
        answer = alice.get(path, expand="foo")
        assert answer.status_code == 400
        assert '"expand" must be one of' in answer.json()["error"]
        assert valid in answer.json()["error"]


def test_blobs_gives_sizes_and_ids_and_the_sha256_of_large_files(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"a.txt": b"hello"}))
    sha256 = alice.large(birds, "b.bin", b"large" * 100)
    said = {one["rfilename"]: one for one in alice.get(birds, blobs="true").json()["siblings"]}
    assert said["a.txt"] == {"rfilename": "a.txt", "size": 5, "blobId": "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"}
    assert said["b.bin"]["size"] == 500
    assert said["b.bin"]["lfs"]["sha256"] == sha256
    assert said["b.bin"]["lfs"]["size"] == 500
    assert said["b.bin"]["lfs"]["pointerSize"] == 128


def test_security_status_says_that_nothing_was_scanned(alice: Asker, birds: str) -> None:
    said = alice.get(birds, securityStatus="True").json()
    assert said["securityRepoStatus"] == {"scansDone": False, "filesWithIssues": []}


@pytest.mark.proves("GET /api/{type}s/{id}/revision/{rev}")
def test_it_tells_about_a_revision(alice: Asker, birds: str) -> None:
    first = alice.made(alice.commit(birds, {"a.txt": b"1"}))
    alice.made(alice.commit(birds, {"b.txt": b"2"}))
    said = alice.get(f"{birds}/revision/{first}").json()
    assert said["sha"] == first
    assert "b.txt" not in {one["rfilename"] for one in said["siblings"]}
    pull = alice.commit(birds, {"c.txt": b"3"}, create_pr=1)
    assert alice.get(f"{birds}/revision/refs%2Fpr%2F1").json()["sha"] == alice.made(pull)
    answer = alice.get(f"{birds}/revision/nowhere")
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RevisionNotFound")


def test_what_is_hidden_looks_like_what_is_absent(carol: Asker, nobody: Asker, secret: str) -> None:
    hidden, absent = carol.get(secret), carol.get("models/alice/absent")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.headers["X-Error-Code"] == absent.headers["X-Error-Code"] == "RepoNotFound"
    assert hidden.text.replace("secret", "absent") == absent.text
    assert nobody.get(secret).status_code == nobody.get("models/alice/absent").status_code == 401


def test_lookups_ignore_case(alice: Asker, birds: str) -> None:
    assert alice.get("models/ALICE/Birds").json()["id"] == "alice/birds"


@pytest.mark.parametrize("path", ["models/alice/b--b", "models/..%2F..%2Fetc/passwd", "models/a%2Fb/c"])
def test_a_name_that_none_can_have_is_not_found(alice: Asker, path: str) -> None:
    answer = alice.get(path)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


@pytest.mark.proves("GET /api/{type}s/{name}")
@pytest.mark.proves("GET /api/{type}s/{name}/revision/{rev}")
@pytest.mark.proves("GET /api/{type}s/{name}/tree/{path}")
@pytest.mark.proves("HEAD|GET /{prefix}{name}/resolve/{path}")
@pytest.mark.parametrize(
    "path", ["/api/models/gpt2", "/api/models/gpt2/revision/main", "/api/models/gpt2/tree/main", "/gpt2/resolve/main/a"]
)
def test_a_name_without_an_owner_is_not_found(alice: Asker, path: str) -> None:
    answer = alice.client.get(path)
    assert (answer.status_code, answer.headers["X-Error-Code"]) == (404, "RepoNotFound")


def test_the_request_id_comes_back(alice: Asker, birds: str) -> None:
    for path in (birds, "models/alice/absent"):
        answer = alice.client.get(f"/api/{path}", headers={"X-Amzn-Trace-Id": "trace-1"})
        assert answer.headers["X-Request-Id"] == "trace-1"

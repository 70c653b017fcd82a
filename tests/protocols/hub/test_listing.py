"""Lists of repositories."""

import json

import httpx
import pytest

from tests.protocols.hub.conftest import Asker

HEADER = json.dumps({"w": {"dtype": "F32", "shape": [4, 5], "data_offsets": [0, 80]}}).encode()
WEIGHTS = len(HEADER).to_bytes(8, "little") + HEADER + bytes(80)
CARD = b"---\npipeline_tag: text-classification\ntags: [birds]\n---\n"


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


@pytest.mark.proves("GET /api/{type}s")
def test_it_lists_the_newest_first_and_only_what_one_may_see(
    alice: Asker, carol: Asker, nobody: Asker, birds: str, secret: str
) -> None:
    alice.create("songs", "dataset")
    assert ids(alice.get("models")) == ["alice/secret", "alice/birds"]
    assert ids(carol.get("models")) == ids(nobody.get("models")) == ["alice/birds"]
    assert ids(nobody.get("datasets")) == ["alice/songs"]
    assert ids(nobody.get("spaces")) == []


def test_a_commit_moves_a_repository_to_the_front_at_once(alice: Asker, birds: str) -> None:
    alice.create("owls")
    alice.made(alice.commit(birds, {"README.md": CARD}))
    first = alice.get("models").json()[0]
    assert (first["id"], first["modelId"], first["pipeline_tag"]) == (
        "alice/birds",
        "alice/birds",
        "text-classification",
    )
    assert "birds" in first["tags"]


def test_it_filters_by_author_name_tag_and_task(alice: Asker, birds: str) -> None:
    alice.create("owls", organization="acme")
    alice.made(alice.commit(birds, {"README.md": CARD}))
    assert ids(alice.get("models", author="ACME")) == ["acme/owls"]
    assert ids(alice.get("models", search="BIR")) == ["alice/birds"]
    assert ids(alice.client.get("/api/models?search=ali&search=irds")) == ["alice/birds"]
    assert ids(alice.get("models", filter="birds")) == ["alice/birds"]
    assert ids(alice.client.get("/api/models?filter=birds&filter=nothing")) == []
    assert ids(alice.get("models", pipeline_tag="text-classification")) == ["alice/birds"]


@pytest.mark.parametrize("sort", ["createdAt", "lastModified", "downloads", "likes", "trendingScore"])
def test_it_sorts_by_what_clients_know(alice: Asker, birds: str, sort: str) -> None:
    assert ids(alice.get("models", sort=sort)) == ["alice/birds"]


def test_it_refuses_another_order(alice: Asker) -> None:
    assert alice.get("models", sort="size").status_code == 400
    assert alice.get("models", direction="1").status_code == 400


def test_pages_follow_by_a_link_on_the_clients_host(alice: Asker) -> None:
    for name in ("a", "b", "c"):
        alice.create(name)
    seen, url = [], "http://hub.test/api/models?limit=2&sort=createdAt&search=alice"
    while url:
        answer = alice.client.get(url)
        seen.append(ids(answer))
        url = answer.links.get("next", {}).get("url", "")
        assert url == "" or url.startswith("http://hub.test/api/models?limit=2&sort=createdAt&search=alice&cursor=")
    assert seen == [["alice/c", "alice/b"], ["alice/a"]]


def test_a_cursor_of_ones_own_making_is_refused(alice: Asker) -> None:
    assert alice.get("models", cursor="x").status_code == 400


def test_full_adds_siblings_and_the_card(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"README.md": CARD, "config.json": b'{"model_type": "bert"}'}))
    brief, full = (
        alice.get("models").json()[0],
        alice.get("models", full="true", cardData="True", config="true").json()[0],
    )
    assert "siblings" not in brief
    assert {"rfilename": "README.md"} in full["siblings"]
    assert full["cardData"]["tags"] == ["birds"]
    assert full["config"]["model_type"] == "bert"
    assert len(full["sha"]) == 40


def test_expand_gives_the_ids_and_exactly_what_is_asked_for(alice: Asker, birds: str) -> None:
    said = alice.client.get("/api/models?expand=author&expand=sha").json()[0]
    assert set(said) == {"_id", "id", "author", "sha"}


def test_gated_ones_are_found_and_left_out(alice: Asker, nobody: Asker, birds: str) -> None:
    alice.create("vault")
    alice.put("models/alice/vault/settings", {"gated": "auto"})
    for asked, found in (("true", ["alice/vault"]), ("True", ["alice/vault"]), ("false", ["alice/birds"])):
        assert [one["id"] for one in nobody.get("models", gated=asked).json()] == found
    assert len(nobody.get("models").json()) == 2


@pytest.mark.parametrize("name", ["inference", "inference_provider"])
def test_nothing_is_served_by_a_provider_here(alice: Asker, birds: str, name: str) -> None:
    assert ids(alice.get("models", **{name: "warm"})) == []


def test_apps_are_those_that_read_a_models_files(alice: Asker, birds: str) -> None:
    alice.made(alice.commit(birds, {"README.md": b"---\ntags: [gguf]\n---\n"}))
    assert ids(alice.get("models", apps="ollama")) == ["alice/birds"]
    assert ids(alice.client.get("/api/models?apps=ollama&apps=llama.cpp")) == ["alice/birds"]
    assert ids(alice.get("models", apps="vllm")) == []


def test_spaces_are_found_by_what_they_use(alice: Asker) -> None:
    for name, card in (("viewer", b"models: [Alice/Birds]\ndatasets: [acme/songs]"), ("clock", b"title: clock")):
        alice.create(name, "space", sdk="static")
        alice.made(alice.commit(f"spaces/alice/{name}", {"README.md": b"---\n" + card + b"\n---\n"}))
    assert ids(alice.get("spaces", models="alice/birds")) == ["alice/viewer"]
    assert ids(alice.client.get("/api/spaces?models=alice/birds&datasets=acme/songs")) == ["alice/viewer"]
    assert ids(alice.get("spaces", datasets="alice/birds")) == []
    assert ids(alice.get("spaces", linked="true")) == ["alice/viewer"]
    assert alice.get("models", linked="true").status_code == 400
    assert alice.get("datasets", apps="ollama").status_code == 400


@pytest.mark.parametrize(
    ("asked", "found"),
    [("min:1", True), ("max:1K", True), ("min:0,max:0.5K", True), ("min:1M", False), ("max:5", False)],
)
def test_it_filters_by_the_number_of_parameters(alice: Asker, birds: str, asked: str, found: bool) -> None:
    alice.create("empty")
    alice.made(alice.commit(birds, {"model.safetensors": WEIGHTS}))
    assert ids(alice.get("models", num_parameters=asked)) == (["alice/birds"] if found else [])


@pytest.mark.parametrize("asked", ["6B", "min:6X", "min:1,min:2", "min:-1", "max:1e9", "min:" + "9" * 30])
def test_it_refuses_a_number_that_is_none(alice: Asker, asked: str) -> None:
    assert alice.get("models", num_parameters=asked).status_code == 400

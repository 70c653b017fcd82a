"""The house as a whole."""

import httpx
import pytest

from tests.kit.builders import a_commit, a_dataset, a_model


def test_an_address_that_nobody_knows_is_404_in_the_clients_shape(hub):
    answer = hub.client().get("/api/this/is/no/route")
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_a_bad_token_is_told_so_in_the_words_that_clients_know(hub):
    answer = hub.client().get("/api/whoami-v2", headers={"Authorization": "Bearer hf_bad"})
    assert answer.status_code == 401
    assert answer.headers["x-error-message"] == "Invalid credentials in Authorization header"


def test_a_file_comes_back_in_process_and_behind_the_real_server(hub):
    a_model(hub, files={"config.json": b"{}", "weights.txt": b"1 2 3"})
    assert hub.client().get("/alice/birds/resolve/main/weights.txt").content == b"1 2 3"
    with hub.serve() as url:
        answer = httpx.get(f"{url}/alice/birds/resolve/main/weights.txt")
        assert answer.content == b"1 2 3"
        assert answer.headers["x-repo-commit"]


def test_what_is_private_looks_absent(hub):
    a_dataset(hub, visibility="private", files={"a.csv": b"1,2"})
    strangers = [hub.client("mallory").get(f"/api/datasets/alice/{name}") for name in ("songs", "absent")]
    assert {answer.status_code for answer in strangers} == {404}
    assert len({answer.headers["x-error-message"].replace("songs", "absent") for answer in strangers}) == 1
    assert hub.client("alice").get("/api/datasets/alice/songs").status_code == 200


def test_check_finds_nothing_in_a_hub_that_was_used(hub):
    repo = a_model(hub, "acme/fish", files={"a.txt": b"a"})
    a_commit(hub, repo, {"b.txt": b"b"}, by="bob")
    assert hub.work() > 0
    assert hub.check() == []


@pytest.mark.parametrize("hub", [{"storage": "memory:"}], indirect=True)
def test_a_hub_can_live_in_memory(hub):
    a_model(hub, files={"a.txt": b"a"})
    assert hub.client().get("/alice/birds/resolve/main/a.txt").text == "a"


def test_a_person_gets_pages_and_a_client_gets_json(hub):
    browser = {"accept": "text/html,application/xhtml+xml"}
    assert "<html" in hub.client().get("/", headers=browser).text
    missing = hub.client().get("/alice/absent", headers=browser)
    assert missing.status_code in {401, 404}
    assert missing.headers["content-type"].startswith("text/html")
    assert hub.client().get("/api/models/alice/absent", headers=browser).json()["error"]

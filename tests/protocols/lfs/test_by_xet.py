"""Uploads that git-lfs announces and a Xet agent carries out."""

import pytest

from tests.kit.builders import a_model
from tests.protocols.lfs.talk import URL, action, batch, upload

CONTENT = b"weights" * 1000
OFFER = ("xet", "multipart", "basic")


@pytest.mark.parametrize("path", ["alice/m", "datasets/alice/d"])
def test_a_client_that_can_is_given_a_token_and_where_to_get_the_next(hub, path):
    kind = "dataset" if path.startswith("datasets/") else "model"
    hub.client("alice").post("/api/repos/create", json={"name": path[-1], "type": kind})
    answer = batch(hub.client("alice"), path, "upload", CONTENT, b"other", transfers=OFFER)
    assert answer.json()["transfer"] == "xet"
    sent, also = action(answer, "upload"), action(answer, "upload", 1)
    assert sent["header"] == also["header"]
    assert set(sent["header"]) == {
        "X-Xet-Cas-Url", "X-Xet-Access-Token", "X-Xet-Token-Expiration", "X-Xet-Session-Id",
    }  # fmt: skip
    assert sent["header"]["X-Xet-Cas-Url"].startswith(f"{URL}/xet/")
    again = hub.client("alice").get(sent["href"].removeprefix(URL))
    assert again.json()["casUrl"] == sent["header"]["X-Xet-Cas-Url"]
    assert "verify" in answer.json()["objects"][0]["actions"]


def test_downloads_and_what_is_here_need_no_xet(hub):
    a_model(hub)
    alice = hub.client("alice")
    upload(alice, hub.client(), "alice/birds", CONTENT)
    down = batch(alice, "alice/birds", "download", CONTENT, transfers=OFFER).json()
    assert down["transfer"] == "basic" and "header" not in down["objects"][0]["actions"]["download"]
    assert "actions" not in batch(alice, "alice/birds", "upload", CONTENT, transfers=OFFER).json()["objects"][0]


def test_who_may_only_propose_gets_a_token_that_only_proposes(hub):
    a_model(hub)
    sent = action(batch(hub.client("carol"), "alice/birds", "upload", CONTENT, transfers=OFFER), "upload")
    assert sent["href"].endswith("/xet-write-token/main?create_pr=1")
    assert hub.client("carol").get(sent["href"].removeprefix(URL)).status_code == 200
    assert hub.client("carol").get(sent["href"].removeprefix(URL).partition("?")[0]).status_code == 403


def test_a_token_that_reads_gets_none(hub):
    a_model(hub)
    assert batch(hub.client("alice", "read"), "alice/birds", "upload", CONTENT, transfers=OFFER).status_code == 403

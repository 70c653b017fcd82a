"""LFS as its clients see it: batches, uploads, verification, downloads."""

import os

import pytest

from freehold.base.ids import Sha256
from tests.kit.builders import a_dataset, a_model
from tests.protocols.lfs.talk import MEDIA_TYPE, URL, action, ask, batch, digest, download, upload

WEIGHTS = os.urandom(3_000_000)


def held(hub, repo_id, data: bytes):
    repo = hub.rooms.repos.reader(hub.actor("alice"), repo_id).repo
    return hub.rooms.repos.objects.has(repo, Sha256(digest(data)))


def test_alice_uploads_verifies_and_downloads(hub):
    a_model(hub)
    alice, anyone = hub.client("alice"), hub.client()
    answer = batch(alice, "alice/birds", "upload", WEIGHTS)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert anyone.put(action(answer, "upload")["href"].removeprefix(URL), content=WEIGHTS).status_code == 200
    verify = action(answer, "verify")["href"].removeprefix(URL)
    named = {"oid": digest(WEIGHTS), "size": len(WEIGHTS)}
    assert alice.post(verify, json=named).status_code == 200
    got = download(alice, anyone, "alice/birds", WEIGHTS)
    assert got.content == WEIGHTS
    assert got.headers["etag"] == f'"{digest(WEIGHTS)}"'


def test_a_download_can_be_resumed(hub):
    a_model(hub)
    alice, anyone = hub.client("alice"), hub.client()
    upload(alice, anyone, "alice/birds", WEIGHTS)
    got = download(alice, anyone, "alice/birds", WEIGHTS, Range="bytes=1000-")
    assert got.status_code == 206
    assert got.content == WEIGHTS[1000:]


def test_a_stored_object_needs_no_upload(hub):
    a_model(hub)
    alice = hub.client("alice")
    upload(alice, hub.client(), "alice/birds", WEIGHTS)
    assert batch(alice, "alice/birds", "upload", WEIGHTS).json()["objects"] == [
        {"oid": digest(WEIGHTS), "size": len(WEIGHTS)}
    ]


def test_an_upload_becomes_xet_backed_and_reads_the_same(hub):
    repo_id = a_model(hub)
    alice, anyone = hub.client("alice"), hub.client()
    upload(alice, anyone, "alice/birds", WEIGHTS)
    hub.work()
    found = held(hub, repo_id, WEIGHTS)
    assert found is not None
    assert found.xet_hash is not None
    assert download(alice, anyone, "alice/birds", WEIGHTS).content == WEIGHTS


def test_datasets_have_their_own_address(hub):
    a_dataset(hub)
    alice = hub.client("alice")
    assert upload(alice, hub.client(), "datasets/alice/songs", b"la la").status_code == 200
    verify = action(batch(alice, "datasets/alice/songs", "upload", b"other"), "verify")["href"]
    assert verify == f"{URL}/datasets/alice/songs.git/info/lfs/objects/verify"


def test_a_renamed_repository_sends_its_clients_on(hub):
    repo_id = a_model(hub)
    from freehold.base.ids import RepoId

    hub.rooms.repos.move(hub.actor("alice"), repo_id, RepoId(repo_id.kind, "alice", "fish"))
    answer = batch(hub.client("alice"), "alice/birds", "upload", WEIGHTS)
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/alice/fish.git/info/lfs/objects/batch")


def test_verify_says_what_is_not_there(hub):
    a_model(hub)
    alice = hub.client("alice")
    upload(alice, hub.client(), "alice/birds", WEIGHTS)
    verify = "/alice/birds.git/info/lfs/objects/verify"
    assert alice.post(verify, json={"oid": digest(b"other"), "size": 5}).status_code == 404
    assert alice.post(verify, json={"oid": digest(WEIGHTS), "size": 5}).status_code == 400


def test_an_object_that_is_not_here_is_an_error_of_that_object_only(hub):
    a_model(hub)
    alice = hub.client("alice")
    upload(alice, hub.client(), "alice/birds", WEIGHTS)
    objects = batch(alice, "alice/birds", "download", b"absent", WEIGHTS).json()["objects"]
    assert objects[0]["error"]["code"] == 404
    assert objects[1]["actions"]["download"]


@pytest.mark.parametrize(("oid", "size"), [("xyz", 1), ("AB" * 32, 1), ("../../etc/passwd", 1), ("ab" * 32, -1)])
def test_it_refuses_an_object_with_no_proper_name(hub, oid, size):
    a_model(hub)
    document = {"operation": "upload", "objects": [{"oid": oid, "size": size}]}
    assert ask(hub.client("alice"), "alice/birds", document).json()["objects"][0]["error"]["code"] == 422


def test_it_refuses_a_malformed_batch_in_the_clients_shape(hub):
    a_model(hub)
    answer = ask(hub.client("alice"), "alice/birds", {"operation": "steal", "objects": []})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "batch request" in answer.json()["message"]


@pytest.mark.parametrize("hub", [{"max_file_bytes": 1000}], indirect=True)
def test_it_refuses_a_file_above_the_limit_and_takes_the_others(hub):
    a_model(hub)
    objects = batch(hub.client("alice"), "alice/birds", "upload", b"x" * 1001, b"small").json()["objects"]
    assert objects[0]["error"]["code"] == 413
    assert "1000 bytes" in objects[0]["error"]["message"]
    assert objects[1]["actions"]["upload"]


@pytest.mark.parametrize("hub", [{"quota_bytes": 10}], indirect=True)
def test_it_refuses_what_exceeds_the_quota(hub):
    a_model(hub)
    objects = batch(hub.client("alice"), "alice/birds", "upload", b"seven b", b"seven c").json()["objects"]
    assert [item["error"]["code"] for item in objects] == [403, 403]
    assert "quota" in objects[0]["error"]["message"] or "may hold 10 bytes" in objects[0]["error"]["message"]


def test_it_refuses_an_upload_shorter_or_longer_than_announced(hub):
    repo_id = a_model(hub)
    alice, anyone = hub.client("alice"), hub.client()
    href = action(batch(alice, "alice/birds", "upload", WEIGHTS), "upload")["href"].removeprefix(URL)
    assert anyone.put(href, content=WEIGHTS[:-1]).status_code == 400
    assert anyone.put(href, content=WEIGHTS + b"!").status_code == 413
    assert held(hub, repo_id, WEIGHTS) is None


@pytest.mark.parametrize("hub", [{"lfs_part_bytes": 1_000_000}], indirect=True)
class TestParts:
    """The Hub's own multipart transfer."""

    def begin(self, hub, data=WEIGHTS):
        a_model(hub)
        answer = batch(hub.client("alice"), "alice/birds", "upload", data, transfers=("basic", "multipart"))
        assert answer.json()["transfer"] == "multipart"
        header = action(answer, "upload")["header"]
        assert header.pop("chunk_size") == "1000000"
        urls = [header[number].removeprefix(URL) for number in sorted(header)]
        return urls, action(answer, "upload")["href"].removeprefix(URL)

    def parts(self, data=WEIGHTS):
        return [data[start : start + 1_000_000] for start in range(0, len(data), 1_000_000)]

    def completion(self, etags, oid=None):
        parts = [{"partNumber": number, "etag": etag} for number, etag in enumerate(etags, start=1)]
        return {"oid": oid or digest(WEIGHTS), "parts": parts}

    def test_parts_make_the_whole(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200
        assert download(hub.client("alice"), anyone, "alice/birds", WEIGHTS).content == WEIGHTS
        assert list(hub.rooms.blobs.keys("parts")) == []

    def test_completing_again_after_a_lost_answer_succeeds(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        for _ in range(2):
            assert anyone.post(complete, json=self.completion(etags)).status_code == 200

    def test_it_refuses_to_complete_with_a_part_missing(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etag = anyone.put(urls[0], content=self.parts()[0]).headers["etag"]
        assert anyone.post(complete, json=self.completion([etag])).status_code == 400
        assert anyone.post(complete, json=self.completion([etag] * 3)).status_code == 400
        anyone.put(urls[1], content=self.parts()[1])
        assert anyone.post(complete, json=self.completion([etag] * 3)).status_code == 400

    def test_it_refuses_parts_of_other_bytes(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = [anyone.put(url, content=os.urandom(1_000_000)).headers["etag"] for url in urls]
        assert anyone.post(complete, json=self.completion(etags)).status_code == 422
        assert list(hub.rooms.blobs.keys("parts")) == []

    def test_parts_and_their_numbers_may_come_in_any_order(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = {}
        for number in (2, 3, 1):
            etags[number] = anyone.put(urls[number - 1], content=self.parts()[number - 1]).headers["etag"]
        said = [{"partNumber": number, "etag": etag} for number, etag in etags.items()]
        assert anyone.post(complete, json={"oid": digest(WEIGHTS), "parts": said}).status_code == 200
        assert download(hub.client("alice"), anyone, "alice/birds", WEIGHTS).content == WEIGHTS

    def test_a_truncated_part_is_refused_and_may_be_sent_again(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        assert anyone.put(urls[0], content=self.parts()[0][:-1]).status_code == 400
        assert list(hub.rooms.blobs.keys("parts")) == []
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200

    def test_a_part_sent_twice_counts_as_it_was_sent_last(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        anyone.put(urls[0], content=os.urandom(1_000_000))
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200

    def test_a_part_named_twice_completes_nothing(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        twice = [{"partNumber": 1, "etag": etags[0]}, *self.completion(etags)["parts"]]
        assert anyone.post(complete, json={"oid": digest(WEIGHTS), "parts": twice}).status_code == 400
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200

    def test_a_part_replayed_after_the_end_changes_nothing_and_is_swept(self, hub):
        urls, complete = self.begin(hub)
        anyone = hub.client()
        etags = [anyone.put(url, content=part).headers["etag"] for url, part in zip(urls, self.parts(), strict=True)]
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200
        assert anyone.put(urls[1], content=os.urandom(1_000_000)).status_code == 200
        assert anyone.post(complete, json=self.completion(etags)).status_code == 200
        assert download(hub.client("alice"), anyone, "alice/birds", WEIGHTS).content == WEIGHTS
        assert list(hub.rooms.blobs.keys("parts")) == []

    def test_a_client_that_knows_no_parts_sends_the_whole(self, hub):
        a_model(hub)
        answer = batch(hub.client("alice"), "alice/birds", "upload", WEIGHTS)
        assert answer.json()["transfer"] == "basic"
        assert "header" not in action(answer, "upload")

    def test_an_empty_file_beside_a_long_one_has_no_parts(self, hub):
        a_model(hub)
        answer = batch(hub.client("alice"), "alice/birds", "upload", WEIGHTS, b"", transfers=("multipart", "basic"))
        assert action(answer, "upload", at=1)["header"] == {"chunk_size": "1000000"}
        complete = action(answer, "upload", at=1)["href"].removeprefix(URL)
        assert hub.client().post(complete, json=self.completion([], digest(b""))).status_code == 200

"""The batch document: what real clients send, and what nobody should."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.lfs.batch import (
    MAX_OBJECTS,
    Action,
    BatchResponse,
    Object,
    ObjectAnswer,
    ObjectError,
    parse_batch,
    part_header,
)

OID = "ab" * 32

HUGGINGFACE_HUB = {
    "operation": "upload",
    "transfers": ["basic", "multipart"],
    "objects": [{"oid": OID, "size": 7}],
    "hash_algo": "sha256",
    "ref": {"name": "main"},
}
GIT_LFS = {
    "operation": "download",
    "objects": [{"oid": OID, "size": 7}],
    "transfers": ["lfs-standalone-file", "basic", "ssh"],
    "ref": {"name": "refs/heads/main"},
    "hash_algo": "sha256",
}


@pytest.mark.parametrize("document", [HUGGINGFACE_HUB, GIT_LFS, {"operation": "upload", "objects": []}])
def test_it_reads_what_clients_send(document):
    request = parse_batch(json.dumps(document).encode())
    assert request.operation == document["operation"]
    assert request.objects == [Object(item["oid"], item["size"]) for item in document["objects"]]


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{}", '{"operation": "delete", "objects": []}', '{"operation": "upload"}',
        '{"operation": "upload", "objects": [{"oid": 7, "size": 7}]}',
        '{"operation": "upload", "objects": [{"oid": "a", "size": "7"}]}',
        '{"operation": "upload", "objects": [{"oid": "a", "size": 1.5}]}',
        '{"operation": "upload", "objects": [], "hash_algo": "md5"}', "[" * 100_000, "\xff",
    ],
)  # fmt: skip
def test_it_refuses_what_is_no_batch_request(text):
    with pytest.raises(Invalid):
        parse_batch(text.encode("latin-1"))


def test_it_refuses_too_many_objects():
    objects = [{"oid": OID, "size": 1}] * (MAX_OBJECTS + 1)
    with pytest.raises(Invalid, match="Send several"):
        parse_batch(json.dumps({"operation": "upload", "objects": objects}).encode())


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        parse_batch(data)
    except Invalid:
        return


def test_an_answer_says_nothing_that_was_left_out():
    answer = BatchResponse(
        "basic",
        [
            ObjectAnswer("a", 1),
            ObjectAnswer("b", 2, {"download": Action("http://hub.test/b")}),
            ObjectAnswer("c", 3, error=ObjectError(404, "gone")),
        ],
    )
    assert json.loads(msgspec.json.encode(answer)) == {
        "transfer": "basic",
        "objects": [
            {"oid": "a", "size": 1},
            {"oid": "b", "size": 2, "actions": {"download": {"href": "http://hub.test/b"}}},
            {"oid": "c", "size": 3, "error": {"code": 404, "message": "gone"}},
        ],
        "hash_algo": "sha256",
    }


def test_the_header_of_parts_holds_their_size_and_urls_and_nothing_else():
    assert part_header(5, ["u1", "u2"]) == {"chunk_size": "5", "00001": "u1", "00002": "u2"}


def test_the_javascript_client_has_its_own_spelling_of_the_hash():
    assert parse_batch(b'{"operation": "upload", "objects": [], "hash_algo": "sha_256"}').objects == []

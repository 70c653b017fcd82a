"""The small documents around a transfer."""

import json

import pytest

from freehold.base.errors import Invalid
from freehold.wire.lfs.batch import Object
from freehold.wire.lfs.transfer import error_document, parse_completion, parse_verify


def completion(*numbers: int) -> bytes:
    parts = [{"partNumber": number, "etag": f'"{number}"'} for number in numbers]
    return json.dumps({"oid": "a", "parts": parts}).encode()


def test_a_completion_names_each_part_once_in_any_order():
    assert parse_completion(completion(2, 1), 2).oid == "a"
    assert parse_completion(completion(), 0).parts == []


@pytest.mark.parametrize("numbers", [(), (1,), (1, 1), (1, 3), (0, 1), (1, 2, 3)])
def test_it_refuses_a_completion_with_other_parts(numbers):
    with pytest.raises(Invalid, match="1 to 2"):
        parse_completion(completion(*numbers), 2)


@pytest.mark.parametrize("text", ["", "[]", '{"oid": "a"}', '{"oid": "a", "parts": [{"partNumber": "1"}]}'])
def test_it_refuses_what_is_no_completion(text):
    with pytest.raises(Invalid):
        parse_completion(text.encode(), 1)


def test_verify_reads_a_content():
    assert parse_verify(b'{"oid": "a", "size": 7}') == Object("a", 7)
    with pytest.raises(Invalid):
        parse_verify(b'{"oid": "a"}')


def test_an_error_is_a_message():
    assert json.loads(error_document("No.", "")) == {"message": "No."}
    assert json.loads(error_document("No.", "r1")) == {"message": "No.", "request_id": "r1"}

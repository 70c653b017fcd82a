"""A batch of changes to a bucket, as bytes."""

import json

import hypothesis
import pytest
from hypothesis import strategies as st

from freehold.base.errors import Invalid, TooLarge
from freehold.wire.hub.buckets import MOST_CHANGES, AddFile, CopyFile, DeleteFile, parse_batch

CHANGES = st.one_of(
    st.builds(AddFile, st.text(), st.text(), st.none() | st.integers(-(2**53), 2**53), st.none() | st.text()),
    st.builds(CopyFile, st.text(), st.text(), st.text(), st.text()),
    st.builds(DeleteFile, st.text()),
)
NAMES = {AddFile: "addFile", CopyFile: "copyFile", DeleteFile: "deleteFile"}
WIRE = {"path": "path", "xet_hash": "xetHash", "mtime": "mtime", "content_type": "contentType",
        "source_repo_type": "sourceRepoType", "source_repo_id": "sourceRepoId"}  # fmt: skip


def spelled(change: AddFile | CopyFile | DeleteFile) -> bytes:
    fields = {WIRE[name]: getattr(change, name) for name in change.__struct_fields__}
    return json.dumps({"type": NAMES[type(change)], **fields}).encode()


@hypothesis.given(st.lists(CHANGES, max_size=20), st.sampled_from([b"\n", b"\r\n", b"\n\n  \n"]))
def test_what_a_client_writes_is_read(changes: list[AddFile | CopyFile | DeleteFile], end: bytes) -> None:
    hypothesis.assume(all(letter < "\ud800" or letter > "\udfff" for change in changes for letter in change.path))
    assert parse_batch(b"".join(spelled(change) + end for change in changes)) == changes


@hypothesis.given(st.binary(max_size=300))
def test_anything_else_is_refused_in_a_sentence(body: bytes) -> None:
    try:
        parse_batch(body)
    except Invalid as error:
        assert error.message.startswith("Line ")


def test_it_counts() -> None:
    line = b'{"type":"deleteFile","path":"x"}\n'
    assert len(parse_batch(line * MOST_CHANGES)) == MOST_CHANGES
    with pytest.raises(TooLarge, match="1000 operations"):
        parse_batch(line * (MOST_CHANGES + 1))

"""The reader of NDJSON commits."""

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid, TooLarge
from freehold.wire.hub.commit import (
    CommitLimits,
    CommitReader,
    DeletedFile,
    DeletedFolder,
    LfsFileValue,
    PathValue,
    ReceivedCommit,
    SmallFile,
)

HEADER = {"key": "header", "value": {"summary": "add birds", "description": ""}}


def lines(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def file(path: str, content: bytes) -> dict[str, object]:
    text = base64.b64encode(content).decode()
    return {"key": "file", "value": {"path": path, "content": text, "encoding": "base64"}}


def read(body: bytes, limits: CommitLimits | None = None) -> ReceivedCommit:
    reader = CommitReader(limits)
    reader.feed(body)
    return reader.finish()


def test_it_reads_every_operation_in_order() -> None:
    commit = read(
        lines(
            {"key": "header", "value": {"summary": "s", "description": "d", "parentCommit": "a" * 40}},
            {"key": "deletedFile", "value": {"path": "a"}},
            file("a", b"\x00\xff"),
            {"key": "lfsFile", "value": {"path": "b", "algo": "sha256", "oid": "f" * 64, "size": 5}},
            {"key": "deletedFolder", "value": {"path": "c/"}},
        )
    )
    assert (commit.header.summary, commit.header.description, commit.header.parent_commit) == ("s", "d", "a" * 40)
    assert commit.operations == [
        DeletedFile(PathValue("a")),
        SmallFile("a", b"\x00\xff"),
        LfsFileValue("b", "f" * 64, "sha256", 5),
        DeletedFolder(PathValue("c/")),
    ]


def test_it_takes_a_large_file_without_a_size_as_copies_are_sent() -> None:
    commit = read(lines(HEADER, {"key": "lfsFile", "value": {"path": "b", "algo": "sha256", "oid": "f" * 64}}))
    assert commit.operations == [LfsFileValue("b", "f" * 64)]


def test_it_takes_plain_text_and_a_last_line_without_a_newline() -> None:
    body = lines(HEADER, {"key": "file", "value": {"path": "a", "content": "é", "encoding": "utf-8"}})
    assert read(body[:-1]).operations == [SmallFile("a", "é".encode())]


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.text(min_size=1).filter(lambda text: text.isprintable()), st.binary()), max_size=5),
    st.lists(st.integers(min_value=1, max_value=40), min_size=1, max_size=30),
)
def test_it_does_not_matter_how_the_body_was_cut(files: list[tuple[str, bytes]], cuts: list[int]) -> None:
    body = lines(HEADER, *(file(path, content) for path, content in files))
    reader, start = CommitReader(), 0
    for cut in cuts:
        reader.feed(body[start : start + cut])
        start += cut
    reader.feed(body[start:])
    assert reader.finish().operations == [SmallFile(path, content) for path, content in files]


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_it_answers_any_bytes_with_a_commit_or_a_sentence(body: bytes) -> None:
    try:
        read(body)
    except Invalid as error:
        assert error.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The commit is empty"),
        (lines(file("a", b"")), "first line must be its header"),
        (lines(HEADER, HEADER), "Line 2 of the commit is a second header"),
        (lines(HEADER) + b"{\n", "Line 2 of the commit is not valid JSON"),
        (lines(HEADER, {"key": "rename", "value": {}}), "Line 2 of the commit has the wrong form"),
        (lines(HEADER, {"key": "file", "value": {"path": "a"}}), "Line 2 of the commit has the wrong form"),
        (lines(HEADER, {"key": "file", "value": {"path": "a", "content": "@@"}}), "not valid base64"),
        (lines(HEADER, {"key": "lfsFile", "value": {"path": "a", "oid": "b", "algo": "md5"}}), "wrong form"),
        (b"[" * 100_000, "Line 1 of the commit"),
    ],
)
def test_it_refuses_what_is_malformed(body: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        read(body)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (CommitLimits(line_bytes=50), "Line 2 of the commit is longer"),
        (CommitLimits(content_bytes=99), "split it into several commits"),
        (CommitLimits(operations=1), "A commit may hold 1 operations"),
    ],
)
def test_it_refuses_what_is_too_large(limits: CommitLimits, said: str) -> None:
    header = {"key": "header", "value": {"summary": ""}}
    with pytest.raises(TooLarge, match=said):
        read(lines(header, file("a", b"x" * 60), file("b", b"x" * 60)), limits)


def test_it_does_not_gather_a_line_that_never_ends() -> None:
    reader = CommitReader(CommitLimits(line_bytes=1000))
    with pytest.raises(TooLarge):
        for _ in range(100):
            reader.feed(b"x" * 100)

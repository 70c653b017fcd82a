"""What a file is goes by its first bytes, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.media import MEDIA, NEEDED, medium_of


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "jpg"),
        (b"GIF89a\1\0\1\0", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "wav"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "mov"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "mov"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81", "webm"),
        (b"ID3\x04\0\0\0\0\0\0", "mp3"),
        (b"\xff\xfb\x90\x64\0\0\0\0", "mp3"),
    ],
)
def test_the_formats_that_clients_send_are_known(head, suffix):
    assert medium_of(head) is MEDIA[suffix]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<svg xmlns='http",
        b"<!doctype html>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"RIFF\x10\0\0\0AVI LIST",
        b"\0\0\0\x1cftypavif",
        b"\xff\xfe<\0h\0",  # UTF-16 text
        b"\xff\xf1\x50\x80",  # AAC
    ],
)
def test_what_is_none_of_them_is_nothing(head):
    assert medium_of(head) is None


@given(st.binary(max_size=NEEDED))
def test_any_bytes_have_an_answer(head):
    medium = medium_of(head)
    assert medium is None or medium.kind in ("image", "video", "audio")

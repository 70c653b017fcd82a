"""Archives are listed by their headers, under limits; what is none is refused."""

import contextlib
import io
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.errors import Invalid
from freehold.wire.archives import MAX_MEMBERS, MAX_TAR_READS, list_tar, list_zip


def a_zip(names: list[str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"12345")
    return out.getvalue()


def a_tar(count: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for number in range(count):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = 5
            archive.addfile(member, io.BytesIO(b"12345"))
    return out.getvalue()


def listed(how, raw: bytes):
    return how(lambda start, stop: raw[start:stop], len(raw))


def test_a_zip_is_listed_and_counted():
    found = listed(list_zip, a_zip([f"{number}.txt" for number in range(MAX_MEMBERS + 5)]))
    assert (len(found.members), found.total) == (MAX_MEMBERS, MAX_MEMBERS + 5)
    assert (found.members[0].name, found.members[0].size) == ("0.txt", 5)


def test_a_short_tar_is_counted_and_a_long_one_is_not_read_to_its_end():
    assert listed(list_tar, a_tar(3)).total == 3
    long = listed(list_tar, a_tar(2 * MAX_TAR_READS))
    assert (0 < len(long.members) <= MAX_TAR_READS, long.total) == (True, None)


@pytest.mark.parametrize("how", [list_zip, list_tar])
@pytest.mark.parametrize("raw", [b"", b"words", b"PK\5\6" + b"\xff" * 18, b"\xff" * 1024])
def test_what_is_no_archive_is_refused(how, raw):
    with pytest.raises(Invalid):
        listed(how, raw)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 400), st.sampled_from([list_zip, list_tar]))
def test_a_damaged_archive_breaks_nothing(noise, at, how):
    whole = a_zip(["a.txt", "b.txt"]) if how is list_zip else a_tar(2)
    with contextlib.suppress(Invalid):
        listed(how, whole[:at] + noise + whole[at + len(noise) :])

"""What a pickle imports is told without loading it, and any bytes get an answer."""

import io
import pickle
import struct
from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.pickles import UNTOLD, read_pickles
from freehold.wire.windows import Window


def read(data, steps=10_000):
    return read_pickles(Window(lambda start, stop: data[start:stop], len(data), 1 << 20), steps)


class Run:
    def __reduce__(self):
        return print, ("caught",)


@pytest.mark.parametrize("protocol", range(6))
def test_every_protocol_tells_its_imports(protocol):
    found = read(pickle.dumps([OrderedDict(a=1), Run(), Run()], protocol))
    assert found.whole
    assert {name.replace("__builtin__", "builtins") for name in found.imports} == {
        "collections.OrderedDict",
        "builtins.print",
    }


def test_texts_that_went_through_the_memo_are_known():
    data = b"\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93\x8c\x02id\x85R."
    assert read(data).imports == {"os.system"}


def test_a_text_that_was_made_is_not_known():
    data = b"\x80\x04\x8c\x02os\x85\x8c\x06system\x93."
    assert read(data).imports == {UNTOLD}


@pytest.mark.parametrize(
    "data", [b"", b"no pickle", b"\x80\x04\x93.", b"\x80\x02cos\nsystem\n" + b"\xff", b"\x80\x04h\x00."]
)
def test_what_breaks_off_is_not_whole(data):
    found = read(data)
    assert not found.whole
    assert found.imports <= {"os.system", UNTOLD}


def test_what_comes_before_a_break_is_told():
    assert read(b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R" + b"\xff\xff").imports == {"os.system"}


def test_pickles_behind_the_first_are_read():
    assert read(pickle.dumps(1) + pickle.dumps(Run())).imports == {"builtins.print"}
    assert read(pickle.dumps(1) + b"cos\nsystem\n.").imports == {"os.system"}
    assert not read(pickle.dumps(1) + b"\0" * 100).whole


def test_a_file_of_old_pytorch_is_five_pickles_and_then_bytes():
    parts = [pickle.dumps(one, 2) for one in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}, Run(), ["0"])]
    found = read(b"".join(parts) + b"\x80\x02cos\nsystem\n")
    assert (found.whole, found.imports) == (True, {"__builtin__.print"})


def test_too_many_steps_are_not_taken():
    assert not read(pickle.dumps(list(range(100))), steps=50).whole


def test_a_length_that_lies_takes_no_memory():
    assert not read(b"\x80\x04\x8e" + struct.pack("<Q", 1 << 40)).whole


def test_names_are_short_and_plain():
    assert read(b"\x80\x04\x8c\x03\xc3\xa9a\x8c\x01b\x93.").imports == {UNTOLD}


@given(st.binary(max_size=200), st.sampled_from([b"", b"\x80\x02", b"\x80\x04", b"\x80\x04\x8c\x02os("]))
def test_any_bytes_get_an_answer(data, start):
    read(start + data)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(st.text(), one)))
def test_plain_values_import_nothing(value):
    for protocol in range(6):
        found = read(pickle.dumps(value, protocol), steps=10**6)
        assert (found.whole, found.imports) == (True, set())


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 320), st.integers(0, 50)), max_size=8))
def test_a_window_reads_what_a_file_does(data, steps):
    window, file = Window(lambda start, stop: data[start:stop], len(data), 10**6), io.BytesIO(data)
    for at, length in steps:
        assert window.seek(at) == file.seek(at)
        assert window.read(length) == file.read(length)
        assert window.readline() == file.readline()
        assert window.tell() == file.tell()

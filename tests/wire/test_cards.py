"""Front matter is read as the Hub reads it, and hostile front matter costs nothing."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freehold.base.ids import RepoKind
from freehold.wire.cards import parse_card, validate
from freehold.wire.frontmatter import MAX_DEPTH, Refused, load, load_file


def card(head: str, body: str = "# Hello\n") -> str:
    return f"---\n{head}\n---\n{body}"


def test_it_splits_front_matter_from_text():
    read = parse_card(card("license: mit\ntags:\n- a\n- b"))
    assert read.data == {"license": "mit", "tags": ["a", "b"]}
    assert read.body == "# Hello\n"
    assert read.problem is None


@pytest.mark.parametrize("text", ["", "# Hello", "---", "---\nnever closed: yes\n", "text\n---\na: 1\n---\n"])
def test_a_card_without_front_matter_is_all_text(text):
    read = parse_card(text)
    assert (read.data, read.body, read.problem) == ({}, text, None)


def test_it_reads_windows_lines_a_byte_order_mark_and_blank_lines_before():
    assert parse_card("\ufeff\r\n\n---\r\na: 1\r\n---\r\nbody".encode()).data == {"a": 1}


def test_norwegian_stays_a_language_and_numbers_are_numbers():
    head = "language: no\non: off\nn: 0x10\no: 0o17\np: 010\nf: 1.5e3\ng: 1_000\ns: 1:30\nv: 1.2.3\nz: ~\nb: true"
    assert parse_card(card(head)).data == {
        "language": "no", "on": "off", "n": 16, "o": 15, "p": 10, "f": 1500.0, "g": 1000,
        "s": "1:30", "v": "1.2.3", "z": None, "b": True,
    }  # fmt: skip


def test_dates_are_spelled_as_json_spells_them():
    head = "d: 2023-01-02\nt: 2023-01-02T03:04:05+02:00\nx: 2023-13-45\nq: '2023-01-02'\n2024-01-01: key"
    assert parse_card(card(head)).data == {
        "d": "2023-01-02T00:00:00.000Z",
        "t": "2023-01-02T01:04:05.000Z",
        "x": "2023-13-45",
        "q": "2023-01-02",
        "2024-01-01T00:00:00.000Z": "key",
    }


def test_everything_it_gives_is_json():
    data = parse_card(card(f"a: .nan\nb: .inf\nc: {'9' * 30}\nd: 1e999\n1: x\ntrue: y\n~: z")).data
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["c"] == 1e30
    assert set(data) == {"a", "b", "c", "d", "1", "true", "null"}


def test_aliases_and_merges_are_followed():
    head = "base: &b {x: 1, y: 2}\nuse: *b\nmore:\n  <<: *b\n  y: 3\nquoted: {'<<': 4}"
    data = parse_card(card(head)).data
    assert data["use"] == {"x": 1, "y": 2}
    assert data["more"] == {"x": 1, "y": 3}
    assert data["quoted"] == {"<<": 4}


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("a: 1\na: 2", "twice"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("a: !mine 3", "tag"),
        ("a: &x [*x]", "contains it"),
        ("a: *nowhere", "not defined"),
        ("? [1, 2]\n: 3", "single word"),
        ("- 1\n- 2", "mapping"),
        ("a: [1", "not valid YAML"),
        ("a: \x07", "not valid YAML"),
        ("a: \t- b: 'c", "not valid YAML"),
        ("<<: 3", "merge key"),
    ],
)
def test_it_refuses_what_is_malformed_in_words(head, says):
    read = parse_card(card(head))
    assert says in (read.problem or "")
    assert read.data == {}
    assert read.body == "# Hello\n"


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    "head",
    [
        "a: " + "[" * 200_000,
        "a: " + "{a: " * 100_000,
        "- " * 200_000,
        "? " * 200_000,
        BOMB,
        "a: " + "x" * (5 << 20),
        "a: [" + "1, " * 200_000 + "]",
        "\n" * 300_000 + "a: " + "[" * 100_000,
        "a: " + "9" * 500_000 + "e",
        "".join(f"{' ' * n}k:\n" for n in range(1000)),
    ],
    ids=["lists", "maps", "blocks", "keys", "aliases", "long", "many", "blank", "digits", "indent"],
)
def test_hostile_front_matter_is_cheap(head):
    began = time.process_time()
    parse_card(card(head))
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "attack", ["---\n" + "\n" * 100_000, "---\n" + " \n" * 50_000 + "---x", "-" * 500_000, "---\n" * 100_000]
)
def test_markers_are_found_in_linear_time(attack):
    began = time.process_time()
    parse_card(attack)
    assert time.process_time() - began < 0.5


def test_depth_is_allowed_up_to_the_limit():
    assert load("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(Refused, match="deeper"):
        load("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_it_never_raises(text):
    read = parse_card(text)
    json.dumps(dict(read.data), allow_nan=False)
    parse_card(card(text))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["C", "Z"])),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(categories=["L"])), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("abcdef", min_size=1), VALUES))
def test_json_is_read_back_unchanged(value):
    assert load(json.dumps(value, ensure_ascii=False)) == value


def test_validate_says_what_the_client_expects():
    assert validate("# no metadata") == ([], ["empty or missing yaml metadata in repo card"])
    assert validate(card("license: mit")) == ([], [])
    assert validate(card("license: asdf"))[0][0].startswith('"license" must be one of [apache-2.0, mit, ')
    assert validate(card("model-index: 3"))[0] == ['"model-index" must be an array']
    assert validate(card("a: ["))[0][0].startswith("The front matter is not valid YAML")
    assert validate(card("license: [mit, cc0-1.0]"), RepoKind.DATASET) == ([], [])
    assert validate(card("license: [mit, cc0-1.0]"), RepoKind.MODEL)[0]


def test_a_whole_file_of_yaml_is_spoken_of_as_a_file_with_its_own_lines():
    with pytest.raises(Refused, match=r"The file is not valid YAML: .*line 2"):
        load_file("a: 1\nb: ]\nc: 1\n")
    with pytest.raises(Refused, match=r"The front matter is not valid YAML: .*line 3"):
        load("a: 1\nb: ]\nc: 1\n")

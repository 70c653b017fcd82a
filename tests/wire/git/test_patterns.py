"""Ignore rules and attributes, judged by git itself; and patterns made to be slow."""

import re
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.wire.git.attributes import parse_attributes, value_of
from freehold.wire.git.ignore import is_ignored, parse_ignore
from freehold.wire.git.patterns import compile_pattern

PATHS = [
    "a",
    "b.txt",
    "a/b",
    "a/b.txt",
    "a/b/c",
    "x/a/b/c.txt",
    "a/x/y/b",
    "ab/c",
    "a b",
    "!a",
    "#a",
    "x/#a",
    "aa/b/a.txt",
]
pieces = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "x",
        "/",
        "*",
        "**",
        "**/",
        "/**",
        "?",
        ".txt",
        "[ab]",
        "[!a]",
        "[a-b]",
        "[[:alpha:]]",
        "\\",
        " ",
        "!",
        "#",
        "[",
        "]",
    ]
)
# `a**` is `a*` by the manual; git before 2.41 decides it by comparing pointers of different strings.
_GLUED = re.compile(r"(?<=[^/*!])\*\*|(?<=.!)\*\*")
pattern_lines = st.lists(pieces, min_size=1, max_size=6).map("".join).filter(lambda line: not _GLUED.search(line))
UNHEALTHY = [HealthCheck.function_scoped_fixture]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def git(repo: Path, *words: str) -> list[bytes]:
    stdin = b"".join(path.encode() + b"\0" for path in PATHS)
    command = ["git", "-C", str(repo), *words]
    return subprocess.run(command, input=stdin, capture_output=True, check=False).stdout.split(b"\0")


def ignored_by_git(repo: Path, rules: dict[str, str]) -> set[str]:
    for name, text in rules.items():
        (repo / name).parent.mkdir(exist_ok=True, parents=True)
        (repo / name).write_text(text)
    return {path.decode() for path in git(repo, "check-ignore", "--no-index", "-z", "--stdin") if path}


@settings(max_examples=150, deadline=None, suppress_health_check=UNHEALTHY)
@given(st.lists(pattern_lines, min_size=1, max_size=4))
def test_it_ignores_what_git_ignores(repo: Path, lines: list[str]):
    text = "\n".join(lines)
    rules = parse_ignore(text.encode())
    assert {path for path in PATHS if is_ignored(path, rules)} == ignored_by_git(repo, {".gitignore": text})


def test_inner_rules_have_the_last_word(repo: Path):
    theirs = ignored_by_git(repo, {".gitignore": "*.txt\nab/\n", "a/.gitignore": "!b.txt\nb/c\n"})
    rules = parse_ignore(b"*.txt\nab/\n") + parse_ignore(b"!b.txt\nb/c\n", "a/")
    assert {path for path in PATHS if is_ignored(path, rules)} == theirs


@settings(max_examples=100, deadline=None, suppress_health_check=UNHEALTHY)
@given(
    st.lists(
        st.tuples(
            pattern_lines, st.sampled_from(["filter=lfs", "-filter", "!filter", "filter", "big", "-text big x=y"])
        ),
        min_size=1,
        max_size=5,
    )
)
def test_it_reads_the_filter_that_git_reads(repo: Path, lines: list[tuple[str, str]]):
    text = "[attr]big filter=lfs diff=lfs -text\n" + "\n".join(f"{body} {words}" for body, words in lines)
    (repo / ".gitattributes").write_text(text)
    fields = git(repo, "check-attr", "-z", "--stdin", "filter")
    theirs = {path.decode(): value.decode() for path, value in zip(fields[0::3], fields[2::3], strict=False)}
    words = {True: "set", False: "unset", None: "unspecified"}
    ours = {}
    for path in PATHS:
        value = value_of(path, "filter", [parse_attributes(text.encode())])
        ours[path] = value if isinstance(value, str) else words[value]
    assert ours == theirs


@pytest.mark.parametrize("body", [b"*a" * 200, b"**/a" * 100, b"[a-z]*" * 150 + b"!", b"**/*" * 100])
def test_no_pattern_is_slow(body: bytes):
    began = time.process_time()
    test = compile_pattern(body)
    assert test is not None
    test(b"a" * 4000)
    test(b"a/" * 2000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("words", ["-! filter=lfs", "filter=lfs f/o", "--x filter=lfs", "=x filter=lfs"])
def test_it_drops_a_line_with_a_name_that_is_none_as_git_does(repo: Path, words: str):
    text = f"a filter=lfs\na -filter {words}\n"
    (repo / ".gitattributes").write_text(text)
    assert git(repo, "check-attr", "-z", "--stdin", "filter")[:3] == [b"a", b"filter", b"lfs"]
    assert value_of("a", "filter", [parse_attributes(text.encode())]) == "lfs"

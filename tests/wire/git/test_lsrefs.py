"""The listing of refs in protocol 2, judged by git itself over a repository that it made."""

import os
import subprocess
from pathlib import Path

import pygit2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.base.ids import Oid
from freehold.stores.git.objects import Objects, TreeCache
from freehold.wire.git.lsrefs import Listing, parse_ls_refs, told
from freehold.wire.git.pktline import FLUSH, line

WORDS = (
    "peel",
    "symrefs",
    "unborn",
    "ref-prefix HEAD",
    "ref-prefix refs/heads/",
    "ref-prefix refs/tags/v",
    "ref-prefix ",
)


def asking(*arguments: str, capabilities: tuple[str, ...] = ("object-format=sha1",)) -> bytes:
    head = b"".join(line(f"{word}\n".encode()) for word in ("command=ls-refs", *capabilities))
    return head + b"0001" + b"".join(line(f"{word}\n".encode()) for word in arguments) + FLUSH


class Judge:
    """A bare repository made by git: two branches, plain and annotated tags, a tag of a tag, a tag of a file."""

    def __init__(self, folder: Path, *, empty: bool = False) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--bare", "--initial-branch", "main", ".")
        self.git("config", "transfer.hideRefs", "refs/hub")
        if not empty:
            self._fill()
        self.objects = Objects(pygit2.Repository(str(folder)), TreeCache(10))
        listed = self.git("for-each-ref", "--format=%(refname) %(objectname)").split()
        self.refs = {name: Oid(oid) for name, oid in zip(listed[::2], listed[1::2], strict=True)}

    def _fill(self) -> None:
        file = self.git("hash-object", "-w", "--stdin")
        tree = self.git("mktree", stdin=f"100644 blob {file}\tä.txt\n".encode())
        commit = self.git("commit-tree", "-m", "First", tree)
        for name in ("heads/main", "heads/main-2", "heads/Z", "heads/deep/er", "tags/plain", "pr/1", "hub/own"):
            self.git("update-ref", f"refs/{name}", commit)
        self.git("tag", "-a", "-m", "One", "v1", commit)
        self.git("tag", "-a", "-m", "Of a tag", "v2", "refs/tags/v1")
        self.git("tag", "-a", "-m", "Of a file", "vfile", file)

    def git(self, *words: str, stdin: bytes = b"") -> str:
        return self.run(*words, stdin=stdin).decode().strip()

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        person = {
            f"GIT_{who}_{what}": "alice@hub.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        alone = {"HOME": str(self.folder), "GIT_PROTOCOL": "version=2", "PATH": os.environ["PATH"], **person}
        command = ["git", *words]
        return subprocess.run(command, cwd=self.folder, input=stdin, env=alone, capture_output=True, check=True).stdout

    def says(self, request: bytes) -> bytes:
        return self.run("-c", "lsrefs.unborn=advertise", "upload-pack", "--stateless-rpc", ".", stdin=request)


@pytest.fixture(scope="module", params=["full", "empty"])
def judge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Judge:
    return Judge(tmp_path_factory.mktemp("judge"), empty=request.param == "empty")


@pytest.mark.parametrize(
    "arguments",
    [(), ("peel",), ("symrefs",), ("peel", "symrefs", "unborn"), ("unborn",), ("symrefs", "ref-prefix refs/"),
     ("peel", "symrefs", "unborn", "ref-prefix HEAD", "ref-prefix refs/heads/", "ref-prefix refs/tags/"),
     ("ref-prefix refs/tags/v", "peel"), ("ref-prefix refs/heads/main",), ("ref-prefix refs/hub/",), ("ref-prefix ",)],
)  # fmt: skip
def test_it_says_what_git_says(judge: Judge, arguments: tuple[str, ...]):
    request = asking(*arguments)
    asked = parse_ls_refs(request)
    assert asked is not None
    assert told(asked, judge.refs, judge.objects.target) == judge.says(request)


@pytest.mark.parametrize(
    "request_",
    [b"", FLUSH, line(b"command=fetch\n") + FLUSH, asking("mirror"), asking(capabilities=("object-format=sha256",)),
     asking()[:-2], asking() + b"0000", asking().replace(b"0001", b"0002"), line(b"command=ls-refs\xff\n") + FLUSH,
     asking(*("ref-prefix x",) * 1_001)],
)  # fmt: skip
def test_what_it_does_not_know_is_left_to_git(request_: bytes):
    assert parse_ls_refs(request_) is None


@given(st.lists(st.sampled_from(WORDS)), st.data())
def test_it_reads_what_a_client_writes_and_nothing_that_was_cut(words: list[str], data: st.DataObject):
    request = asking(*words, capabilities=("agent=git/2.0001", "object-format=sha1"))
    prefixes = tuple(word.removeprefix("ref-prefix ") for word in words if word.startswith("ref-prefix "))
    assert parse_ls_refs(request) == Listing(prefixes, "peel" in words, "symrefs" in words, "unborn" in words)
    assert parse_ls_refs(request[: data.draw(st.integers(0, len(request) - 1))]) is None


@given(st.binary(max_size=200))
def test_it_survives_anything(body: bytes):
    parse_ls_refs(body)

"""SHA-1 collisions: the real pair that is known, at every door by which a file comes into git.

Nobody has published two *git blobs* that collide: git puts a header before the content, so the known pair has two ids
there and is kept like any other. What would refuse a colliding blob is therefore shown where the pair can reach it: by
the git that takes in pushes, whose `rerere` hashes a text without a header.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pygit2
import pytest

from freehold.base.errors import Unprocessable
from freehold.base.ids import RepoId
from freehold.wire.git.objects import blob_id
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import address, clone
from tests.kit.hub import TestHub
from tests.wire.git.shattered import PAIR


def git(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", folder, *words], input=given, capture_output=True, check=False)


@pytest.fixture
def model(hub: TestHub) -> Iterator[RepoId]:
    return a_model(hub, "mallory/m", files={"a.txt": b"a"})


def test_the_pair_is_one_of_two_contents_with_one_sha_1():
    first, second = PAIR
    assert first != second
    assert hashlib.sha1(first).digest() == hashlib.sha1(second).digest()


@pytest.mark.parametrize("content", PAIR, ids=["first", "second"])
def test_the_git_that_takes_in_pushes_knows_content_made_for_a_collision(tmp_path: Path, content: bytes):
    """A conflict whose one side is the content: `rerere` hashes that side as it is."""
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "rerere.enabled", "true")
    blob = git(tmp_path, "hash-object", "-w", "--stdin", given=b"x").stdout.decode().strip()
    stages = "".join(f"100644 {blob} {stage}\tf\n" for stage in (1, 2, 3))
    git(tmp_path, "update-index", "--index-info", given=stages.encode())
    (tmp_path / "f").write_bytes(b"<<<<<<< a\n" + content + b"\n=======\nzzz\n>>>>>>> b\n")
    said = git(tmp_path, "rerere")
    assert (said.returncode, b"part of a collision attack" in said.stderr) == (128, True), said


def test_the_library_that_hashes_other_commits_is_built_with_the_same_knowledge():
    """Its doors take no content without a header, so the words that it would refuse with must do."""
    loaded = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libgit2" in line}
    assert any(b"SHA1 collision attack detected" in Path(path).read_bytes() for path in loaded)


def test_what_the_library_finds_is_refused_in_words():
    def finding(_body: bytes) -> pygit2.Oid:
        raise pygit2.GitError("SHA1 collision attack detected")

    with pytest.raises(Unprocessable, match="another has the same SHA-1"):
        blob_id(PAIR[0], finding)


def test_as_files_the_pair_stays_two_by_the_api_and_by_a_push(hub: TestHub, model: RepoId, tmp_path: Path):
    a_commit(hub, model, {"first.pdf": PAIR[0], "second.pdf": PAIR[1]})
    with hub.serve() as url:
        here = clone(address(url, model.path, hub.token("mallory")), tmp_path / "work", user="mallory")
        assert [(here.folder / name).read_bytes() for name in ("first.pdf", "second.pdf")] == list(PAIR)
        (here.folder / "again.pdf").write_bytes(PAIR[1])
        (here.folder / "other.pdf").write_bytes(PAIR[0])
        here.git("add", ".")
        here.git("commit", "--quiet", "-m", "Again")
        here.git("push", "--quiet")
    reader = hub.rooms.repos.reader(hub.actor("mallory"), model)
    oids = {entry.path: entry.oid for entry in reader.tree("main", recursive=True)}
    assert (oids["first.pdf"], oids["second.pdf"]) == (oids["other.pdf"], oids["again.pdf"])
    assert oids["first.pdf"] != oids["second.pdf"]

"""Commits, judged by real git."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from freehold.base.errors import (
    EntryNotFound,
    Forbidden,
    Invalid,
    RevisionNotFound,
    Stale,
    TooLarge,
    Unprocessable,
)
from freehold.base.ids import RepoId, RepoKind
from freehold.core.repos.incoming import Incoming
from freehold.core.repos.requests import AddLarge, CopyFile, DeleteFile, DeleteFolder, PlannedFile
from freehold.stores.git.store import STALE
from tests.core.repos.conftest import MODEL, Yard, add, asked

UNKNOWN = "a" * 40


def writer(yard: Yard):
    return yard.repos.writer(yard.alice, MODEL)


def test_a_commit_is_what_git_would_make(model: Yard):
    done = writer(model).commit("main", asked(add("a.txt", b"hello\n"), add("d/e/f.txt", b"deep")))
    files = model.files()
    assert files["a.txt"] == b"hello\n" and files["d/e/f.txt"] == b"deep" and ".gitattributes" in files
    repo = writer(model).repo.id
    assert model.run_git(repo, "rev-parse", "main").strip() == done.oid
    assert model.run_git(repo, "fsck", "--strict", "--full", "--no-dangling") == ""
    assert model.run_git(repo, "log", "-1", "--format=%an|%s", "main").strip() == "alice|Change"


def test_operations_are_applied_in_order(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("a", b"1"), add("d/x", b"2")))
    w.commit(
        "main", asked(DeleteFile("a"), add("a", b"3"), DeleteFile("d"), add("d", b"file now"), CopyFile("a", "", "b"))
    )
    files = model.files()
    assert files["a"] == b"3" and files["d"] == b"file now" and files["b"] == b"1"


def test_a_deleted_file_may_be_a_folder_and_takes_empty_folders_along(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("d/e/x"), add("d/e/y"), add("k")))
    w.commit("main", asked(DeleteFile("d/e")))
    assert set(model.files()) == {".gitattributes", "k"}
    w.commit("main", asked(add("f/x"), DeleteFolder("f/")))
    assert set(model.files()) == {".gitattributes", "k"}


def test_it_refuses_to_delete_what_is_not_there(model: Yard):
    with pytest.raises(EntryNotFound, match="A file with this name doesn't exist"):
        writer(model).commit("main", asked(DeleteFile("nope")))


def test_a_stale_parent_is_refused_in_the_clients_words(model: Yard):
    w = writer(model)
    first = w.commit_of("main")
    w.commit("main", asked(add("a")))
    with pytest.raises(Stale, match=re.escape(STALE)):
        w.commit("main", asked(add("b"), parent=first, summary="Other"))
    assert "b" not in model.files()


@pytest.mark.parametrize("parent", [UNKNOWN, "main", "../x"])
def test_it_refuses_a_parent_that_is_no_commit(model: Yard, parent: str):
    with pytest.raises(Invalid):
        writer(model).commit("main", asked(add("a"), parent=parent))


def test_a_repeated_request_gives_the_commit_it_made(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("old"), summary="Before"))
    for request in (asked(add("a"), parent=w.commit_of("main")), asked(DeleteFile("old"), summary="Drop")):
        done = w.commit("main", request)
        assert w.commit("main", request) == done


def test_a_commit_that_changes_nothing_makes_none(model: Yard):
    w = writer(model)
    first = w.commit("main", asked(add("a"))).oid
    assert w.commit("main", asked(add("a"), summary="Again")).oid == first


@pytest.mark.parametrize(
    "path",
    ["", "..", "../x", "a/../b", "/abs", "a//b", "a/", "nul\0", "..\\ddd", "a\\b", ".git/config", "d/.GIT", ".Git",
     "git~1", ".g\u200cit", ".git.", ".git ", ".git::$INDEX_ALLOCATION", "new\nline", "\ud800", "x" * 256,
     "d/" * 2048 + "f", "."],
)  # fmt: skip
def test_it_refuses_paths_that_could_harm(model: Yard, path: str):
    with pytest.raises(Unprocessable):
        writer(model).commit("main", asked(add(path)))


@pytest.mark.parametrize(
    "path", [".gitkeep", ".github/x", "ä ö.txt", "日本", "a..b", "...", "git~x", "x" * 255, "A", "a"]
)
def test_it_takes_harmless_paths(model: Yard, path: str):
    writer(model).commit("main", asked(add(path, b"ok")))
    assert model.files()[path] == b"ok"


def test_a_file_is_not_put_into_a_file_nor_over_a_folder(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("a"), add("d/x")))
    for path in ("a/b", "d"):
        with pytest.raises(Unprocessable):
            w.commit("main", asked(add(path)))


@pytest.mark.parametrize("rev", ["v1", "refs/tags/v1", "nowhere", UNKNOWN, "refs/pr/7"])
def test_it_commits_to_branches_only(model: Yard, rev: str):
    w = writer(model)
    w.create_tag("v1")
    with pytest.raises(RevisionNotFound):
        w.commit(rev, asked(add("a")))
    with pytest.raises(RevisionNotFound):
        w.commit(w.commit_of("main"), asked(add("a")), create_pr=True)


def test_anyone_signed_in_may_propose(model: Yard):
    proposer = model.repos.proposer(model.carol, MODEL)
    done = proposer.commit("main", asked(add("better")), create_pr=True)
    assert done.pull_number == 1
    assert "better" not in model.files() and "better" in model.files(rev="refs/pr/1")
    proposer.commit("refs/pr/1", asked(add("more")))
    with pytest.raises(Forbidden):
        model.repos.proposer(model.mallory, MODEL).commit("refs/pr/1", asked(add("worse")))
    with pytest.raises(Forbidden):
        proposer.commit("main", asked(add("x")))
    assert [ref.name for ref in proposer.refs().pulls] == ["refs/pr/1"]


def test_large_files_must_be_held_and_are_named_by_pointers(model: Yard):
    w = writer(model)
    sha = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    with pytest.raises(Unprocessable, match=r"model\.bin"):
        w.commit("main", asked(AddLarge("model.bin", sha, 5)))
    with Incoming(w.shelves.objects, w.repo, sha, 5) as incoming:
        incoming.write(b"hello")
        incoming.finish()
    with pytest.raises(Unprocessable, match="has 5 bytes"):
        w.commit("main", asked(AddLarge("model.bin", sha, 6)))
    w.commit("main", asked(AddLarge("model.bin", sha)))
    file = w.file("main", "model.bin")
    assert (file.etag, file.size, w.read_range(file, 1, 3)) == (sha, 5, b"el")
    assert model.files()["model.bin"].startswith(b"version https://git-lfs.github.com/spec/v1\noid sha256:2cf2")


def test_a_pointer_sent_as_a_file_needs_its_content_too(model: Yard):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n"
    with pytest.raises(Unprocessable):
        writer(model).commit("main", asked(add("x", pointer)))


def test_long_content_becomes_a_large_file(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("long", b"x" * (10 << 20))))
    entry = w.entry("main", "long")
    assert entry.large is not None and entry.size == 10 << 20
    assert w.objects()[0].filename == "long"


def test_nothing_is_lost_when_sixty_four_commit_at_once(model: Yard):
    def commit(number: int) -> bool:
        w = writer(model)
        parent = w.commit_of("main") if number % 4 == 0 else None
        try:
            w.commit("main", asked(add(f"f{number}", b"%d" % number), parent=parent, summary=f"Add {number}"))
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(64) as pool:
        landed = [number for number, done in enumerate(pool.map(commit, range(64))) if done]
    files = model.files()
    assert {f"f{number}" for number in landed} | {".gitattributes"} == set(files)
    assert set(range(64)) - set(landed) <= set(range(0, 64, 4))
    repo = writer(model).repo.id
    assert int(model.run_git(repo, "rev-list", "--count", "main")) == len(landed) + 1
    assert model.run_git(repo, "fsck", "--strict", "--full", "--no-dangling") == ""


def test_plans_follow_the_repositorys_own_rules(model: Yard):
    w = writer(model)

    def large(path: str, size: int = 5, sample: bytes = b"text") -> bool:
        return w.plan([PlannedFile(path, size, sample)])[0].large

    assert large("a.bin") and not large("a.txt") and large("a.txt", 10_000_000) and large("a.png", 5, b"\0PNG")
    assert not large("empty.bin", 0)
    w.commit(
        "main",
        asked(
            add(".gitattributes", b"*.png filter=lfs\n*.dat -filter\n"), add("d/.gitattributes", b"*.txt filter=lfs")
        ),
    )
    assert large("b.png") and not large("a.bin") and large("d/a.txt") and not large("x.dat", 5, b"\0")


def test_plans_leave_out_what_is_ignored_and_know_what_is_there(model: Yard):
    w = writer(model)
    w.commit("main", asked(add(".gitignore", b"*.log\n"), add("a", b"hello\n")))
    plans = w.plan([PlannedFile(p, 1, b"x") for p in ("x.log", "y.tmp", "a")], "*.tmp")
    assert [plan.ignore for plan in plans] == [True, True, False]
    assert plans[2].oid == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_a_plan_says_when_there_is_no_room(model: Yard):
    with pytest.raises(TooLarge):
        writer(model).plan([PlannedFile("big", 2 << 30, b"")])


def test_commits_to_a_foreign_repository_are_refused(model: Yard):
    with pytest.raises(Forbidden):
        model.repos.writer(model.mallory, MODEL)
    team = RepoId(RepoKind.MODEL, "acme", "t")
    model.repos.create(model.bob, team)
    model.repos.writer(model.alice, team).commit("main", asked(add("a")))

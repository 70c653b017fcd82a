"""Reading revisions, trees, histories and differences; git's own answers are the measure."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.errors import Conflict, EntryNotFound, Forbidden, Invalid, RangeUnsatisfiable, RevisionNotFound
from freehold.base.streams import Made
from freehold.core.repos.requests import DeleteFile
from tests.core.repos.conftest import MODEL, Yard, add, asked

names = st.text("abA.-", min_size=1, max_size=3).filter(lambda name: set(name) != {"."})
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def writer(yard: Yard):
    return yard.repos.writer(yard.alice, MODEL)


def test_revisions_go_by_many_names(model: Yard):
    w = writer(model)
    first = w.commit_of("main")
    second = w.commit("main", asked(add("a"))).oid
    w.create_branch("dev", first)
    w.create_tag("light", first)
    w.create_tag("heavy", "main", "with words")
    for rev in ("dev", "light", "refs/heads/dev", "refs/tags/light", first, first[:7]):
        assert w.revision(rev).commit == first
    for rev in ("main", "HEAD", "heavy", second, second[:12]):
        assert w.revision(rev).commit == second
    for rev in ("nope", "refs/heads/nope", "0" * 40, "f" * 7, second[:6], "", "../x", "refs/pr/1"):
        with pytest.raises(RevisionNotFound):
            w.revision(rev)


def test_branches_and_tags_come_and_go(model: Yard):
    w = writer(model)
    w.create_branch("dev")
    with pytest.raises(Conflict, match="Reference refs/heads/dev already exists"):
        w.create_branch("dev")
    with pytest.raises(Conflict):
        w.create_branch("dev/sub")
    for bad in ("refs/pr/5", "a..b", "a b", "-x", "x.lock", "", "a" * 40, "bad\0"):
        with pytest.raises(Invalid):
            w.create_branch(bad)
    with pytest.raises(RevisionNotFound):
        w.create_branch("x", "nope")
    with pytest.raises(Forbidden, match="Cannot delete refs/heads/main"):
        w.delete_branch("main")
    w.create_tag("t")
    for gone in ("t", "nope"):
        with pytest.raises(RevisionNotFound, match="Invalid rev id"):
            w.delete_branch(gone)
    w.delete_branch("dev")
    w.delete_tag("t")
    assert [ref.name for ref in w.refs().branches] == ["main"] and w.refs().tags == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(paths, max_size=12), st.integers(1, 4), st.booleans())
def test_pages_of_a_tree_join_to_what_git_lists(model: Yard, wanted: set[str], size: int, recursive: bool):
    w = writer(model)
    kept = [p for p in sorted(wanted) if not any(q != p and (p + "/").startswith(q + "/") for q in wanted)]
    present = [path for path in model.files() if path != ".gitattributes"]
    w.commit("main", asked(*[DeleteFile(p) for p in present], *[add(p, p.encode()) for p in kept]))
    listed, after = [], None
    while page := w.tree(recursive=recursive, after=after, limit=size):
        listed += page
        after = page[-1].path
    flags = ["-r", "-t"] if recursive else []
    theirs = [
        line.split("\t") for line in model.run_git(w.repo.id, "ls-tree", "-z", *flags, "main").split("\0") if line
    ]
    assert [(entry.path, entry.oid) for entry in listed] == [(name, head.split()[2]) for head, name in theirs]


def test_a_path_gives_a_file_a_folder_or_an_error_that_names_the_commit(model: Yard):
    w = writer(model)
    tip = w.commit("main", asked(add("d/f", b"hello"))).oid
    assert [entry.path for entry in w.tree(path="d/f")] == ["d/f"]
    assert [entry.path for entry in w.tree(path="d")] == ["d/f"]
    assert [entry.kind for entry in w.paths("main", ["d", "nope", "d/f"])] == ["directory", "file"]
    for path in ("nope", "d/f/x", "d/nope"):
        with pytest.raises(EntryNotFound) as missing:
            w.tree(path=path)
        assert missing.value.commit == tip
    with pytest.raises(EntryNotFound):
        w.file("main", "d")


def test_bytes_of_a_file(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("f", b"0123456789")))
    file = w.file("main", "f")
    located = w.located(file, 2, 5)
    assert isinstance(located, Made)
    assert b"".join(map(bytes, located.pieces())) == b"234" == w.read_range(file, 2, 5)
    with pytest.raises(RangeUnsatisfiable):
        w.read_range(file, 11, 12)


def test_the_last_commit_of_each_path_is_gits(model: Yard):
    w = writer(model)
    for number in range(12):
        w.commit("main", asked(add(f"d{number % 3}/f{number % 4}", b"%d" % number), add("top", b"%d" % (number // 5))))
    entries = w.tree(recursive=True, last_commits=True)
    assert len(entries) == 17
    for entry in entries:
        theirs = model.run_git(w.repo.id, "log", "-1", "--format=%H", "main", "--", entry.path).strip()
        assert entry.last_commit is not None and entry.last_commit.oid == theirs


def test_history_comes_in_pages(model: Yard):
    w = writer(model)
    for number in range(5):
        w.commit("main", asked(add("f", b"%d" % number), summary=f"Change {number}\n\nWhy {number}"))
    commits = w.commits()
    assert [commit.oid for commit in commits] == model.run_git(w.repo.id, "rev-list", "main").split()
    assert (commits[0].title, commits[0].message, commits[0].authors) == ("Change 4", "Why 4", ["alice"])
    assert w.commits(after=commits[1].oid, limit=2) == commits[2:4]


def test_a_comparison_tells_what_changed(model: Yard):
    w = writer(model)
    base = w.commit("main", asked(add("a", b"1\n"), add("gone", b"x\n"))).oid
    head = w.commit("main", asked(add("a", b"2\n"), DeleteFile("gone"), add("new", b"y\n"))).oid
    found = w.compare(base, head)
    assert {(c.path, c.status) for c in found.changes} == {("a", "modified"), ("gone", "deleted"), ("new", "added")}
    assert "-1\n+2\n" in found.diff


def test_all_that_a_commit_has_came_from_nothing(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("a", b"1\n"), add("b/c", b"2\n")))
    found = w.compare(None, "main")
    assert {(c.path, c.status) for c in found.changes} == {(p, "added") for p in (".gitattributes", "a", "b/c")}
    assert "+++ b/b/c\n@@ -0,0 +1 @@\n+2\n" in found.diff


def test_a_squash_keeps_the_files_and_drops_the_past(model: Yard):
    w = writer(model)
    w.commit("main", asked(add("a", b"1")))
    before = model.files()
    w.super_squash("main", "All")
    assert model.files() == before and [commit.title for commit in w.commits()] == ["All"]
    w.commit("main", asked(add("b")), create_pr=True)
    w.super_squash("refs/pr/1", "One")
    assert len(w.commits("refs/pr/1")) == 1

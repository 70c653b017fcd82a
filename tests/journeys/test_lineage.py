"""Where lines and files come from: what the pages say is what git says of the same history, pushed by git itself."""

import random
import re

import pytest

from tests.kit.builders import a_model
from tests.kit.gitclient import Clone, address, clone
from tests.web.browsing import Browser


def a_history(work: Clone) -> None:
    """Edits, a rename, a file that goes and comes back, and merges, one of them with a conflict solved by hand."""
    chance = random.Random(5)
    lines = [f"line {number}" for number in range(60)]
    for step in range(12):
        lines[chance.randrange(len(lines))] = f"step {step}"
        lines.insert(chance.randrange(len(lines)), f"new {step}")
        work.commit({"song.txt": "\n".join(lines) + "\n", "other.txt": f"{step // 4}\n"}, f"Step {step}")
    work.git("mv", "song.txt", "tune.txt")
    work.git("commit", "--quiet", "--message", "Rename the song")
    work.git("checkout", "--quiet", "-b", "side")
    work.commit({"tune.txt": "\n".join(["side", *lines]) + "\n", "only.txt": "side\n"}, "On the side")
    work.git("checkout", "--quiet", "main")
    work.commit({"tune.txt": "\n".join([*lines, "main"]) + "\n"}, "On main")
    work.git("merge", "--quiet", "--no-edit", "side")
    work.git("rm", "--quiet", "other.txt")
    work.git("commit", "--quiet", "--message", "Remove the other")
    work.commit({"other.txt": "back\n"}, "Bring it back")
    work.git("checkout", "--quiet", "-b", "clash", "HEAD~2")
    work.commit({"tune.txt": "\n".join(["CLASH", *lines, "main"]) + "\n"}, "Clash")
    work.git("checkout", "--quiet", "main")
    work.commit({"tune.txt": "\n".join(["OURS", *lines, "main"]) + "\n"}, "Ours")
    work.git("merge", "--quiet", "clash", refused=True)
    work.commit({"tune.txt": "\n".join(["both", *lines, "main"]) + "\n"}, "Solve it")


@pytest.fixture
def work(hub, tmp_path):
    a_model(hub, files={"README.md": b"# Birds\n"})
    with hub.serve() as url:
        made = clone(address(url, "alice/birds", hub.token("alice")), tmp_path / "work")
        a_history(made)
        made.git("push", "--quiet", "origin", "main")
        yield made


@pytest.mark.parametrize("path", ["tune.txt", "other.txt", "only.txt", "README.md"])
def test_each_line_comes_from_the_commit_that_git_names(hub, work, path):
    said = work.git("blame", "--porcelain", "main", "--", path)
    theirs = {int(found[2]): found[1] for found in re.finditer(r"(?m)^([0-9a-f]{40}) \d+ (\d+)", said)}
    reader = hub.rooms.repos.reader(hub.actor("alice"), _birds())
    runs = reader.blame(reader.file("main", path))
    ours = {run.first + at: run.commit.oid for run in runs for at in range(run.count)}
    assert ours == theirs
    text = Browser(hub).get(f"/alice/birds/blame/main/{path}").text
    assert text.count('class="blame-number"') == len(theirs)
    assert all(f"/alice/birds/commit/{oid}" in text for oid in set(theirs.values()))


@pytest.mark.parametrize("path", ["tune.txt", "song.txt", "other.txt", "only.txt"])
def test_a_files_history_is_that_of_git_log(hub, work, path):
    theirs = work.git("log", "--format=%H", "main", "--", path).split()
    reader = hub.rooms.repos.reader(hub.actor("alice"), _birds())
    assert {commit.oid for commit in reader.commits_of("main", path)} == set(theirs)
    first, *rest = [commit.oid for commit in reader.commits_of("main", path)]
    assert [commit.oid for commit in reader.commits_of("main", path, first)] == rest
    text = Browser(hub).get(f"/alice/birds/commits/main/{path}").text
    assert all(f"/alice/birds/commit/{oid}" in text for oid in theirs)


def test_two_revisions_are_compared_from_where_they_parted(hub, work):
    work.git("push", "--quiet", "origin", "clash")
    browser = Browser(hub)
    text = browser.get("/alice/birds/compare/main...clash").text
    assert "CLASH" not in text or "tune.txt" in text
    assert "Bring it back" not in text
    assert "back" in browser.get("/alice/birds/compare/clash..main").text
    led = browser.get("/alice/birds/compare?base=main&head=clash")
    assert led.headers["location"] == "/alice/birds/compare/main...clash"
    assert browser.get("/alice/birds/compare/main...nope").status_code == 404


def _birds():
    from freehold.base.ids import RepoId, RepoKind

    return RepoId(RepoKind.MODEL, "alice", "birds")

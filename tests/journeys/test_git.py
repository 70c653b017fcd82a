"""People who use git: they clone, fetch, push, collide and are refused, with real git and git-lfs."""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.tokens import make_secret
from freehold.core.repos.requests import AddFile, CommitRequest
from tests.kit.builders import a_commit, a_dataset, a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub


@pytest.fixture
def url(hub: TestHub) -> Iterator[str]:
    with hub.serve() as address:
        yield address


class Desk:
    """What each of the cast has in common here: the hub, and a folder to work in."""

    def __init__(self, hub: TestHub, url: str, folder: Path) -> None:
        self.hub, self.url, self.folder = hub, url, folder
        self.count = 0

    def remote(self, path: str, user: str | None = "alice", role: str = "write") -> str:
        return address(self.url, path, self.hub.token(user, role) if user else None)

    def clone(self, path: str, *options: str, user: str | None = "alice", refused: bool = False, role="write") -> Clone:
        self.count += 1
        place = self.folder / f"{self.count}" / "work"
        return clone(self.remote(path, user, role), place, *options, user=user or "nobody", refused=refused)

    def files(self, repo_id: RepoId, rev: str = "main") -> dict[str, bytes]:
        """What the hub itself says is in a repository."""
        reader = self.hub.rooms.repos.reader(self.hub.actor("alice"), repo_id)
        entries = reader.tree(rev, recursive=True)
        return {entry.path: reader.open_bytes(rev, entry.path) for entry in entries if entry.kind == "file"}

    def branches(self, repo_id: RepoId) -> dict[str, str]:
        refs = self.hub.rooms.repos.reader(self.hub.actor("alice"), repo_id).refs()
        return {ref.name: ref.oid for ref in refs.branches}


@pytest.fixture
def desk(hub: TestHub, url: str, tmp_path: Path) -> Desk:
    return Desk(hub, url, tmp_path)


# Reading


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_alice_clones_what_the_hub_has(desk: Desk, version: str):
    model = a_model(desk.hub, files={"README.md": b"# Birds\n", "deep/er/a.txt": b"a"})
    here = desk.clone(model.path, "-c", f"protocol.version={version}", user=None)
    assert (here.folder / "deep/er/a.txt").read_bytes() == b"a"
    assert here.git("rev-parse", "HEAD") == desk.branches(model)["main"]
    here.git("fsck", "--strict")


@pytest.mark.parametrize("spelling", ["datasets/alice/songs", "datasets/alice/songs.git"])
def test_a_dataset_is_cloned_with_or_without_git_at_its_end(desk: Desk, spelling: str):
    a_dataset(desk.hub, files={"a.csv": b"a,b\n"})
    assert (desk.clone(spelling).folder / "a.csv").exists()


def test_a_shallow_clone_has_one_commit_and_can_be_deepened(desk: Desk):
    model = a_model(desk.hub)
    for number in range(5):
        a_commit(desk.hub, model, {"n.txt": b"%d" % number})
    here = desk.clone(model.path, "--depth", "1")
    assert here.git("rev-list", "--count", "HEAD") == "1"
    here.git("fetch", "--unshallow")
    assert here.git("rev-list", "--count", "HEAD") == "6"


def test_a_partial_clone_fetches_files_when_they_are_wanted(desk: Desk):
    model = a_model(desk.hub, files={"big.txt": b"1" * 100_000})
    here = desk.clone(model.path, "--filter=blob:none", "--no-checkout")
    missing = here.git("rev-list", "--objects", "--all", "--missing=print")
    assert "?" in missing
    here.git("checkout", "main")
    assert (here.folder / "big.txt").stat().st_size == 100_000


def test_a_commit_by_the_api_is_pulled(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    oid = a_commit(desk.hub, model, {"new.txt": b"from the API"})
    here.git("pull", "--quiet")
    assert here.git("rev-parse", "HEAD") == oid
    assert (here.folder / "new.txt").read_bytes() == b"from the API"


def test_a_private_repository_asks_for_a_token_and_hides_from_strangers(desk: Desk):
    model = a_model(desk.hub, visibility="private", files={"a.txt": b"a"})
    assert (desk.clone(model.path, user="alice").folder / "a.txt").exists()
    assert "could not read Username" in desk.clone(model.path, user=None, refused=True).said
    assert "not found" in desk.clone(model.path, user="carol", refused=True).said.lower()


def test_a_renamed_repository_is_found_under_its_old_address(desk: Desk):
    model = a_model(desk.hub, files={"a.txt": b"a"})
    here = desk.clone(model.path)
    desk.hub.rooms.repos.move(desk.hub.actor("alice"), model, RepoId(RepoKind.MODEL, "acme", "fowl"))
    here.git("pull")
    for spelling in ("alice/birds", "alice/birds.git"):
        assert (desk.clone(spelling).folder / "a.txt").exists()


# Writing


def test_alice_pushes_and_the_hub_has_what_git_has(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    oid = here.commit({"a.txt": "one\n", "deep/b.txt": "two\n"})
    here.git("push", "--quiet")
    assert desk.branches(model)["main"] == oid
    assert desk.files(model)["deep/b.txt"] == b"two\n"
    with desk.hub.client() as client:
        assert client.get(f"/{model.path}/resolve/main/a.txt").text == "one\n"


def test_branches_and_tags_come_and_go(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    oid = here.commit({"a.txt": "a"})
    here.git("tag", "light")
    here.git("tag", "-a", "v1", "-m", "First")
    here.git("push", "origin", "main", "HEAD:refs/heads/side", "light", "v1")
    here.git("push", "origin", "HEAD:refs/heads/again")
    refs = desk.hub.rooms.repos.reader(desk.hub.actor("alice"), model).refs()
    assert {ref.name for ref in refs.branches} == {"main", "side", "again"}
    assert {ref.name: ref.oid for ref in refs.tags} == {"light": oid, "v1": oid}
    here.git("push", "origin", "--delete", "side", "v1")
    assert "side" not in here.git("ls-remote", "origin") and "v1" not in here.git("ls-remote", "origin")


def test_who_has_not_fetched_is_refused_and_may_force(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    a_commit(desk.hub, model, {"theirs.txt": b"theirs"})
    mine = here.commit({"mine.txt": "mine"})
    here.git("push", refused=True)
    assert "fetch first" in here.said
    assert desk.branches(model)["main"] != mine
    here.git("push", "--force", "--quiet")
    assert desk.branches(model)["main"] == mine


def test_two_people_push_at_once_and_nothing_is_lost(desk: Desk):
    model = a_model(desk.hub, "acme/birds")
    people = [desk.clone(model.path, user=user) for user in ("alice", "bob")]

    def work(mine: Clone) -> None:
        for number in range(5):
            mine.commit({f"{mine.user}-{number}.txt": mine.user})
            for _ in range(20):
                try:
                    mine.git("push", "--quiet")
                    break
                except AssertionError:
                    mine.git("pull", "--rebase", "--quiet")
            else:
                raise AssertionError(mine.said)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, people))
    names = set(desk.files(model))
    assert {f"{user}-{number}.txt" for user in ("alice", "bob") for number in range(5)} <= names


def test_a_push_of_many_files_and_megabytes(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    here.commit({**{f"d{n % 7}/{n}.txt": f"{n}" for n in range(2000)}, "m.bin": os.urandom(5_000_000)})
    here.git("push", "--quiet")
    again = desk.clone(model.path)
    assert again.git("rev-parse", "HEAD:") == here.git("rev-parse", "HEAD:")


def test_a_shallow_clone_can_push(desk: Desk):
    model = a_model(desk.hub, files={"a": b"a"})
    a_commit(desk.hub, model, {"b": b"b"})
    here = desk.clone(model.path, "--depth", "1")
    oid = here.commit({"c": "c"})
    here.git("push", "--quiet")
    assert desk.branches(model)["main"] == oid


def test_main_stays(desk: Desk):
    here = desk.clone(a_model(desk.hub).path)
    here.git("push", "origin", "--delete", "main", refused=True)
    assert "Cannot delete refs/heads/main" in here.said


def test_with_atomic_one_refusal_refuses_all(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    here.commit({"a": "a"})
    here.git("push", "--atomic", "origin", "HEAD:side", "HEAD:refs/hub/x", refused=True)
    assert set(desk.branches(model)) == {"main"}
    here.git("push", "origin", "HEAD:side", "HEAD:refs/hub/x", refused=True)
    assert set(desk.branches(model)) == {"main", "side"}


@pytest.mark.parametrize(
    ("user", "role", "says"),
    [("alice", "read", "may only read"), ("carol", "write", "write role"), (None, "", "could not read Username")],
)
def test_who_may_not_write_may_not_push(desk: Desk, user: str | None, role: str, says: str):
    model = a_model(desk.hub)
    here = desk.clone(model.path, user=user, role=role)
    here.commit({"a": "a"})
    here.git("push", refused=True)
    assert says in here.said
    assert "a" not in desk.files(model)


def test_carol_adds_to_the_pull_request_that_she_opened(desk: Desk):
    model = a_model(desk.hub)
    carol = desk.hub.rooms.repos.proposer(desk.hub.actor("carol"), model)
    request = CommitRequest(summary="Better", operations=[AddFile("a.txt", b"1")])
    number = carol.commit("main", request, create_pr=True).pull_number
    here = desk.clone(model.path, user="carol")
    here.git("fetch", "origin", f"refs/pr/{number}:pr")
    here.git("checkout", "pr")
    here.commit({"a.txt": "2"})
    here.git("push", desk.remote(model.path, "carol"), f"pr:refs/pr/{number}")
    assert desk.files(model, f"refs/pr/{number}")["a.txt"] == b"2"
    here.git("push", desk.remote(model.path, "carol"), "pr:main", refused=True)
    assert "a.txt" not in desk.files(model)


# Large files


def test_a_large_file_travels_by_lfs(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    here.git("lfs", "install", "--local")
    content = os.urandom(12_000_000)
    here.git("lfs", "track", "*.weights")
    here.commit({"m.weights": content})
    here.git("push", "--quiet")
    reader = desk.hub.rooms.repos.reader(desk.hub.actor("alice"), model)
    large = reader.entry("main", "m.weights").large
    assert large and large.sha256 == hashlib.sha256(content).hexdigest()
    there = desk.clone(model.path, user=None)
    there.git("lfs", "install", "--local")
    there.git("lfs", "pull")
    assert (there.folder / "m.weights").read_bytes() == content


def test_a_large_file_outside_lfs_is_refused_with_what_to_do(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    here.commit({"deep/m.dat": os.urandom(10 << 20)})
    here.git("push", refused=True)
    assert "'deep/m.dat' has 10485760 bytes" in here.said and "git lfs migrate import" in here.said
    assert "deep/m.dat" not in desk.files(model)


def test_a_pointer_to_what_is_not_here_is_refused_by_name(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    here.commit({"lost.bin": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 5\n"})
    here.git("push", refused=True)
    assert "lost.bin" in here.said and "git lfs push" in here.said
    assert "lost.bin" not in desk.files(model)


# Advice and refusal by content


def test_a_secret_is_refused_with_its_line_until_alice_says_that_it_is_meant(desk: Desk):
    model, token = a_model(desk.hub), make_secret()
    here = desk.clone(model.path)
    here.commit({"app.py": f"import os\nos.environ['HF_TOKEN'] = '{token}'\n"})
    here.git("push", refused=True)
    assert "remote:   app.py, line 2: a Hugging Face token" in here.said and token not in here.said
    assert "remote rejected" in here.said and "git push -o secrets.allow" in here.said
    assert "app.py" not in desk.files(model)
    here.git("push", "-o", "secrets.allow")
    assert "app.py" in desk.files(model)
    here.commit({"b.py": f"x = '{make_secret()}'  # secrets.allow\n"})
    here.git("push")


def test_errors_in_cards_and_evaluations_are_warnings_on_the_way(desk: Desk):
    model = a_model(desk.hub)
    here = desk.clone(model.path)
    files = {"README.md": "---\nlicense: none-such\n---\n# Hi\n", ".eval_results/hle.yaml": "- value: 1\n"}
    oid = here.commit({**files, "eval.yaml": "mine: 1\n"})
    here.git("push")
    assert desk.branches(model)["main"] == oid
    assert 'remote: warning: README.md: "license" must be one of' in here.said
    assert 'remote: warning: .eval_results/hle.yaml: result 1: "dataset" is missing' in here.said
    assert "eval.yaml: " not in here.said.replace("hle.yaml: ", "")
    here.commit({"c.txt": "c"})
    here.git("push")
    assert "warning" not in here.said  # what did not change is not warned of again
    data = desk.clone(a_dataset(desk.hub).path)
    data.commit({"eval.yaml": "name: x\n"})
    data.git("push")
    assert 'remote: warning: eval.yaml: "tasks" must be a list' in data.said


# Harm


@pytest.mark.parametrize("path", ["../x", ".git/config", "a/.GIT/x", "a\\b", "a\tb", "x/" * 130 + "y"])
def test_mallory_cannot_push_a_path_that_harms_whoever_clones(desk: Desk, path: str):
    model = a_model(desk.hub, "mallory/m")
    here = desk.clone(model.path, user="mallory")
    before = desk.branches(model)
    here.crafted(path)
    here.git("push", "origin", "HEAD:refs/heads/harm", refused=True)
    assert "refuse" in here.said or "Invalid path" in here.said
    assert desk.branches(model) == before


@pytest.mark.parametrize("ref", ["refs/hub/x", "refs/pr/1", "refs/heads/HEAD", "refs/notes/x", f"refs/tags/{'a' * 40}"])
def test_mallory_cannot_push_to_a_ref_that_is_the_hubs_own(desk: Desk, ref: str):
    here = desk.clone(a_model(desk.hub, "mallory/m").path, user="mallory")
    here.git("push", "origin", f"HEAD:{ref}", refused=True)
    assert ref not in here.git("ls-remote", "origin")

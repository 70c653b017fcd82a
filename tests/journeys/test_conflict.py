"""Two people change the same lines. The hub says where, keeps both, and takes what they decide in a clone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from freehold.core.repos.requests import AddFile, CommitRequest, DeleteFile
from tests.kit.builders import a_commit, a_model
from tests.kit.gitclient import Clone, address, clone
from tests.kit.hub import TestHub

LINES = b"".join(b"line %d\n" % number for number in range(20))


class Dispute:
    """alice's model with a file that both want to change."""

    def __init__(self, hub: TestHub, folder: Path) -> None:
        self.hub, self.folder = hub, folder
        self.model = a_model(hub, files={"a.txt": LINES, "b.txt": LINES})

    def proposed(self, by: str = "carol", **files: bytes) -> int:
        operations = [AddFile(name.replace("_", "."), content) for name, content in files.items()]
        writer = self.hub.rooms.repos.proposer(self.hub.actor(by), self.model)
        done = writer.commit("main", CommitRequest("Mine", operations=operations), create_pr=True)
        assert done.pull_number is not None
        return done.pull_number

    def merged(self, number: int) -> tuple[int, str]:
        with self.hub.client("alice") as client:
            answer = client.post(f"/api/models/alice/birds/discussions/{number}/merge")
        return answer.status_code, answer.headers.get("X-Error-Message", "")

    def conflicts(self, number: int) -> list[str]:
        with self.hub.client("alice") as client:
            return list(client.get(f"/api/models/alice/birds/discussions/{number}").json()["filesWithConflicts"])

    def clone(self, url: str, user: str) -> Clone:
        return clone(address(url, "alice/birds", self.hub.token(user)), self.folder / user / "work", user=user)


@pytest.fixture
def dispute(hub: TestHub, tmp_path: Path) -> Dispute:
    return Dispute(hub, tmp_path)


def test_it_is_named_by_file_and_decided_in_a_clone(dispute: Dispute):
    number = dispute.proposed(a_txt=LINES.replace(b"line 3", b"carol 3"), b_txt=LINES.replace(b"line 5", b"carol 5"))
    a_commit(dispute.hub, dispute.model, {"a.txt": LINES.replace(b"line 3", b"alice 3")})
    assert dispute.conflicts(number) == ["a.txt"]
    status, said = dispute.merged(number)
    assert (status, "'a.txt'" in said, "Nothing was changed" in said) == (409, True, True)
    with dispute.hub.serve() as url:
        here = dispute.clone(url, "carol")
        here.git("fetch", "origin", f"refs/pr/{number}:pr")
        here.git("checkout", "--quiet", "pr")
        here.git("merge", "origin/main", refused=True)
        here.commit({"a.txt": LINES.replace(b"line 3", b"both 3")}, "Decide")
        here.git("push", "origin", f"HEAD:refs/pr/{number}")
        assert dispute.conflicts(number) == []
        assert dispute.merged(number)[0] == 200
        here.git("fetch", "origin")
        assert here.git("show", "origin/main:a.txt").splitlines()[3] == "both 3"
        assert here.git("show", "origin/main:b.txt").splitlines()[5] == "carol 5"


def test_a_file_that_one_deletes_and_the_other_changes_is_a_conflict(dispute: Dispute):
    number = dispute.proposed(a_txt=LINES + b"more\n")
    writer = dispute.hub.rooms.repos.writer(dispute.hub.actor("alice"), dispute.model)
    writer.commit("main", CommitRequest("Away", operations=[DeleteFile("a.txt")]))
    assert dispute.conflicts(number) == ["a.txt"]


def test_a_file_where_the_other_makes_a_folder_is_a_conflict(dispute: Dispute):
    number = dispute.proposed(c=b"a file\n")
    a_commit(dispute.hub, dispute.model, {"c/inside.txt": b"a folder\n"})
    assert dispute.conflicts(number)
    assert dispute.merged(number)[0] == 409


def test_large_files_that_both_replace_conflict_and_are_never_mixed(dispute: Dispute):
    big = {name: bytes([place]) * (11 << 20) for place, name in enumerate(("old", "theirs", "ours"))}
    a_commit(dispute.hub, dispute.model, {"big.bin": big["old"]})
    number = dispute.proposed(big_bin=big["theirs"])
    a_commit(dispute.hub, dispute.model, {"big.bin": big["ours"]})
    assert dispute.conflicts(number) == ["big.bin"]
    assert dispute.merged(number)[0] == 409
    reader = dispute.hub.rooms.repos.reader(dispute.hub.actor("alice"), dispute.model)
    for rev, name in (("main", "ours"), (f"refs/pr/{number}", "theirs")):
        assert reader.read_range(reader.file(rev, "big.bin"), 0, 10) == big[name][:10]


def test_of_two_that_exclude_each_other_one_lands_and_the_other_is_told(dispute: Dispute):
    numbers = [dispute.proposed(by, a_txt=LINES.replace(b"line 3", by.encode())) for by in ("carol", "mallory")]
    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(status for status, _ in pool.map(dispute.merged, numbers))
    assert statuses == [200, 409]
    reader = dispute.hub.rooms.repos.reader(dispute.hub.actor("alice"), dispute.model)
    lines = reader.open_bytes("main", "a.txt").splitlines()
    assert lines[3].split()[0] in (b"carol", b"mallory")
    assert len(lines) == 20

"""Merging pull requests: what lands, what is refused, and that nothing is lost when two act at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from freehold.base.errors import Conflict, Forbidden, HubError, NotFound, RevisionNotFound, Stale, Unprocessable
from freehold.base.ids import Oid, RepoId, RepoKind
from freehold.core.accounts.actor import SYSTEM, Actor
from freehold.core.repos.locks import Locks
from freehold.core.repos.merging import Conflicting, MergeRequest
from freehold.core.repos.requests import DeleteFile
from freehold.stores.git.merging import Merges
from freehold.stores.git.store import RefMove
from tests.core.repos.conftest import MODEL, Yard, add, asked, person

ASK = MergeRequest("Merge it")
TEAM = RepoId(RepoKind.MODEL, "acme", "m")


def nothing(*_: object) -> None:
    """Nothing else belongs to the merge."""


def pull(yard: Yard, *files: tuple[str, bytes], by: Actor | None = None) -> int:
    """A pull request with one commit."""
    writer = yard.repos.proposer(by or yard.carol, MODEL)
    number = writer.commit("main", asked(*(add(*file) for file in files)), create_pr=True).pull_number
    assert number is not None
    return number


def commit(yard: Yard, *files: tuple[str, bytes], rev: str = "main", by: Actor | None = None) -> Oid:
    writer = yard.repos.proposer(by or yard.alice, MODEL)
    return writer.commit(rev, asked(*(add(*file) for file in files))).oid


def merge(yard: Yard, number: int, ask: MergeRequest = ASK) -> Oid:
    return yard.repos.writer(yard.alice, MODEL).merge_pull(number, ask, nothing)


def parents(yard: Yard, oid: str) -> list[str]:
    repo = yard.repos.reader(yard.alice, MODEL).repo
    return yard.run_git(repo.id, "rev-list", "--parents", "-n1", oid).split()[1:]


def test_the_base_moves_forward_where_it_can(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    reader = model.repos.reader(model.alice, MODEL)
    found = reader.pull(number)
    assert reader.merge_of(found).kind == "fast-forward"
    assert merge(model, number) == found.head == reader.commit_of("main")
    assert reader.pull(number).merged is not None


def test_two_histories_are_joined_by_a_commit_with_both_as_parents(model: Yard):
    number = pull(model, ("a.txt", b"a"), ("deep/er/b.txt", b"b"))
    tip = commit(model, ("main.txt", b"m"))
    reader = model.repos.reader(model.alice, MODEL)
    head = reader.pull(number).head
    assert reader.merge_of(reader.pull(number)).kind == "commit"
    oid = merge(model, number)
    assert parents(model, oid) == [tip, head]
    assert model.files()["deep/er/b.txt"] == b"b"
    assert model.files()["main.txt"] == b"m"


def test_lines_of_one_file_that_do_not_touch_are_joined(model: Yard):
    lines = [b"%d\n" % number for number in range(30)]
    commit(model, ("a.txt", b"".join(lines)))
    number = pull(model, ("a.txt", b"".join([b"first\n", *lines])))
    commit(model, ("a.txt", b"".join([*lines, b"last\n"])))
    merge(model, number)
    assert model.files()["a.txt"] == b"".join([b"first\n", *lines, b"last\n"])
    model.run_git(model.repos.reader(model.alice, MODEL).repo.id, "fsck", "--strict")


def test_a_squash_is_one_commit_by_the_author_of_the_changes(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    commit(model, ("b.txt", b"b"), rev=f"refs/pr/{number}", by=model.carol)
    tip = model.repos.reader(model.alice, MODEL).commit_of("main")
    oid = merge(model, number, MergeRequest("All of it (#1)", squash=True))
    assert parents(model, oid) == [tip]
    repo = model.repos.reader(model.alice, MODEL).repo
    assert model.run_git(repo.id, "log", "-1", "--format=%an %cn %s", oid).strip() == "carol alice All of it (#1)"
    assert {"a.txt", "b.txt"} <= set(model.files())


def test_conflicts_are_named_by_file_and_change_nothing(model: Yard):
    commit(model, ("a.txt", b"old\n"), ("gone.txt", b"old\n"), ("calm.txt", b"x"))
    number = pull(model, ("a.txt", b"theirs\n"), ("gone.txt", b"theirs\n"), ("calm.txt", b"y"))
    commit(model, ("a.txt", b"ours\n"))
    model.repos.writer(model.alice, MODEL).commit("main", asked(DeleteFile("gone.txt")))
    reader = model.repos.reader(model.alice, MODEL)
    before = model.git.refs(reader.repo.id).refs
    with pytest.raises(Conflicting, match=r"'a\.txt', 'gone\.txt'") as caught:
        merge(model, number)
    assert caught.value.paths == ["a.txt", "gone.txt"]
    assert model.git.refs(reader.repo.id).refs == before
    assert reader.merge_of(reader.pull(number)).conflicts == ["a.txt", "gone.txt"]


def test_a_conflict_can_be_decided_in_the_pull_request(model: Yard):
    commit(model, ("a.txt", b"old\n"))
    number = pull(model, ("a.txt", b"theirs\n"))
    commit(model, ("a.txt", b"ours\n"))
    commit(model, ("a.txt", b"ours\n"), rev=f"refs/pr/{number}", by=model.carol)
    merge(model, number)
    assert model.files()["a.txt"] == b"ours\n"


def test_a_merged_pull_request_takes_no_more_commits_and_is_not_merged_twice(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    merge(model, number)
    with pytest.raises(Forbidden, match="is merged"):
        commit(model, ("b.txt", b"b"), rev=f"refs/pr/{number}", by=model.carol)
    with pytest.raises(Conflict, match="merged already"):
        merge(model, number)


def test_what_the_base_has_already_is_merged_by_saying_so(model: Yard):
    number = model.repos.proposer(model.carol, MODEL).draft_pull("Nothing yet", "")
    reader = model.repos.reader(model.alice, MODEL)
    assert reader.merge_of(reader.pull(number)).kind == "none"
    assert merge(model, number) == reader.commit_of("main")


def test_a_merge_is_refused_when_the_pull_request_grew_unseen(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    seen = model.repos.reader(model.alice, MODEL).pull(number).head
    commit(model, ("b.txt", b"b"), rev=f"refs/pr/{number}", by=model.carol)
    with pytest.raises(Stale, match="new commits"):
        merge(model, number, MergeRequest("Merge", head=seen))


def test_histories_that_share_nothing_conflict_instead_of_overwriting(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    model.repos.writer(model.alice, MODEL).super_squash("main")
    commit(model, ("a.txt", b"b"))
    with pytest.raises(Conflicting):
        merge(model, number)


def test_a_base_that_is_gone_is_said(model: Yard):
    writer = model.repos.writer(model.alice, MODEL)
    writer.create_branch("side")
    number = writer.commit("side", asked(add("a.txt")), create_pr=True).pull_number
    writer.delete_branch("side")
    assert number is not None
    with pytest.raises(RevisionNotFound, match="side"):
        merge(model, number)


def test_only_writers_merge_and_only_what_is_there(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    with pytest.raises(Forbidden):
        model.repos.proposer(model.carol, MODEL).merge_pull(number, ASK, nothing)
    with pytest.raises(NotFound):
        merge(model, number + 1)


def test_changes_are_counted_from_where_the_histories_part_also_afterwards(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    commit(model, ("main.txt", b"m"))
    reader = model.repos.reader(model.alice, MODEL)
    before = reader.pull(number)
    start = reader.pull_start(before)
    assert [commit.title for commit in reader.pull_commits(before)] == ["Change"]
    merge(model, number)
    after = reader.pull(number)
    assert (reader.pull_start(after), after.head) == (start, before.head)
    assert [change.path for change in reader.compare(start, after.head).changes] == ["a.txt"]


def attempt(action: Callable[[], object]) -> str:
    try:
        action()
    except HubError as error:
        return type(error).__name__
    return "done"


def test_pull_requests_merged_at_once_all_land(model: Yard):
    numbers = [pull(model, (f"{place}.txt", b"x")) for place in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda number: attempt(lambda: merge(model, number)), numbers))
    assert done == ["done"] * 6
    assert {f"{place}.txt" for place in range(6)} <= set(model.files())


def test_of_two_merges_of_one_pull_request_one_wins(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    commit(model, ("main.txt", b"m"))
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: attempt(lambda: merge(model, number)), range(4)))
    assert sorted(done) == ["Conflict", "Conflict", "Conflict", "done"]


def test_a_commit_that_races_a_merge_is_either_in_it_or_refused(model: Yard):
    for turn in range(5):
        number = pull(model, (f"{turn}.txt", b"a"))
        late = (f"late{turn}.txt", b"b")
        with ThreadPoolExecutor(2) as pool:
            merging = pool.submit(attempt, lambda number=number: merge(model, number))
            adding = pool.submit(
                attempt, lambda number=number, late=late: commit(model, late, rev=f"refs/pr/{number}", by=model.carol)
            )
        assert merging.result() == "done"
        assert (adding.result() == "done") == (late[0] in model.files())


def test_a_merge_that_races_commits_to_its_base_loses_none(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    with ThreadPoolExecutor(3) as pool:
        adding = [pool.submit(commit, model, (f"{place}.txt", b"b")) for place in range(5)]
        pool.submit(merge, model, number).result()
        for one in adding:
            one.result()
    assert {"a.txt", *(f"{place}.txt" for place in range(5))} <= set(model.files())


def test_what_else_belongs_to_a_merge_fails_with_it(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    before = model.repos.reader(model.alice, MODEL).commit_of("main")

    def refuse(*_: object) -> None:
        raise Conflict("closed meanwhile")

    with pytest.raises(Conflict, match="closed meanwhile"):
        model.repos.writer(model.alice, MODEL).merge_pull(number, ASK, refuse)
    reader = model.repos.reader(model.alice, MODEL)
    assert reader.commit_of("main") == before
    assert reader.pull(number).merged is None


def test_a_merge_leaves_alone_what_others_have_locked(model: Yard):
    number = pull(model, ("a.txt", b"a"), ("b.txt", b"b"))
    model.people.add_user(SYSTEM, "dora", admin=True)
    Locks(model.db).take(model.repos.writer(replace(person(model.people, "dora"), is_admin=True), MODEL), "b.txt")
    with pytest.raises(Forbidden, match=r"b\.txt is locked by dora"):
        merge(model, number)


def test_what_a_pull_request_changes_in_locked_files_cannot_be_pushed_to_a_branch_either(model: Yard):
    number = pull(model, ("a.txt", b"a"))
    model.people.add_user(SYSTEM, "dora", admin=True)
    Locks(model.db).take(model.repos.writer(replace(person(model.people, "dora"), is_admin=True), MODEL), "a.txt")
    writer = model.repos.writer(model.alice, MODEL)
    move = RefMove("refs/heads/main", writer.commit_of("main"), writer.pull(number).head)
    with writer.quarantine() as quarantine:
        assert "is locked by dora" in writer.receive(quarantine, [move])["refs/heads/main"]


class OtherProcess(Merges):
    """Merges, while another process pushes `late` to the pull request."""

    def __init__(self, yard: Yard, repo_id: str, late: RefMove) -> None:
        super().__init__(yard.git)
        self.yard, self.repo_id, self.late = yard, repo_id, [late]

    def merged(self, repo_id: str, ours: Oid, theirs: Oid):
        if self.late:
            with self.yard.git.landing([]) as tx:
                self.yard.git.land(tx, self.repo_id, None, [self.late.pop()])
        return super().merged(repo_id, ours, theirs)


def test_what_another_process_pushes_during_the_merge_is_in_it(model: Yard):
    number, other = pull(model, ("a.txt", b"a")), pull(model, ("late.txt", b"l"))
    commit(model, ("main.txt", b"m"))
    writer = model.repos.writer(model.alice, MODEL)
    first, late = writer.pull(number).head, writer.pull(other).head
    sly = OtherProcess(model, writer.repo.id, RefMove(f"refs/pr/{number}", first, late))
    writer.shelves = replace(writer.shelves, merges=sly)
    oid = writer.merge_pull(number, ASK, nothing)
    assert parents(model, oid)[1] == late
    assert "late.txt" in model.files()


def test_where_git_gives_up_is_said_and_remembered(model: Yard):
    merges, repo = Merges(model.git), model.repos.reader(model.alice, MODEL)
    here, nowhere = repo.commit_of(), Oid("1" * 40)
    with pytest.raises(Unprocessable, match="in a clone"):
        merges.conflicts(repo.repo.id, here, nowhere)
    model.git.bare.remove(repo.repo.id)
    with pytest.raises(Unprocessable, match="in a clone"):
        merges.conflicts(repo.repo.id, here, nowhere)
    assert not model.git.bare.path(repo.repo.id).exists()  # git was not asked again

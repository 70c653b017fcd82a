"""A repository and a plain dictionary go through the same commits and must hold the same files."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from freehold.base.errors import EntryNotFound, Unprocessable
from freehold.core.repos.requests import AddFile, CopyFile, DeleteFile, DeleteFolder, Operation
from freehold.stores.db.database import Database
from tests.core.repos.conftest import MODEL, asked, yard_at

paths = st.lists(st.sampled_from(["a", "b", "a.b", "a-"]), min_size=1, max_size=3).map("/".join)
operations = st.lists(
    st.one_of(
        st.builds(AddFile, paths, st.binary(max_size=4)),
        st.builds(DeleteFile, paths),
        st.builds(DeleteFolder, paths),
        st.builds(CopyFile, paths, st.just(""), paths),
    ),
    min_size=1,
    max_size=5,
)
Files = dict[str, bytes]


def applied(before: Files, steps: list[Operation]) -> Files | None:
    """What the commit should leave; None where it should be refused."""
    after = dict(before)
    for step in steps:
        inside = {name for name in after if name.startswith(f"{step.path}/")}
        if isinstance(step, DeleteFile | DeleteFolder):
            gone = inside if isinstance(step, DeleteFolder) else inside | ({step.path} & after.keys())
            if not gone:
                return None
            after = {name: content for name, content in after.items() if name not in gone}
            continue
        parts = step.path.split("/")
        above = {"/".join(parts[:end]) for end in range(1, len(parts))}
        if inside or above & after.keys():
            return None
        if isinstance(step, AddFile):
            after[step.path] = step.content
        elif step.src_path in before:
            after[step.path] = before[step.src_path]
        else:
            below = {name: body for name, body in before.items() if name.startswith(f"{step.src_path}/")}
            if not below or step.path in after:
                return None
            after |= {step.path + name.removeprefix(step.src_path): body for name, body in below.items()}
    return after


class Commits(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name)
        self.db = Database(f"sqlite:///{path / 'hub.sqlite'}")
        self.db.migrate()
        self.yard = yard_at(self.db, path)
        self.yard.repos.create(self.yard.alice, MODEL)
        self.files = self.yard.files()
        self.count = 0

    @rule(steps=operations, with_parent=st.booleans())
    def commit(self, steps: list[Operation], with_parent: bool) -> None:
        writer = self.yard.repos.writer(self.yard.alice, MODEL)
        self.count += 1
        parent = writer.commit_of() if with_parent else None
        expected = applied(self.files, steps)
        try:
            writer.commit("main", asked(*steps, parent=parent, summary=f"Commit {self.count}"))
        except (EntryNotFound, Unprocessable):
            assert expected is None
        else:
            assert expected is not None
            self.files = expected

    @invariant()
    def the_files_are_the_same(self) -> None:
        reader = self.yard.repos.reader(self.yard.alice, MODEL)
        entries = reader.tree(recursive=True)
        listed = {entry.path for entry in entries if entry.kind == "file"}
        assert listed == set(self.files)
        folders = {path[:at] for path in self.files for at, letter in enumerate(path) if letter == "/"}
        assert {entry.path for entry in entries if entry.kind == "directory"} == folders
        assert {path: reader.open_bytes("main", path) for path in listed} == self.files

    def teardown(self) -> None:
        repo = self.yard.repos.reader(self.yard.alice, MODEL).repo
        assert self.yard.files() == self.files
        assert self.yard.run_git(repo.id, "fsck", "--strict", "--full", "--no-dangling") == ""
        self.db.close()
        self.folder.cleanup()


TestCommits = Commits.TestCase
TestCommits.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)

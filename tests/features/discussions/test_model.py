"""Discussions and a plain model of them go through the same life and must tell the same story."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from freehold.base.errors import Conflict, Forbidden, HubError, Invalid
from freehold.features.discussions.reading import Query
from tests.features.discussions.conftest import CAST, hall_at

people = st.sampled_from(CAST)
texts = st.sampled_from(["yes", "no", "see #1 and #2", "@carol?", "`#1`"])
places = st.integers(0, 20)


@dataclass
class Said:
    """A comment as it should be."""

    author: str
    versions: list[str]
    hidden: bool = False
    marks: set[str] = field(default_factory=set)


@dataclass
class Talk:
    """A thread as it should be; `kinds` are of its events but for references."""

    author: str
    title: str
    status: str
    is_pull: bool
    said: dict[str, Said] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=lambda: ["comment"])
    commits: int = 0
    pinned: bool = False


class Life(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.hall = hall_at(Path(self.folder.name))
        self.talks: dict[int, Talk] = {}
        self.files: set[str] = set()

    def teardown(self) -> None:
        self.hall.rooms.close()
        self.folder.cleanup()

    def do(self, action, *arguments, refused: type[HubError] | None, **options):
        """Call it; the answer, or None if it is refused just as it should be."""
        try:
            answer = action(*arguments, **options)
        except HubError as error:
            assert refused is not None, f"refused: {error.message}"
            assert isinstance(error, refused), error
            return None
        assert refused is None, "not refused"
        return answer

    def pick(self, place: int) -> tuple[int, Talk]:
        number = sorted(self.talks)[place % len(self.talks)]
        return number, self.talks[number]

    def foreign(self, who: str, author: str) -> type[HubError] | None:
        return None if who in ("alice", author) else Forbidden

    @rule(who=people, text=texts)
    def open(self, who: str, text: str) -> None:
        thread = self.hall.talk.open(self.hall.writer(who), "A title", text)
        self.remember(thread.number, Talk(who, "A title", "open", is_pull=False), text)

    @rule(who=people, text=texts)
    def draft(self, who: str, text: str) -> None:
        thread = self.hall.talk.open_pull(self.hall.writer(who), "A draft", text)
        self.remember(thread.number, Talk(who, "A draft", "draft", is_pull=True), text)

    def remember(self, number: int, talk: Talk, text: str) -> None:
        assert number == len(self.talks) + 1
        talk.said[self.hall.events(number)[0].id] = Said(talk.author, [text])
        self.talks[number] = talk

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, text=texts)
    def comment(self, who: str, place: int, text: str) -> None:
        number, talk = self.pick(place)
        event = self.hall.talk.comment(self.hall.writer(who), number, text)
        talk.said[event.id] = Said(who, [text])
        talk.kinds.append("comment")

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, which=places, text=texts, hide=st.booleans())
    def change(self, who: str, place: int, which: int, text: str, hide: bool) -> None:
        number, talk = self.pick(place)
        event_id = sorted(talk.said)[which % len(talk.said)]
        said, writer = talk.said[event_id], self.hall.writer(who)
        refused = self.foreign(who, said.author) or (Conflict if said.hidden else None)
        if hide:
            if self.do(self.hall.talk.hide, writer, number, event_id, refused=refused):
                said.hidden, said.versions, said.marks = True, [""], set()
        elif self.do(self.hall.talk.edit, writer, number, event_id, text, refused=refused):
            said.versions.append(text)

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, which=places, on=st.booleans())
    def mark(self, who: str, place: int, which: int, on: bool) -> None:
        number, talk = self.pick(place)
        event_id = sorted(talk.said)[which % len(talk.said)]
        said = talk.said[event_id]
        refused = Conflict if said.hidden else None
        if self.do(self.hall.talk.react, self.hall.writer(who), number, event_id, "👍", on=on, refused=refused):
            (said.marks.add if on else said.marks.discard)(who)

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, title=st.sampled_from(["One", "Two"]))
    def rename(self, who: str, place: int, title: str) -> None:
        number, talk = self.pick(place)
        refused = self.foreign(who, talk.author)
        if event := self.do(self.hall.talk.rename, self.hall.writer(who), number, title, refused=refused):
            assert event.data == {"from": talk.title, "to": title}
            talk.title = title
            talk.kinds.append("title-change")

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, status=st.sampled_from(["open", "closed"]), last=st.sampled_from(["", "Done."]))
    def set_status(self, who: str, place: int, status: str, last: str) -> None:
        number, talk = self.pick(place)
        refused = self.foreign(who, talk.author) or (Conflict if talk.status in (status, "merged") else None)
        event = self.do(self.hall.talk.set_status, self.hall.writer(who), number, status, last, refused=refused)
        if event:
            talk.status = status
            talk.kinds += ["comment", "status-change"] if last else ["status-change"]
            if last:
                talk.said[self.hall.events(number)[-2].id] = Said(who, [last])

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, pinned=st.booleans())
    def pin(self, who: str, place: int, pinned: bool) -> None:
        number, talk = self.pick(place)
        refused = self.foreign(who, "alice")
        if self.do(self.hall.talk.pin, self.hall.writer(who), number, pinned=pinned, refused=refused):
            talk.kinds += ["pinning-change"] if talk.pinned != pinned else []
            talk.pinned = pinned

    @precondition(lambda self: any(talk.is_pull for talk in self.talks.values()))
    @rule(who=people, place=places)
    def commit(self, who: str, place: int) -> None:
        pulls = [number for number in sorted(self.talks) if self.talks[number].is_pull]
        number = pulls[place % len(pulls)]
        talk = self.talks[number]
        refused = self.foreign(who, talk.author) or (Forbidden if talk.status == "merged" else None)
        path = f"{number}-{talk.commits}.txt"
        done = self.do(self.hall.commit, who, f"refs/pr/{number}", path, refused=refused)
        if done is not None:
            talk.commits += 1
            talk.kinds.append("commit")

    @precondition(lambda self: self.talks)
    @rule(who=people, place=places, squash=st.booleans())
    def merge(self, who: str, place: int, squash: bool) -> None:
        number, talk = self.pick(place)
        refused = self.foreign(who, "alice")
        refused = refused or (None if talk.is_pull else Invalid) or (None if talk.status == "open" else Conflict)
        if self.do(self.hall.talk.merge, self.hall.writer(who), number, squash=squash, refused=refused):
            talk.status = "merged"
            talk.kinds.append("status-change")
            self.files |= {f"{number}-{place}.txt" for place in range(talk.commits)}

    @invariant()
    def every_thread_is_as_it_should_be(self) -> None:
        for number, talk in getattr(self, "talks", {}).items():
            thread, events = self.hall.thread(number), self.hall.events(number)
            assert (thread.title, thread.status, thread.author) == (talk.title, talk.status, talk.author)
            assert (thread.is_pull, thread.pinned) == (talk.is_pull, talk.pinned)
            assert thread.comments == sum(not said.hidden for said in talk.said.values())
            assert [event.kind for event in events if event.kind != "reference"] == talk.kinds
            told = [event.data["number"] for event in events if event.kind == "reference"]
            assert len(told) == len(set(told))
            assert number not in told
            for event in events:
                if event.comment:
                    said, comment = talk.said[event.id], event.comment
                    assert [*(old.text for old in comment.history), comment.latest.text] == said.versions
                    assert (event.author, comment.hidden) == (said.author, said.hidden)
                    assert {name for one in comment.reactions for name in one.people} == said.marks

    @invariant()
    def lists_and_branches_agree(self) -> None:
        if not hasattr(self, "talks"):
            return
        alice = self.hall.writer("alice")
        for status, kinds in (("open", ("open", "draft")), ("closed", ("closed", "merged"))):
            found, count = self.hall.talk.threads(alice, Query(status=status))  # type: ignore[arg-type]
            wanted = sorted((one for one, talk in self.talks.items() if talk.status in kinds), reverse=True)
            assert ([thread.number for thread in found], count) == (wanted[:50], len(wanted))
        there = {entry.path for entry in alice.tree() if entry.path != ".gitattributes"}
        assert there == self.files


Life.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase

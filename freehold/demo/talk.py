"""What people say of each other's work: discussions, pull requests, reviews, reactions."""

from collections.abc import Callable
from dataclasses import dataclass

from freehold.core.repos.writer import RepoWriter
from freehold.demo.content import text
from freehold.demo.story import Files, Scene, Story, named

_LATER = 0.3
"""In days: how long people take to answer."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody says, and who leaves which sign under it."""

    by: str
    text: str
    signs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """A discussion or, with `files`, a pull request. The first remark opens it; whoever is named in `end` ends it."""

    days_ago: float
    path: str
    title: str
    remarks: tuple[Remark, ...]
    files: Callable[[], Files] | None = None
    end: str = ""
    merged: bool = False
    pinned: bool = False

    def play(self, story: Story) -> None:
        """Let it be said."""
        first, *later = self.remarks
        number = self._open(story, first)
        for place, remark in enumerate(later, 1):
            story.calendar.go(self.days_ago - place * _LATER)
            said = story.rooms.discussions.comment(self._at(story, remark.by), number, remark.text)
            self._sign(story, number, said.id, remark)
        if self.end:
            story.calendar.go(self.days_ago - len(self.remarks) * _LATER)
            self._end(story, number)
        if self.pinned:
            story.rooms.discussions.pin(self._at(story, self.end or "alice"), number, pinned=True)

    def _open(self, story: Story, first: Remark) -> int:
        talks = story.rooms.discussions
        if self.files is None:
            number = talks.open(self._at(story, first.by), self.title, first.text).number
        else:
            said = f"{self.title}\n\n{first.text}"
            number = story.commit(first.by, named(self.path), self.files(), said, as_pull=True).pull_number or 0
        opening = talks.events(self._at(story, first.by), number)[0]
        self._sign(story, number, opening.id, first)
        return number

    def _end(self, story: Story, number: int) -> None:
        talks, writer = story.rooms.discussions, self._at(story, self.end)
        if self.merged:
            talks.merge(writer, number)
        else:
            talks.set_status(writer, number, "closed")

    def _sign(self, story: Story, number: int, event_id: str, remark: Remark) -> None:
        for name, emoji in remark.signs:
            story.rooms.discussions.react(self._at(story, name), number, event_id, emoji, on=True)

    def _at(self, story: Story, name: str) -> RepoWriter:
        return story.rooms.repos.proposer(story.actor(name), named(self.path))


def _more_colours() -> Files:
    return {"colours.csv": (text("colours.csv") + "chough black,32,30,36\nhoopoe peach,233,171,120\n").encode()}


def _other_colours() -> Files:
    return {"colours.csv": _more_colours()["colours.csv"].replace(b"teal,0,112,112", b"teal,0,128,128")}


GUESSER = "aviary/which-language"
TALKS = (
    Talk(
        255,
        GUESSER,
        "How short may a text be?",
        (
            Remark(
                "carol",
                "I typed `Ja.` and got **es**. From how many letters on should one believe it?\n\n"
                "```python\nguess('Ja.')  # 'es'\n```",
                (("erin", "👀"),),
            ),
            Remark(
                "alice",
                "There are three triples in it, two of them spaces. I would not trust it below *ten letters*:\n\n"
                "| letters | right |\n|--|--:|\n| 5 | about half |\n| 10 | most |\n| 20 | nearly all |",
                (("carol", "👍"), ("bob", "👍"), ("erin", "🎉")),
            ),
            Remark("carol", "Thank you, that is clear. The card should say so, @alice."),
            Remark("alice", "It does now, under *Limits*.", (("carol", "❤️"),)),
        ),
        pinned=True,
    ),
    Talk(
        236,
        COLOURS := "datasets/dave/bird-colours",
        "Add chough and hoopoe",
        (
            Remark("heidi", "Two birds that I miss. The values are from feathers, in daylight.", (("dave", "🔥"),)),
            Remark("dave", "Lovely, thank you @heidi. Merging."),
        ),
        files=_more_colours,
        end="dave",
        merged=True,
    ),
    Talk(
        150,
        "aviary/letters-en",
        "Why not two letters of memory?",
        (
            Remark("dave", "With the last *two* letters it would have 262,144 parameters. Still tiny?"),
            Remark("bob", "Tiny, but eighteen sentences would fill less than a hundredth of it."),
            Remark("dave", "Fair.", (("bob", "😄"),)),
        ),
        end="dave",
    ),
    Talk(
        33,
        COLOURS,
        "Teal is brighter than that",
        (
            Remark("erin", "I held a feather next to the screen. Compare #1, where nobody looked at teal."),
            Remark("dave", "On my screen it is darker. Could somebody else look?", (("heidi", "👀"),)),
        ),
        files=_other_colours,
    ),
    Talk(
        21,
        GUESSER,
        "Norwegian?",
        (
            Remark("erin", "@bob's nordic model knows Danish and Swedish. Is Norwegian planned?", (("carol", "➕"),)),
            Remark("bob", "It needs sentences first. See [the dataset](/datasets/fieldnotes/sentences), @heidi?"),
        ),
    ),
    Talk(
        6,
        "datasets/alice/notebooks",
        "A notebook about the counts?",
        (
            Remark("heidi", "It is lovely to see the sentences used. Would you look at the bird counts next, @alice?"),
            Remark("carol", "I would read that.", (("heidi", "❤️"),)),
        ),
    ),
    Talk(
        4,
        "harbour/tides-1",
        "Errors after storms",
        (
            Remark("erin", "How far off may it be after two days of wind from the west?"),
            Remark("grace", "Half a metre. It knows nothing of wind: please do not plan by it.", (("erin", "👍"),)),
        ),
    ),
    Talk(
        3,
        "aviary/letters-de",
        "The card says *eighteen sentences*",
        (Remark("dave", "And it is eighteen here, too. @alice, is that so for every language?"),),
    ),
    Talk(
        2,
        "datasets/fieldnotes/sentences",
        "Sentences in Norwegian",
        (Remark("bob", "I have twelve by now, @heidi. May I add them here, or as a dataset of their own?"),),
    ),
)

SCENES = tuple(Scene(one.days_ago, one.play) for one in TALKS)

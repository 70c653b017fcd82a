"""What people and organisations say of themselves: a sentence, and the card of a space called `README`."""

from dataclasses import replace
from functools import partial

from freehold.core.accounts.describing import Words
from freehold.demo.story import Scene, Story, named

_HEAD = "---\ntitle: {name}\nsdk: static\npinned: false\n---\n"
PROFILES = {
    "alice": (
        "alice",
        "I count letters at [Aviary](/aviary) and watch wrens before breakfast. Ask me about models on one page.",
    ),
    "heidi": ("heidi", "Birds, weekly, since I can hold a pencil. The counts are in [Field Notes](/fieldnotes)."),
    "aviary": (
        "alice",
        "**Small models that one can read.** Begin with [letters-en](/aviary/letters-en): its card takes three minutes,"
        " its weights another five.\n\n- everything is Apache-2.0\n- every figure in a card was measured\n"
        "- questions are welcome under *Community*",
    ),
    "harbour": (
        "frank",
        "**Harbour Institute** fits tides and sounds channels. Our models are for research: ask at the gate"
        " of [tides-1](/harbour/tides-1), somebody answers within two days.",
    ),
    "fieldnotes": (
        "heidi",
        "People who write down what they see. Bring [sentences](/datasets/fieldnotes/sentences),"
        " [counts](/datasets/fieldnotes/bird-counts) or sounds, and say how you got them.",
    ),
}


WORDS = {
    "alice": Words(about="I count letters, and watch wrens before breakfast.", website="https://alice.example.org"),
    "aviary": Words(about="Small models that one can read.", website="https://aviary.example.org/models"),
}


def introduce(story: Story, name: str, by: str, text: str) -> None:
    """Somebody writes the card of a profile."""
    if name in WORDS:
        _say_briefly(story, name, by, WORDS[name])
    repo = named(f"spaces/{name}/README")
    story.rooms.repos.create(story.actor(by), repo, visibility="public", sdk="static")
    body = f"{_HEAD.format(name=name)}{text}\n"
    story.commit(by, repo, {"README.md": body.encode()}, "Say who we are" if by != name else "Say who I am")


def _say_briefly(story: Story, name: str, by: str, words: Words) -> None:
    people, actor = story.rooms.people, story.actor(by)
    account = people.by_name(name)
    if account is None:
        raise LookupError(name)
    words = replace(words, full_name=account.full_name)
    if account.kind == "org":
        story.rooms.orgs.describe(story.rooms.orgs.desk(actor, name), words)
    else:
        story.rooms.doors.changing.describe(actor, account.id, words)


SCENES = tuple(
    Scene(345 - 9 * place, partial(introduce, name=name, by=by, text=text))
    for place, (name, (by, text)) in enumerate(PROFILES.items())
)

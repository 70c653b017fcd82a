"""What people and organisations say of themselves: the card of a space called `README`, which their pages show."""

from functools import partial

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


def introduce(story: Story, name: str, by: str, text: str) -> None:
    """Somebody writes the card of a profile."""
    repo = named(f"spaces/{name}/README")
    story.rooms.repos.create(story.actor(by), repo, visibility="public", sdk="static")
    body = f"{_HEAD.format(name=name)}{text}\n"
    story.commit(by, repo, {"README.md": body.encode()}, "Say who we are" if by != name else "Say who I am")


SCENES = tuple(
    Scene(345 - 9 * place, partial(introduce, name=name, by=by, text=text))
    for place, (name, (by, text)) in enumerate(PROFILES.items())
)

"""Who asks at harbour's gates, and what becomes of it: every state that a request can be in."""

from freehold.core.accounts.gates.gate import Policy
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from freehold.core.repos.writer import RepoAdmin
from freehold.demo.story import Scene, Story, named

TIDES, SOUNDINGS = "harbour/tides-1", "datasets/harbour/soundings"
_PURPOSE = "A comparison of fitted tides with measured ones"


def _admin(story: Story, name: str = "frank") -> RepoAdmin:
    return story.rooms.repos.admin(story.actor(name), named(TIDES))


def keep(story: Story) -> None:
    """How the gate is kept: access for a year, and who was rejected may ask again after thirty days."""
    story.rooms.gating.admin(_admin(story)).set_policy(Policy(days=365, cooldown=30))


def ask(story: Story, name: str, institution: str, country: str, purpose: str = "Research") -> None:
    """Somebody fills in the form."""
    answers = {
        "Institution": institution,
        "Country": country,
        "Purpose": purpose,
        "I will not steer a ship by it": True,
    }
    reader = story.rooms.repos.reader(story.actor(name), named(TIDES))
    story.rooms.gating.door(reader).ask(Asked(answers))


def enter(story: Story, name: str, project: str) -> None:
    """Somebody agrees at the gate that opens by itself, and fetches."""
    reader = story.rooms.repos.reader(story.actor(name), named(SOUNDINGS))
    story.rooms.gating.door(reader).ask(Asked({"Name of your project": project}))
    story.rooms.repos.reader(story.actor(name), named(SOUNDINGS)).fetched("file", "soundings.csv")


def decide(story: Story, user: str, status: str, reason: str = "") -> None:
    """One of harbour's decides."""
    story.rooms.gating.keeper(_admin(story)).decide(Decision(status, reason, purpose=_PURPOSE), user=user)


def suspend(story: Story) -> None:
    """A doubt about one of those who were let in."""
    gating, admin = story.rooms.gating, _admin(story)
    found = next(one for one in gating.keeper(admin).requests("accepted") if one.person.name == "judy")
    gating.keeper(admin).suspend(found.id, "The weights were seen on another site. Please write to us.")


SCENES = (
    Scene(260, keep),
    Scene(228, lambda story: ask(story, "carol", "Aviary", "FR")),
    Scene(226, lambda story: decide(story, "carol", "accepted")),
    Scene(198, lambda story: enter(story, "dave", "Colours of deep water")),
    Scene(190, lambda story: ask(story, "ivan", "Nobody's business", "DE", "other")),
    Scene(188, lambda story: decide(story, "ivan", "rejected", "Please ask again and name your institution.")),
    Scene(160, lambda story: ask(story, "judy", "Plover School", "US", "Teaching")),
    Scene(159, lambda story: decide(story, "judy", "accepted")),
    Scene(75, lambda story: ask(story, "bob", "Aviary", "DE")),
    Scene(73, lambda story: decide(story, "bob", "accepted")),
    Scene(44, lambda story: enter(story, "erin", "A map for children")),
    Scene(28, suspend),
    Scene(3.5, lambda story: ask(story, "erin", "Swift and daughters", "GB")),
    Scene(1.2, lambda story: ask(story, "dave", "Crane Colours", "NL", "Teaching")),
)

"""Who is in the story: people with the names that the field gives its examples, and three organisations."""

from dataclasses import dataclass

from freehold.base.ids import RepoId
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.identity import CHECKED, DOMAIN, Identity
from freehold.demo.story import Scene, Story

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, what they are called, and what they are for in the story."""

    name: str
    full_name: str
    role: str


PEOPLE = (
    Person(ADMIN, "The operator", "runs this hub"),
    Person("alice", "Alice Wren", "leads the organisation aviary"),
    Person("bob", "Bob Finch", "writes in aviary, fine-tunes models"),
    Person("carol", "Carol Dove", "asks, reviews and likes"),
    Person("dave", "Dave Crane", "keeps colours, opens pull requests"),
    Person("erin", "Erin Swift", "blends models, waits for access"),
    Person("frank", "Frank Heron", "leads harbour, decides who is let in"),
    Person("grace", "Grace Lark", "reviews requests in harbour"),
    Person("heidi", "Heidi Stork", "counts birds in fieldnotes"),
    Person("ivan", "Ivan Starling", "was refused by a gate"),
    Person("judy", "Judy Plover", "had access that was withdrawn"),
    Person("mallory", "Mallory Magpie", "uploads what gets reported"),
)
ORGS = (
    ("aviary", "Aviary", "public", (("alice", "admin"), ("bob", "write"), ("carol", "read"))),
    ("harbour", "Harbour Institute", "private", (("frank", "admin"), ("grace", "write"), ("alice", "read"))),
    ("fieldnotes", "Field Notes", "public", (("heidi", "admin"), ("carol", "write"), ("dave", "contributor"))),
    ("aviary-hq", "Aviary HQ", "public", (("mallory", "admin"),)),
)
LOOKALIKE = "aviary-hq"
"""The one that has proven nothing, and is called nearly as another."""

FOLLOWS = {
    "alice": ("bob", "heidi", "harbour"),
    "bob": ("alice", "aviary", "carol"),
    "carol": ("alice", "aviary", "fieldnotes", "frank"),
    "dave": ("aviary", "heidi"),
    "erin": ("alice", "bob", "aviary"),
    "grace": ("frank", "alice"),
    "heidi": ("fieldnotes", "alice"),
    "ivan": ("aviary",),
}


def arrive(story: Story) -> None:
    """Everybody gets an account."""
    for one in PEOPLE:
        story.rooms.people.add_user(
            SYSTEM, one.name, admin=one.name == ADMIN, full_name=one.full_name, password=story.password
        )


def found(story: Story) -> None:
    """The organisations begin, with teams, a group, a program and proven domains."""
    people, orgs = story.rooms.people, story.rooms.orgs
    for name, full_name, visibility, members in ORGS:
        people.add_org(SYSTEM, name, full_name=full_name, default_visibility=visibility, members=members)
        if name != LOOKALIKE:
            orgs.domains.verify(story.actor(ADMIN), name, f"{name}.example")
    harbour = orgs.desk(story.actor("frank"), "harbour")
    reviewers = orgs.teams.add(harbour, "Reviewers")
    unreleased = orgs.groups.add(harbour, "Unreleased")
    for member in ("frank", "grace"):
        orgs.teams.set_member(harbour, reviewers, member, belongs=True)
    orgs.groups.set_team(harbour, unreleased, reviewers, "write")
    orgs.members.add_service(harbour, "harbour-ci", "write")


def know_each_other(story: Story) -> None:
    """Who follows whom, who vouches for whom, and who is asked to join."""
    relations, identities = story.rooms.relations, story.rooms.identities
    for name, others in FOLLOWS.items():
        for other in others:
            account = relations.by_name(other)
            if account is not None:
                relations.follow(story.actor(name), account, follows=True)
    operator = story.actor(ADMIN)
    at = story.calendar()
    identities.state(operator, "harbour", Identity(CHECKED, "the operator", at, None, "letter of March"))
    identities.state(operator, "grace", Identity(DOMAIN, "harbour.example", at, None))
    identities.vouch(story.actor("alice"), "aviary", "bob")
    story.rooms.orgs.members.invite(story.rooms.orgs.desk(story.actor("alice"), "aviary"), "erin", "contributor")
    story.rooms.orgs.members.invite(story.rooms.orgs.desk(story.actor("heidi"), "fieldnotes"), "alice", "read")


def put_away(story: Story, repo: RepoId) -> None:
    """What is not released goes into its group."""
    orgs = story.rooms.orgs
    harbour = orgs.desk(story.actor("frank"), "harbour")
    admitted = story.rooms.repos.admit(story.actor("frank"), repo).repo
    orgs.groups.put(harbour, orgs.groups.list(harbour)[0].id, admitted.id, admitted.owner_id)


SCENES = (Scene(362, arrive), Scene(355, found), Scene(230, know_each_other))

"""A story to tell of gates: alice's model, and who wants what is in it."""

from collections.abc import Iterator

from freehold.base.ids import RepoId
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.gates.gate import Policy, Standing
from freehold.core.repos.deciding import Decision
from freehold.core.repos.gate_door import Asked
from tests.kit.builders import a_model
from tests.kit.hub import TestHub

CARD = b"---\nextra_gated_prompt: Harm nobody.\nextra_gated_fields:\n  Use: text\n---\n"
SECRET = {"Use": "counting owls in secret"}
DAY_S = 86_400


class Story:
    """alice's gated model, and the organisation owls: carol administers it, zoe reads in it."""

    def __init__(self, hub: TestHub) -> None:
        self.hub, self.gating = hub, hub.rooms.gating
        self.repo: RepoId = a_model(hub, files={"README.md": CARD, "a.txt": b"song"})
        self.gate("manual")
        hub.rooms.people.add_org(SYSTEM, "owls", members=[("carol", "admin"), ("zoe", "read")])

    def repos_there(self) -> list[str]:
        with self.hub.rooms.db.read() as tx:
            return [row.id for row in tx.all("SELECT id FROM repos_repo")]

    def gate(self, gated: str) -> None:
        self.hub.rooms.repos.admin(self.hub.actor("alice"), self.repo).update(gated=gated)

    def reader(self, who: str):
        return self.hub.rooms.repos.reader(self.hub.actor(who), self.repo)

    def alice(self):
        return self.hub.rooms.repos.admin(self.hub.actor("alice"), self.repo)

    def ask(self, who: str = "carol", org: str = "", **more) -> Standing:
        return self.gating.door(self.reader(who)).ask(Asked(SECRET, org=org, **more))

    def decide(self, status: str, user: str = "carol", **more) -> None:
        self.gating.keeper(self.alice()).decide(Decision(status, **more), user=user)

    def policy(self, **changed) -> None:
        self.gating.admin(self.alice()).set_policy(Policy(**changed))

    def wait(self, days: float) -> None:
        self.hub.clock.advance(days * DAY_S)
        self.gating.tidy({})

    def standing(self, who: str) -> str:
        return self.reader(who).standing.value if self.reader(who).closed else "in"

    def request(self, status: str, user: str = "carol"):
        return next(one for one in self.gating.keeper(self.alice()).requests(status) if one.person.name == user)

    def notices(self, who: str) -> list[str]:
        self.hub.work()
        return [one.notice.title for one in self.hub.rooms.notices.inbox.of(self.hub.actor(who))]


def told(hub: TestHub) -> Iterator[Story]:
    """The story, and at its end no work left."""
    yield Story(hub)
    hub.work()

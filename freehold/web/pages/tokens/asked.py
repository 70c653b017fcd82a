"""What the form of a new token asks for: its role, its scope and its life."""

from collections.abc import Iterable

from freehold.base.errors import HubError, Invalid, Moved
from freehold.base.ids import RepoId, RepoKind
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.people import People
from freehold.core.accounts.scope import (
    DISCUSS,
    MOST_PARTS,
    OF_ACCOUNTS,
    OF_ONESELF,
    OF_REPOSITORIES,
    Entity,
    Part,
    Scope,
)
from freehold.core.repos.repos import Repos
from freehold.web.forms import Form

DAY = 24 * 3600 * 1_000_000
LIVES = {
    "7": later("7 days"),
    "30": later("30 days"),
    "90": later("90 days"),
    "365": later("a year"),
    "": later("until it is revoked"),
}
"""How long a token may be good for, in days as the form sends it."""

WORDS = {
    "repo.content.read": later("Read private repositories"),
    "discussion.write": later("Discuss, and open pull requests"),
    "repo.write": later("Create, change and delete repositories"),
    "collection.read": later("See private collections"),
    "collection.write": later("Create and change collections"),
    "user.webhooks.read": later("See webhooks"),
    "user.webhooks.write": later("Create and change webhooks"),
}


def owners(people: People, actor: Actor) -> list[tuple[Entity, tuple[str, ...]]]:
    """The accounts that a token can name, each with what can be given for it: one's own, and one's organisations."""
    mine = Entity("user", str(actor.account_id), actor.name)
    orgs = [Entity("org", org.id, org.name) for org in people.orgs_of(str(actor.account_id))]
    return [(mine, OF_ONESELF), *((org, OF_ACCOUNTS) for org in orgs)]


def scope_of(form: Form, people: People, repos: Repos, actor: Actor) -> Scope:
    """The scope that the form describes. Raises Invalid for a repository that the actor cannot see."""
    parts = [
        Part(entity, frozenset(one for one in known if form.get(f"{entity.id}:{one}")))
        for entity, known in owners(people, actor)
    ]
    allowed = frozenset(one for one in OF_REPOSITORIES if form.get(f"repos:{one}"))
    named = [line.strip() for line in form.get("repos", "").splitlines() if line.strip()]
    if len(named) > MOST_PARTS:
        raise Invalid(f"A token may name {MOST_PARTS} repositories.")
    if named and not allowed:
        raise Invalid("Say what the token may do with the repositories that you name.")
    parts += [Part(entity, allowed) for entity in _found(named, repos, actor)]
    everywhere = frozenset({DISCUSS}) if form.get("everywhere") else frozenset[str]()
    return Scope(tuple(part for part in parts if part.permissions), everywhere, bool(form.get("gated")))


def expiry(form: Form, now: int) -> int | None:
    """When the token ends, in microseconds. Raises Invalid."""
    days = form.get("days", "")
    if days not in LIVES:
        raise Invalid("Choose how long the token shall work.")
    return now + int(days) * DAY if days else None


def _found(named: Iterable[str], repos: Repos, actor: Actor) -> list[Entity]:
    entities = []
    for line in named:
        kind, _, rest = line.partition("/")
        singular = kind.removesuffix("s")
        known = singular in [*RepoKind] and singular != RepoKind.MODEL and rest.count("/") == 1
        repo_id = RepoId(RepoKind(singular), *rest.split("/")) if known else RepoId(RepoKind.MODEL, kind, rest)
        try:
            repo = repos.admit(actor, repo_id).repo
        except Moved as moved:
            raise Invalid(f"{line[:100]} is now called {moved.to}. Use that name.") from moved
        except HubError as refused:
            raise Invalid(f"You can see no repository {line[:100]!r}.") from refused
        entities.append(Entity(repo.kind.value, repo.id, repo.repo_id.full))
    return entities

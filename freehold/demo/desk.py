"""What people keep on their own desks: tokens, keys, webhooks, collections, a bucket; and what the operator does."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from freehold.base.errors import NotFound
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.scope import OF_REPOSITORIES, Entity, Part, Scope
from freehold.core.accounts.tokens import NARROW
from freehold.core.repos.bucket_batches import PutFile
from freehold.demo import cast
from freehold.demo.calendar import DAY
from freehold.demo.cast import ADMIN
from freehold.demo.story import Scene, Story, named
from freehold.features.collections.collection import Changes
from freehold.features.collections.collections import Draft
from freehold.features.moderation.reports import Subject
from freehold.features.notices.webhooks import Item

BUCKET = RepoId(RepoKind.BUCKET, "alice", "checkpoints")
GIB = 1 << 30


def make_tokens(story: Story) -> None:
    """Alice has three tokens: one for everything, one that reads, one for a single repository. Nobody knows them."""
    tokens, alice = story.rooms.tokens, story.actor("alice")
    account = str(alice.account_id)
    tokens.add(alice, account, "workstation", "write")
    tokens.add(alice, account, "evaluation server", "read", expires_at=story.calendar() + 500 * DAY)
    repo = story.rooms.repos.admit(alice, named("aviary/letters-en")).repo
    part = Part(Entity("model", repo.id, repo.repo_id.full), frozenset(OF_REPOSITORIES))
    tokens.add(alice, account, "letters, nightly", NARROW, scope=Scope((part,)))


def make_key(story: Story) -> None:
    """A key for SSH whose private half was thrown away."""
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    alice = story.actor("alice")
    story.rooms.keys.add(alice, str(alice.account_id), "", f"{public} laptop")


def watch(story: Story) -> None:
    """A webhook that is switched off, so that the story sends nothing to anybody."""
    webhooks, alice = story.rooms.notices.webhooks, story.actor("alice")
    made = webhooks.add(alice, "https://ci.example.org/hooks/hub", [Item("org", "aviary")], ["repo"], "not-so-secret")
    webhooks.switch(alice, made.id, on=False)


def collect(story: Story, by: str, draft: Draft, theme: str, items: tuple[tuple[str, str], ...]) -> str:
    """A collection and what is in it, each with a note; its slug."""
    collections, actor = story.rooms.collections, story.actor(by)
    made = collections.create(actor, draft)
    editor = collections.editor(actor, made.slug)
    for path, note in items:
        repo = named(path)
        editor.add(collections.target(actor, repo.kind.value, repo.full), note)
    editor.update(Changes(theme=theme))
    return made.slug


def collect_letters(story: Story) -> None:
    """The letters and what came of them."""
    draft = Draft("aviary", "Letters", "A language model that fits on a page, and its descendants.")
    items = (
        ("aviary/letters-en", "Begin here: read the card, then the weights."),
        ("aviary/letters-de", ""),
        ("aviary/letters-en-gguf", "The same in GGUF."),
        ("carol/letters-en-french", "An adapter."),
        ("datasets/fieldnotes/sentences", "What they were counted from."),
    )
    slug = collect(story, "alice", draft, "green", items)
    for name in ("bob", "carol", "dave", "erin"):
        story.rooms.collections.upvote(story.actor(name), slug, up=True)


def collect_for_class(story: Story) -> None:
    """What carol shows in class."""
    draft = Draft("carol", "For a first lesson", "Small enough to explain in an hour.")
    items = (
        ("aviary/which-language", "Let them find sentences that it gets wrong."),
        ("datasets/fieldnotes/bird-counts", "For drawing bars."),
        ("spaces/aviary/language-guesser", ""),
        ("dave/colour-names", "Everybody likes this one."),
    )
    slug = collect(story, "carol", draft, "purple", items)
    for name in ("alice", "heidi"):
        story.rooms.collections.upvote(story.actor(name), slug, up=True)


def fill_bucket(story: Story) -> None:
    """Weights of earlier days, copied from repositories that hold them."""
    alice = story.actor("alice")
    story.rooms.repos.create(alice, BUCKET, visibility="public")
    changes = []
    for day, path in enumerate(("aviary/letters-en", "aviary/letters-de", "aviary/which-language"), 1):
        source = named(path)
        file = story.rooms.repos.reader(alice, source).file("main", "model.safetensors")
        if file.entry.large is None or file.entry.large.xet_hash is None:
            raise NotFound(f"{path} has no weights that a bucket could hold.")
        changes.append(PutFile(f"run-{day}/model.safetensors", file.entry.large.xet_hash, source=source))
    story.rooms.repos.buckets.writer(alice, BUCKET).apply(changes)


def report(story: Story) -> None:
    """Carol says what is wrong with a repository, and the operator takes it out of circulation."""
    reports, admin = story.rooms.moderation.reports, story.actor(ADMIN)
    repo = story.rooms.repos.admit(story.actor("carol"), named("mallory/free-weights")).repo
    subject = Subject("repository", repo.id, f"model {repo.repo_id.full}", f"/{repo.repo_id.path}", repo.id)
    text = "There are no weights in it, only a script that one is told to run."
    filed = reports.file(story.actor("carol"), subject, "malware", text)
    story.calendar.go(9.5)
    story.rooms.moderation.hold(admin, repo.repo_id, "quarantined", "A script instead of weights")
    reports.decide(admin, filed.id, "upheld", "Quarantined until its owner has explained the script.")


def report_person(story: Story) -> None:
    """A report that waits for the operator."""
    account = story.rooms.people.by_name("mallory")
    if account is not None:
        subject = Subject("account", account.id, account.name, f"/{account.name}")
        text = "The picture and the name are nearly those of somebody else."
        story.rooms.moderation.reports.file(story.actor("heidi"), subject, "impersonation", text)


def limit(story: Story) -> None:
    """The operator says how much some may hold, and whose requests are refused."""
    admin = story.actor(ADMIN)
    quotas: dict[str, int | None] = {"quota_bytes": 2 * GIB, "quota_files": 10_000, "quota_repositories": 50}
    story.rooms.moderation.set_quotas(admin, "mallory", quotas, "Until the report is settled")
    story.rooms.moderation.set_quotas(admin, "aviary", quotas | {"quota_bytes": 50 * GIB}, "What was asked for")
    story.rooms.moderation.blocks.add(admin, "network", "203.0.113.0/24", "Guesses passwords")


def read_some(story: Story) -> None:
    """Alice has read some of what she was told, and not yet the newest."""
    inbox, alice = story.rooms.notices.inbox, story.actor("alice")
    inbox.mark(alice, None)


SCENES = (
    Scene(240, make_tokens),
    Scene(239, make_key),
    Scene(200, watch),
    Scene(130, collect_letters),
    Scene(70, collect_for_class),
    Scene(58, fill_bucket),
    Scene(23, lambda story: cast.put_away(story, named("harbour/tides-2"))),
    Scene(22, read_some),
    Scene(10, report),
    Scene(8, limit),
    Scene(1.8, report_person),
)

"""What a new repository begins with: a first commit, or a copy of another's packs and refs."""

from freehold.base.errors import Conflict
from freehold.base.ids import Oid, RepoId, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.repos.committing import add_commit
from freehold.core.repos.planning import first_attributes
from freehold.core.repos.repo import Repo
from freehold.stores.db.database import Transaction
from freehold.stores.git.store import GitStore, RefMove, StagedPack
from freehold.wire.git.objects import FILE, Node, Person, encode_tree
from freehold.wire.git.pack import PackWriter
from freehold.wire.git.refs import PULLS

_SPACE_CARD = "---\ntitle: {title}\nsdk: {sdk}\n{file}pinned: false\n---\n"


def first_pack(git: GitStore, repo: Repo, actor: Actor, at: int) -> tuple[StagedPack, Oid]:
    """Put the first commit of `repo` durably into the store; its id. A space gets a card that names its SDK."""
    files = {b".gitattributes": first_attributes(repo.kind is RepoKind.DATASET)}
    if repo.sdk:
        file = "app_file: app.py\n" if repo.sdk in {"gradio", "streamlit"} else ""
        files[b"README.md"] = _SPACE_CARD.format(title=repo.name, sdk=repo.sdk, file=file).encode()
    writer = PackWriter()
    nodes = {name: Node(FILE, writer.add("blob", body)) for name, body in files.items()}
    tree = writer.add_text("tree", encode_tree(nodes))
    author = Person(actor.name, f"{actor.name}@users.noreply.invalid", at)
    commit = add_commit(writer, tree, None, author, "initial commit")
    return git.stage(repo.id, writer.finish()), commit


def duplicate_packs(git: GitStore, source: str, target: str) -> tuple[list[StagedPack], list[RefMove]]:
    """Copy the packs of `source` under the name of `target`; the refs that the copy has, pull requests left out."""
    glimpse = git.refs(source)
    staged = git.copy_packs(source, target)
    moves = [RefMove(name, None, oid) for name, oid in glimpse.refs.items() if not name.startswith(PULLS)]
    return staged, moves


def default_for(kind: RepoKind, preferred: str) -> str:
    """Who sees a new repository of a namespace that prefers `preferred`: only spaces can be protected."""
    return "private" if preferred == "protected" and kind is not RepoKind.SPACE else preferred


def insert_row(tx: Transaction, repo: Repo, creator_id: str | None) -> None:
    """Enter a repository under its address, which its caller has made sure is free, and end a redirect from there."""
    address = address_of(repo.repo_id)
    tx.run("DELETE FROM repos_redirect WHERE address = :address", address=address)
    tx.run(
        "INSERT INTO repos_repo (id, kind, owner_id, namespace, name, address, visibility, gated, gate_hides, sdk,"
        " creator_id, created_at, updated_at) VALUES (:id, :kind, :owner, :namespace, :name, :address, :visibility,"
        " :gated, :hides, :sdk, :creator, :now, :now)",
        id=repo.id, kind=repo.kind.value, owner=repo.owner_id, namespace=repo.namespace, name=repo.name,
        address=address, visibility=repo.visibility, gated=repo.gated, hides=int(repo.gate_hides), sdk=repo.sdk,
        creator=creator_id, now=repo.created_at,
    )  # fmt: skip


def address_of(repo_id: RepoId) -> str:
    """What no two repositories have alike, whatever the case of their letters."""
    return f"{repo_id.kind.value}:{repo_id.namespace}/{repo_id.name}".lower()


def taken(repo_id: RepoId) -> Conflict:
    """What is said to whoever wants an address that another has."""
    return Conflict(f"A {repo_id.kind} repository called {repo_id.full} already exists", url=f"/{repo_id.path}")

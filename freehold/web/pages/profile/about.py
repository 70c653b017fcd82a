"""What an account says of itself: the card of its space `README`, as organisations elsewhere do it."""

from urllib.parse import quote

from freehold.base.errors import Forbidden, Moved, NotFound, TooLarge
from freehold.base.ids import RepoId, RepoKind
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.relations import Known
from freehold.core.repos.repos import Repos
from freehold.web.links import repo_path
from freehold.web.markdown import MAX_TEXT, Place, Rendered, render
from freehold.wire.cards import parse_card

_README = "README.md"


def about_of(repos: Repos, actor: Actor, account: Known, root: str) -> Rendered | None:
    """The card, if there is one that `actor` may read."""
    repo_id = RepoId(RepoKind.SPACE, account.name, "README")
    try:
        reader = repos.reader(actor, repo_id)
        commit = reader.commit_of()
        text = parse_card(reader.open_bytes(commit, _README, 4 * MAX_TEXT)).body
    except (NotFound, Moved, Forbidden, TooLarge):
        return None
    blob, resolve = repo_path(repo_id, "blob", "main"), repo_path(repo_id, "resolve", quote(commit))
    return render(text, Place(f"{root}{blob}/", f"{root}{resolve}/", _README)) if text.strip() else None

"""Comments as safe HTML: cards' Markdown without anchors, with links for people and threads that are named."""

from collections.abc import Collection

from markupsafe import Markup

from freehold.base.ids import RepoId
from freehold.web.links import repo_path
from freehold.web.markdown import Place, Talk, render


def render_comment(root: str, repo: RepoId, text: str, people: Collection[str]) -> Markup:
    """`text` said about `repo`; `root` is what the hub's addresses begin with, `people` who it may link to."""
    place = Place(root + repo_path(repo, "blob", "main") + "/", root + repo_path(repo, "resolve", "main") + "/", "")
    talk = Talk(f"{root}/", root + repo_path(repo, "discussions") + "/", frozenset(people))
    return render(text, place, talk).html

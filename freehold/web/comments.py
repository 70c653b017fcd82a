"""Comments as safe HTML: cards' Markdown without anchors, with links for people and threads, and what was uploaded."""

from markupsafe import Markup

from freehold.base.ids import RepoId
from freehold.features.discussions.thread import Comment
from freehold.web.links import repo_path
from freehold.web.markdown import Place, Talk, render


def render_comment(root: str, repo: RepoId, text: str, comment: Comment) -> Markup:
    """`text` said about `repo`, now or earlier in `comment`; `root` is what the hub's addresses begin with."""
    place = Place(root + repo_path(repo, "blob", "main") + "/", root + repo_path(repo, "resolve", "main") + "/", "")
    people, attachments = frozenset(comment.mentions), frozenset(comment.attachments)
    talk = Talk(f"{root}/", root + repo_path(repo, "discussions") + "/", people, f"{root}/uploads/", attachments)
    return render(text, place, talk).html

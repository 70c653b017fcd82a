"""The table of contents of git over HTTP."""

from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.ids import GIT_KINDS
from freehold.core.repos.repos import Repos
from freehold.protocols.git.answers import in_git_shape
from freehold.protocols.git.services import Services


def routes(repos: Repos) -> list[Route]:
    """Every route; a repository's address may end in `.git` or not."""
    git = Services(repos)
    beside = [f"/{kind.prefix}{{ns:seg}}/{{name:seg}}" for kind in GIT_KINDS]
    return [
        *(
            Route(f"{repo}/info/refs", in_git_shape(git.info_refs), needs=Need.CONTENT, methods=["GET"])
            for repo in beside
        ),
        *(
            Route(f"{repo}/git-upload-pack", in_git_shape(git.upload_pack), needs=Need.CONTENT, methods=["POST"])
            for repo in beside
        ),
        *(
            Route(f"{repo}/git-receive-pack", in_git_shape(git.receive_pack), needs=Need.WRITE, methods=["POST"])
            for repo in beside
        ),
    ]

"""What a gate says to somebody whom it keeps out, in the words that clients and people know."""

from freehold.base.errors import Gated
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import Standing
from freehold.core.repos.repo import Repo


def refused(repo: Repo, actor: Actor, standing: Standing) -> Gated:
    """The error for an actor who may see `repo` but was not let in."""
    name = f"{repo.kind.value} {repo.repo_id.full}"
    if not actor.signed_in:
        return Gated(
            f"Access to {name} is restricted. You must have access to it and be authenticated to access it."
            " Please log in."
        )
    if actor.scope is not None and standing in (Standing.ACTIVE, Standing.NONE):
        return Gated(
            f"Access to {name} is restricted, and this token's scope holds no gated content that you may have been"
            " let in to. Allow it to read gated repositories, or ask for access."
        )
    match standing:
        case Standing.PENDING:
            return Gated(f"Your request to access {name} is awaiting a review from the repo authors.")
        case Standing.REJECTED:
            return Gated(f"Your request to access {name} has been rejected by the repo's authors.")
        case Standing.SUSPENDED:
            return Gated(f"Your access to {name} is suspended by the repo's authors.")
    page = f"/{repo.repo_id.path}"
    return Gated(_with_address(name, page, standing), page)


def _with_address(name: str, page: str, standing: Standing) -> str:
    match standing:
        case Standing.STALE:
            return later(
                f"The terms of {name} have changed, and its authors want you to agree to them."
                f" Visit {page} to read them."
            )
        case Standing.LAPSED:
            return later(f"Nobody decided in time on your request to access {name}. Visit {page} to ask again.")
        case Standing.COOLED:
            return later(f"Your request to access {name} was rejected some time ago. Visit {page} to ask again.")
        case Standing.ACTIVE:
            return later(
                f"The identity that your access to {name} was given for does not hold any more. Visit {page} to see."
            )
        case Standing.EXPIRED:
            return later(
                f"Your access to {name} has ended: it was given for a limited time. Visit {page} to ask for access."
            )
    return later(
        f"Access to {name} is restricted and you are not in the authorized list. Visit {page} to ask for access."
    )

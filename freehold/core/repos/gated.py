"""What a gate says to somebody whom it keeps out, in the words that clients and people know."""

from freehold.base.errors import Gated
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import Standing
from freehold.core.repos.repo import Repo

_SAID = {
    Standing.PENDING: "Your request to access {} is awaiting a review from the repo authors.",
    Standing.REJECTED: "Your request to access {} has been rejected by the repo's authors.",
    Standing.SUSPENDED: "Your access to {} is suspended by the repo's authors.",
}
_SAID_WITH_ADDRESS = {
    Standing.STALE: ("The terms of {} have changed, and its authors want you to agree to them.", "read them"),
    Standing.LAPSED: ("Nobody decided in time on your request to access {}.", "ask again"),
    Standing.COOLED: ("Your request to access {} was rejected some time ago.", "ask again"),
    Standing.ACTIVE: ("The identity that your access to {} was given for does not hold any more.", "see"),
    Standing.EXPIRED: ("Your access to {} has ended: it was given for a limited time.", "ask for access"),
}


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
    if standing in _SAID:
        return Gated(_SAID[standing].format(name))
    default = ("Access to {} is restricted and you are not in the authorized list.", "ask for access")
    said, purpose = _SAID_WITH_ADDRESS.get(standing, default)
    page = f"/{repo.repo_id.path}"
    return Gated(f"{said.format(name)} Visit {page} to {purpose}.", page)

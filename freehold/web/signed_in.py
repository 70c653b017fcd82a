"""Who sends a form that only a signed-in person may send."""

from starlette.requests import Request

from freehold.asgi.identity import identity
from freehold.base.errors import Forbidden
from freehold.core.accounts.actor import Actor


def signed_in(request: Request) -> tuple[Actor, str]:
    """The actor and the account's id. Raises Forbidden for a visitor."""
    actor = identity(request)
    if actor.account_id is None:
        raise Forbidden("You are not signed in any more. Sign in, then send the form again.")
    return actor, actor.account_id

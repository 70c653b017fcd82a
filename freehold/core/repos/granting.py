"""From a row and who asks to the right that comes of it, or to the error that says why there is none."""

from typing import Any

from freehold.base.errors import Disabled, Forbidden, RepoNotFound
from freehold.base.ids import RepoId
from freehold.base.words import later
from freehold.core.accounts.access import Right, Subject, owns, right, under_hold
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.names import name_key
from freehold.core.repos.repo import Repo

ABSENT = later("Repository not found. Check its name, or sign in with an account that may see it.")


def granted_right(actor: Actor, row: Any) -> Right:
    """The actor's right to a row, READ at least. Raises RepoNotFound, and Disabled where only a hold is in the way."""
    by_role = right(actor, subject_of(row), row.role)
    if by_role < Right.READ:
        raise RepoNotFound(ABSENT)
    granted = under_hold(actor, row.hold, row.owner_id, row.role, by_role)
    if granted < Right.READ:
        raise Disabled(row.hold_reason if owns(actor, row.owner_id, row.role) else "")
    return granted


def short_of(least: Right, actor: Actor, row: Any) -> Forbidden:
    """Why somebody who may read may do no more."""
    repo = Repo.from_row(row)
    if repo.hold and not actor.is_admin:
        return Forbidden(f"{repo.repo_id.path} is {repo.hold} and cannot be changed. {repo.hold_reason}")
    return Forbidden(refusal(repo.repo_id, actor, least))


def subject_of(row: Any) -> Subject:
    return Subject(row.visibility, row.owner_id, row.id)


def refusal(repo: RepoId, actor: Actor, wanted: Right) -> str:
    """The sentence for someone who may read, but not what he `wanted`."""
    why = actor.barred_from(name_key(repo.namespace))
    if actor.kind == "deploy":
        why = later(f"The {actor.name} may not write to {repo.path}. Whoever administers it can add one that may.")
    if why:
        return why
    if not actor.signed_in:
        return later(f"Sign in to change {repo.path}: send a token with the role `write`.")
    if actor.scope is not None:
        return later(f"The scope of this token does not reach that far in {repo.path}, or its owner's rights do not.")
    if not actor.may_write:
        return later(f"This token may only read {repo.path}. Use a token with the role `write`.")
    if wanted is Right.ADMIN:
        return later(f"You don't have the rights to administer {repo.path}. Ask its owner.")
    return later(
        f"You don't have the rights to write to {repo.path}. Ask its owner for a write role, or pass `create_pr=1` "
        "as a query parameter to propose your change as a pull request."
    )

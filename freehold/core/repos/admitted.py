"""What the gate hands out at least: a repository or bucket, the actor it was opened for, and the actor's right."""

from collections.abc import Callable

from freehold.base.errors import Disabled
from freehold.core.accounts.access import Right
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.gates.gate import Standing
from freehold.core.repos.gated import refused
from freehold.core.repos.repo import Repo


class Admitted:
    """One repository or bucket as its row says, for an actor who was found to be allowed to see it.

    Of a gated one a stranger sees names, sizes and the card; `closed` is then true, and content is refused.
    """

    closed = False
    standing = Standing.NONE
    """How the actor stands at the gate, where it is closed."""
    witness: Callable[[str, str, str], None] | None = None
    """Notes what is fetched, where only a grant of the gate lets the actor in."""

    def __init__(self, repo: Repo, actor: Actor, right: Right) -> None:
        self.repo = repo
        self.actor = actor
        self.right = right

    def require_content(self) -> None:
        """Raise Gated if the actor may see this repository but not have what is in it."""
        if self.closed:
            raise refused(self.repo, self.actor, self.standing)

    def require_free(self) -> None:
        """Raise Disabled if administrators hold it: what is quarantined does not go on elsewhere."""
        if self.repo.hold:
            raise Disabled(self.repo.hold_reason)

    @property
    def hidden(self) -> bool:
        """Whether the actor may not even see the card and what files there are."""
        return self.closed and self.repo.gate_hides

    def require_card(self) -> None:
        """Raise Gated where the gate hides what gates usually leave readable."""
        if self.hidden:
            raise refused(self.repo, self.actor, self.standing)

    def fetched(self, way: str, what: str, commit: str = "") -> None:
        """Say that content is about to be handed out: by which way (`file`, `lfs`, `xet`, `git`, …), and what."""
        if self.witness is not None:
            self.witness(way, what, commit)

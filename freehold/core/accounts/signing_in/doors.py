"""The whole room, put together."""

from dataclasses import dataclass

from freehold.base.clock import Clock, now
from freehold.base.errors import Invalid
from freehold.core.accounts.people import People
from freehold.core.accounts.sealing import Sealer
from freehold.core.accounts.secrets import hub_secret
from freehold.core.accounts.sessions import Sessions
from freehold.core.accounts.signing_in.attempts import Attempts
from freehold.core.accounts.signing_in.challenges import Challenges
from freehold.core.accounts.signing_in.changing import Changing
from freehold.core.accounts.signing_in.codes import Codes
from freehold.core.accounts.signing_in.confirming import Confirming
from freehold.core.accounts.signing_in.joining import POLICIES, Joining
from freehold.core.accounts.signing_in.letters import Letters
from freehold.core.accounts.signing_in.passkeys import Passkeys
from freehold.core.accounts.signing_in.signing_in import Directory, SignIn
from freehold.core.queue.queue import Queue
from freehold.stores.db.database import Database


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways in, the ways to an account, and what people change about theirs."""

    sign_in: SignIn
    confirming: Confirming
    joining: Joining
    changing: Changing
    letters: Letters


def open_doors(
    db: Database,
    people: People,
    sessions: Sessions,
    queue: Queue,
    *,
    sealer: Sealer,
    sign_up: str,
    directory: Directory | None = None,
    clock: Clock = now,
) -> Doors:
    """The room. Raises Invalid for a `sign_up` that is none of the policies."""
    policy = next((known for known in POLICIES if known == sign_up), None)
    if policy is None:
        raise Invalid(f"The setting `sign_up` is one of {', '.join(POLICIES)}; not {sign_up!r}.")
    letters, attempts = Letters(db, queue, clock), Attempts(db, clock)
    challenges = Challenges(db, hub_secret(db, "passkey-challenges"), clock)
    sign_in = SignIn(
        db,
        people,
        sessions,
        attempts,
        Codes(db, sealer, letters, clock),
        Passkeys(db, challenges, letters, clock),
        clock,
        directory,
    )
    return Doors(
        sign_in,
        Confirming(sign_in, people),
        Joining(db, people, letters, attempts, policy),
        Changing(db, letters, attempts, queue, clock),
        letters,
    )

"""What a route needs of whoever asks: a closed vocabulary, declared where the route is declared.

A declaration decides nothing: the gate behind the route does (`core/accounts/access`). It says what that gate is meant
to hold, so that a route which nobody thought about does not start, and so that tests can compare what was meant with
what happens (`tests/protocols/matrix`).
"""

from enum import Enum

from freehold.base.words import later


class Need(Enum):
    """Each with what it means for a caller; those of a *thing* are about the one that the address or the body names.

    A thing is a repository, a bucket, a collection; whoever may not read it is told that there is no such thing.
    """

    NOTHING = later("anybody may ask; what is listed is what the caller may see")
    LINK = later("a signed link, a ticket or a secret, handed out to whoever passed another gate")
    ACCOUNT = later("a signed-in account, which is told of its own things")
    ACTING = later("a signed-in account that changes its own things, by a credential that may write")
    SESSION = later("a person in their own browser, for what no token may do")
    READ = later("may read the thing")
    CONTENT = later("may read the thing, and its gate lets in")
    PROPOSE = later("may take part: discuss, like, propose changes, ask for access")
    WRITE = later("may write to the thing")
    ADMIN = later("may administer the thing")
    MEMBER = later("belongs to the organisation, or is the person")
    CREATE = later("may write in the namespace")
    STEWARD = later("administers the organisation, or is the person")
    OPERATOR = later("administers the hub")

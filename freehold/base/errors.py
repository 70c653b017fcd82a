"""The one family of errors; every floor raises these, and only `asgi` learns what HTTP calls them."""

from freehold.base.words import later


class HubError(Exception):
    """Something a caller can be told: the message is a sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Invalid(HubError):
    """The request itself is malformed."""


class InvalidName(Invalid):
    """A name that no account or repository may have."""


class Unprocessable(HubError):
    """Well-formed, but it asks for something that may not be (a path that climbs out of its folder, …)."""


class BadCredentials(HubError):
    """A credential was sent and is not valid."""


class Forbidden(HubError):
    """Known actor, visible thing, not allowed."""


class Disabled(Forbidden):
    """Administrators of the hub have taken this out of circulation; `why` is for those whom it concerns, else empty."""

    def __init__(self, why: str = "") -> None:
        super().__init__(later("Access to this resource is disabled."))
        self.why = why

    @property
    def in_full(self) -> str:
        """The message, and behind it why."""
        return later(f"Access to this resource is disabled. {self.why}") if self.why else self.message


class Gated(Forbidden):
    """The repository may be seen, but its content is handed out only to those whom its owner lets in.

    `ask_at` is the web path, as the message has it, where one can ask for access; empty where that would not help.
    """

    def __init__(self, message: str, ask_at: str = "") -> None:
        super().__init__(message)
        self.ask_at = ask_at


class NotGated(Invalid):
    """Something about a gate was asked of a repository that has none."""


class NotFound(HubError):
    """A thing that is absent, or that the actor may not know of: the two look alike."""


class RepoNotFound(NotFound):
    """No such repository for this actor."""


class RevisionNotFound(NotFound):
    """The repository has no such branch, tag or commit."""


class EntryNotFound(NotFound):
    """The revision has no such path. `commit` is the commit that was searched."""

    def __init__(self, message: str, commit: str | None = None) -> None:
        super().__init__(message)
        self.commit = commit


class Moved(HubError):
    """The repository is now called something else; `to` is its new web path, for a 307 or 308."""

    def __init__(self, to: str) -> None:
        super().__init__(later(f"This repository has moved to {to}."))
        self.to = to


class Conflict(HubError):
    """The thing exists already; `url` is its web path where the client wants to know it."""

    def __init__(self, message: str, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url


class Stale(HubError):
    """The branch moved since the caller looked."""


class TooLarge(HubError):
    """Larger than a limit; the message names the limit."""


class QuotaExceeded(HubError):
    """The namespace has no room left."""


class TooMany(HubError):
    """Asked too often; `retry_after_s` is how many seconds to wait."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class RangeUnsatisfiable(HubError):
    """A byte range beyond the end; `size` is the length in bytes of the whole."""

    def __init__(self, size: int) -> None:
        super().__init__(later(f"The requested range lies beyond the end of the file ({size} bytes)."))
        self.size = size


class NotBuilt(HubError):
    """A part of the Hub's API that this hub does not have yet."""


class NotReached(HubError):
    """Another machine, which this hub was to ask, gave no sensible answer in time."""


class StorageFull(HubError):
    """No space left on the device that holds the bytes."""


class StorageFailed(HubError):
    """The store could not answer; never to be mistaken for `not found`."""


class Corrupt(StorageFailed):
    """Stored bytes do not match their hash."""

"""Which addresses a narrow credential may not come to: those where people see and change what is theirs alone."""

import re

from freehold.base.words import later

_OWN = re.compile(r"/(?:api/)?(?:settings|notifications|organizations/[^/]+/settings)(?:/.*)?", re.DOTALL)

# Where the scope itself decides, thing by thing.
_SCOPED = re.compile(
    r"/api/settings/webhooks(?:/.*)?|/api/(?:organizations/[^/]+/)?settings/repositories", re.DOTALL
)  # fmt: skip

REFUSED = later(
    "This token's scope does not reach your account's own settings. Sign in, or use a token with the role `write`"
    " or `read`."
)


def is_own(path: str) -> bool:
    """Whether the raw `path` is one of a person's or an organisation's own, whatever a token's scope says."""
    return _OWN.fullmatch(path) is not None and _SCOPED.fullmatch(path) is None

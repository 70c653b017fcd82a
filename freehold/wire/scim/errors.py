"""What can be wrong with a SCIM request, by the words of RFC 7644, section 3.12."""

from freehold.base.errors import Invalid


class ScimInvalid(Invalid):
    """A malformed request; `kind` is its `scimType`: invalidFilter, invalidPath, invalidValue, noTarget, …"""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

"""Bytes as text that fits into a URL: base64 with `-` and `_`, without padding (RFC 4648, section 5)."""

import base64

from freehold.base.streams import Buffer


def encode(raw: Buffer) -> str:
    """The text of `raw`."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The bytes whose one text is `text`. Raises ValueError for any text that `encode` would not give."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(raw) != text:
        raise ValueError("not base64url")
    return raw

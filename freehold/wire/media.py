"""Pictures, films and sounds as their first bytes tell them: what a file is, whatever it was called."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NEEDED = 16
"""How many of a file's first bytes are looked at."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A format: how its files' names end, and its media type, such as `image/png`."""

    suffix: str
    type: str

    @property
    def kind(self) -> str:
        """`image`, `video` or `audio`."""
        return self.type.partition("/")[0]


_ALL = (
    Medium("png", "image/png"),
    Medium("jpg", "image/jpeg"),
    Medium("gif", "image/gif"),
    Medium("webp", "image/webp"),
    Medium("mp4", "video/mp4"),
    Medium("mov", "video/quicktime"),
    Medium("webm", "video/webm"),
    Medium("mp3", "audio/mpeg"),
    Medium("wav", "audio/wav"),
)
MEDIA: Mapping[str, Medium] = MappingProxyType({medium.suffix: medium for medium in _ALL})
"""Every format that is told, by suffix. None of them can hold anything that runs."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"\x1aE\xdf\xa3", "webm"),
    (b"ID3", "mp3"),
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav"}
_STILLS = {b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"}
_BOXES = {b"moov", b"mdat", b"wide", b"free", b"skip"}


def medium_of(head: bytes) -> Medium | None:
    """The format of a file that begins with `head` (NEEDED bytes, or all where there are fewer); None: no such."""
    suffix = next((suffix for start, suffix in _BEGINNINGS if head.startswith(start)), None) or _by_inner_words(head)
    return None if suffix is None else MEDIA[suffix]


def _by_inner_words(head: bytes) -> str | None:
    """RIFF (WebP, WAV), ISO media (MP4; a QuickTime film may lack its `ftyp` box), and MPEG audio without a tag."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        if head[8:12] in _STILLS:
            return None
        return "mov" if head[8:12] == b"qt  " else "mp4"
    if head[4:8] in _BOXES:
        return "mov"
    # Eleven bits of sync, then a version and a layer that exist: layer III is what browsers play.
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[1] & 0x18 != 0x08:
        return "mp3"
    return None

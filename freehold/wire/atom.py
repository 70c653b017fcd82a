"""Atom feeds (RFC 4287) as values and as XML; what comes from people is text, never markup."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
_SPACE = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot say in any way, surrogates of undecodable bytes included.
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; times are microseconds."""

    id: str
    title: str
    link: str
    updated: int
    author: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed; `link` is the page that shows the same, `here` the feed's own address."""

    id: str
    title: str
    link: str
    here: str
    entries: Sequence[Entry]
    begun: int = 0
    """When what it tells of began: how old a feed without entries says it is."""

    @property
    def updated(self) -> int:
        """When anything in it changed last."""
        return max((entry.updated for entry in self.entries), default=self.begun)


def encode(feed: Feed) -> bytes:
    """The feed as a document."""
    root = ElementTree.Element("feed", {"xmlns": _SPACE})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title or "Feed")
    _text(root, "updated", _time(feed.updated))
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.link})
    ElementTree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.here})
    for entry in feed.entries:
        _entry(root, entry)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entry(root: ElementTree.Element, entry: Entry) -> None:
    element = ElementTree.SubElement(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title or "Untitled")
    _text(element, "updated", _time(entry.updated))
    ElementTree.SubElement(element, "link", {"rel": "alternate", "type": "text/html", "href": entry.link})
    author = ElementTree.SubElement(element, "author")
    _text(author, "name", entry.author or "unknown")
    if entry.summary:
        _text(element, "summary", entry.summary)


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = _UNSAYABLE.sub("\ufffd", text)


def _time(micros: int) -> str:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

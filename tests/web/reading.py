"""What a person reads or hears of a page, and what of it no catalogue has put into the reader's language."""

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import polib

from freehold.web.languages import CATALOGUES

READ_OUT = {"aria-label", "title", "placeholder", "alt", "label"}
NOT_WORDS = {"code", "pre", "kbd", "samp", "script", "style"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
FEWEST_WORDS = 3
"""Of a piece of a sentence that is looked for: a shorter one may as well be somebody's own words."""

_GAP = re.compile(r"%\(\w+\)s|%[sd]")
_TAG = re.compile(r"</?[a-z][^>]*>")
_TOO_LITTLE = re.compile(r"[a-z-]*|[^A-Za-z]*")
"""A word in small letters is as often a name or a value."""


class Reader(HTMLParser):
    """Gathers texts, attributes that are read out, and words that are handed to scripts; `lang` is the page's."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lang = ""
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang = names.get("lang", "")
        foreign = tag != "html" and "lang" in names and names["lang"] != self.lang
        silent = self._silent or foreign or tag in NOT_WORDS or names.get("translate") == "no"
        if not silent:
            self._take(value for name, value in names.items() if name in READ_OUT)
            self._take(words_of(json.loads(names.get("data-words", "{}"))))
        if tag not in VOID:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while any(tag == name for name, _ in self._open):
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._take([data])

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def _take(self, texts: Iterator[str] | list[str]) -> None:
        self.texts += [plain for text in texts if (plain := " ".join(text.split()))]


def words_of(handed: object) -> Iterator[str]:
    """The texts in what a page hands to its script."""
    if isinstance(handed, str):
        yield handed
    elif isinstance(handed, Mapping | list):
        for one in handed.values() if isinstance(handed, Mapping) else handed:
            yield from words_of(one)


class Untranslated:
    """Finds what a page says in English although its catalogue, that of `tag`, has other words for it."""

    def __init__(self, tag: str) -> None:
        self._whole: set[str] = set()
        self._patterns: list[re.Pattern[str]] = []
        for entry in polib.pofile(str(CATALOGUES / f"{tag}.po")):
            if entry.msgctxt is None:  # words with a context are too short to be told from anybody's own
                self._learn(entry.msgid, entry.msgstr)
                for said, meant in _plurals(entry):
                    self._learn(said, meant)
        self._known: dict[str, bool] = {}

    def among(self, texts: list[str]) -> list[str]:
        """Those of the texts that are English."""
        for text in texts:
            if text not in self._known:
                self._known[text] = text in self._whole or any(one.fullmatch(text) for one in self._patterns)
        return [text for text in dict.fromkeys(texts) if self._known[text]]

    def _learn(self, said: str, meant: str) -> None:
        if said == meant or _TOO_LITTLE.fullmatch(said):
            return
        if not _GAP.search(said) and not _TAG.search(said):
            self._whole.add(said)
            return
        for piece in _TAG.split(said):
            words = _GAP.sub(" ", piece)
            if len(re.findall(r"[A-Za-z]{2,}", words)) >= FEWEST_WORDS and piece not in meant:
                parts = _GAP.split(" ".join(piece.replace("%%", "%").split()))
                self._patterns.append(re.compile(".*".join(map(re.escape, parts))))


def _plurals(entry: polib.POEntry) -> list[tuple[str, str]]:
    if not entry.msgid_plural:
        return []
    one, many = entry.msgstr_plural.get(0, ""), entry.msgstr_plural.get(1, "")
    return [(entry.msgid, one), (entry.msgid_plural, many)]

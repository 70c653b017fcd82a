"""What people write: its limits, the names and numbers that it mentions outside code, and the uploads it shows."""

import re
from collections.abc import Iterator

from freehold.base.errors import Invalid, TooLarge
from freehold.base.ids import is_name

LONGEST_TITLE = 250
LONGEST_TEXT = 64 << 10
"""Of a comment, in characters."""
MOST_NAMED = 50
"""How many people, and how many threads, one comment can mention; what follows is only text."""

PERSON = re.compile(r"(?<![\w@/.`-])@([A-Za-z0-9][A-Za-z0-9._-]{0,95})", re.ASCII)
NUMBER = re.compile(r"(?<![\w#/&`-])#([1-9][0-9]{0,8})(?![\w-])", re.ASCII)
ATTACHMENT = re.compile(r"/uploads/([0-9a-f]{24})\.[a-z0-9]{2,5}(?![\w.])", re.ASCII)
"""The end of an upload's address, whatever the hub was called when it was written."""
_CODE = re.compile(r"`[^`\n]*`")


def checked_title(title: str) -> str:
    """The title on one line. Raises Invalid."""
    title = " ".join(title.split())
    if not title:
        raise Invalid("A title is missing: say in a few words what this is about.")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"The title is longer than {LONGEST_TITLE} characters. Shorten it; details go into the text.")
    return checked_characters(title)


def checked_text(text: str, *, may_be_empty: bool = False) -> str:
    """The text of a comment. Raises Invalid and TooLarge."""
    text = text.replace("\r\n", "\n").strip("\n")
    if not text.strip() and not may_be_empty:
        raise Invalid("The comment is empty: write something.")
    if len(text) > LONGEST_TEXT:
        raise TooLarge(f"A comment holds {LONGEST_TEXT} characters at most. Put longer texts into a file.")
    return checked_characters(text)


def checked_characters(text: str) -> str:
    """The text, if every character of it can be kept and shown. Raises Invalid."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid("The text has characters that cannot be kept, such as NUL. Remove them.")
    return text


def people_in(text: str) -> list[str]:
    """The names behind an `@`, each once."""
    found = (name.rstrip(".-") for line in prose(text) for name in PERSON.findall(line))
    return list(dict.fromkeys(name for name in found if is_name(name)))[:MOST_NAMED]


def attachments_in(text: str) -> list[str]:
    """The ids of the uploads whose addresses it has, each once."""
    return list(dict.fromkeys(ATTACHMENT.findall(text)))[:MOST_NAMED]


def numbers_in(text: str) -> list[int]:
    """The numbers behind a `#`, each once."""
    found = (int(number) for line in prose(text) for number in NUMBER.findall(line))
    return list(dict.fromkeys(found))[:MOST_NAMED]


def prose(text: str) -> Iterator[str]:
    """The lines that are no code, freed of the code within them."""
    fence = ""
    for line in text.split("\n"):
        start = line.lstrip()
        mark = start[:3] if start.startswith(("```", "~~~")) else ""
        if fence:
            fence = "" if mark == fence else fence
        elif mark:
            fence = mark
        elif not line.startswith(("    ", "\t")):
            yield _CODE.sub(" ", line)

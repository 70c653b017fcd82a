"""Gathers the words that people read from code and templates, and keeps the catalogues of `freehold/web/catalogues`.

Bare, it brings them up to date (what is new stays empty until somebody translates it); `--from FILE` takes translations
from another catalogue; `--check` only says what they lack.
"""

import argparse
import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import polib
from jinja2 import Environment

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "freehold" / "web" / "catalogues"
ERROR = "error"
_CALLS = {"say", "_", "later", "say_of", "count", "forms"}
_PLURALS = ("count", "forms", "ngettext")
_GAP = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"</?[a-z][^>]*>")
_TELLING = (
    "base/", "core/", "features/", "web/", "asgi/",
    "stores/blobs/s", "stores/db/", "stores/git/", "stores/outbound/",
    "wire/bucketpaths", "wire/gates/", "wire/git/paths", "wire/notebook", "wire/oauth/", "wire/publickeys",
)  # fmt: skip
"""Where errors are raised that a page may show; others meet machines alone."""

Key = tuple[str, str]
"""Context, and the text in English."""


@dataclass
class Found:
    """A sentence, where it is, and its plural; `error`: it is the message of an error."""

    plural: str = ""
    error: bool = False
    places: list[str] = field(default_factory=list)


def gather() -> dict[Key, Found]:
    """Every sentence of the hub, in the order of its places."""
    found: dict[Key, Found] = {}
    errors = _families()
    for path in sorted((ROOT / "freehold").rglob("*")):
        place = path.relative_to(ROOT).as_posix()
        if path.suffix == ".html" and "web" in path.parts:
            sentences = _of_template(path.read_text("utf-8"))
        elif place == "freehold/settings.py":
            sentences = _of_settings(ast.parse(path.read_text("utf-8")))
        elif path.suffix == ".py":
            sentences = _of_code(
                ast.parse(path.read_text("utf-8")),
                errors if place.removeprefix("freehold/").startswith(_TELLING) else set(),
            )
        else:
            continue
        for key, plural, error in sentences:
            entry = found.setdefault(key, Found(error=error))
            entry.plural = entry.plural or plural
            entry.error &= error
            if place not in entry.places:
                entry.places.append(place)
    return found


def _families() -> set[str]:
    """The names of the errors that people may be told of."""
    tree = ast.parse((ROOT / "freehold/base/errors.py").read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def _of_settings(tree: ast.Module) -> Iterator[tuple[Key, str, bool]]:
    """What stands below each setting, as `settings.effective` tells it to operators."""
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings")
    for one, after in pairwise(body):
        if isinstance(one, ast.AnnAssign) and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            yield ("", " ".join(str(after.value.value).split()).replace("`", "")), "", False


def _of_template(source: str) -> Iterator[tuple[Key, str, bool]]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.policies["ext.i18n.trimmed"] = True
    functions = ("_", "say_of", "count", "gettext", "ngettext")
    # The extension gives the environment this method when it is loaded, which its types do not know.
    for _, function, message in environment.extract_translations(source, functions):  # type: ignore[attr-defined]
        texts = [one for one in (message if isinstance(message, tuple) else (message,)) if one is not None]
        if texts:
            yield from _sentence(function, texts)


def _of_code(tree: ast.Module, errors: set[str]) -> Iterator[tuple[Key, str, bool]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in errors or (name == "later" and isinstance(node.args[0], ast.JoinedStr)):
            message = _with_gaps(node.args[0])
            if re.search(r"[a-z]{2}", _GAP.sub("", message)):
                yield ("", message), "", True
        elif name in _CALLS:
            texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if texts:
                yield from _sentence(name, texts)


def _sentence(function: str, texts: list[str]) -> Iterator[tuple[Key, str, bool]]:
    if function == "say_of" and len(texts) > 1:
        yield (texts[0], texts[1]), "", False
    elif function in _PLURALS and len(texts) > 1:
        yield ("", texts[0]), texts[1], False
    elif function not in ("say_of", *_PLURALS) and texts[0]:
        yield ("", texts[0]), "", False


def _with_gaps(node: ast.expr) -> str:
    """The text of a message, with `%(name)s` where a value is put in; empty where it is not written out."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    text, names = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value).replace("%", "%%")
        elif isinstance(part, ast.FormattedValue):
            name = stem = _gap(part.value)
            number = 2
            while name in names:
                name, number = f"{stem}{number}", number + 1
            names.add(name)
            text += f"%({name})s"
    return text


def _gap(node: ast.expr) -> str:
    """What a gap is called: the last name of its expression, or of what is joined there."""
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "join":
        node = node.args[0]
    names = [
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute | ast.Name)
    ]
    plain = re.sub(r"\W", "", names[0]).strip("_").lower() if names else ""
    return plain or "value"


def problems(tag: str, found: Mapping[Key, Found]) -> Iterator[str]:
    """What a catalogue lacks or has too much, each as a sentence."""
    file = CATALOGUES / f"{tag}.po"
    held = {(one.msgctxt or "", one.msgid): one for one in polib.pofile(str(file)) if not one.obsolete}
    for key in found.keys() - held.keys():
        yield f"{file.name}: lacks {key[1]!r} ({found[key].places[0]})"
    for key in held.keys() - found.keys():
        yield f"{file.name}: nothing says {key[1]!r} any more"
    for key in found.keys() & held.keys():
        entry = held[key]
        for text in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            yield from (f"{file.name}: {key[1]!r} {wrong}" for wrong in _wrong(entry, text))


def _wrong(entry: polib.POEntry, text: str) -> Iterator[str]:
    if not text:
        yield "is not translated"
        return
    if "fuzzy" in entry.flags:
        yield "is marked as uncertain"
    allowed = set(_GAP.findall(entry.msgid + entry.msgid_plural))
    if set(_GAP.findall(text)) - allowed:
        yield f"has gaps of its own in {text!r}"
    if sorted(_TAG.findall(text)) != sorted(_TAG.findall(entry.msgid_plural or entry.msgid)):
        yield f"has other tags in {text!r}"


def write(tag: str, found: Mapping[Key, Found], other: Path | None) -> None:
    """Bring a catalogue up to date: what is known stays, what is new is empty, what is gone goes."""
    file = CATALOGUES / f"{tag}.po"
    sources = [polib.pofile(str(one)) for one in (file, other) if one is not None and one.exists()]
    known = {(one.msgctxt or "", one.msgid): one for source in sources for one in source if one.translated()}
    made = polib.POFile(wrapwidth=120)
    made.metadata = {
        "Language": tag,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (context, text), one in found.items():
        old = known.get((context, text))
        entry = polib.POEntry(msgid=text, msgctxt=context or None, comment=ERROR if one.error else "")
        entry.occurrences = [(place, "") for place in one.places]
        if one.plural:
            entry.msgid_plural = one.plural
            entry.msgstr_plural = old.msgstr_plural if old and old.msgid_plural else {0: "", 1: ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        made.append(entry)
    made.save(str(file), newline="\n")


def main() -> int:
    """Bring catalogues up to date, or print every problem; 1 if there was one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--from", dest="other", type=Path, help="a catalogue to take translations from")
    options = parser.parse_args()
    found = gather()
    tags = sorted(file.stem for file in CATALOGUES.glob("*.po"))
    if not options.check:
        for tag in tags:
            write(tag, found, options.other)
        return 0
    wrong = sorted(problem for tag in tags for problem in problems(tag, found))
    print("\n".join(wrong) if wrong else f"words: {len(found)}, all in {', '.join(tags)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

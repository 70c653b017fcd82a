"""The step that says whether loading a repository's files can run code: told by their bytes, nothing is loaded.

Formats that hold no code are known by their endings. Of files that Python unpickles, what they import is read. The
worst file is the verdict of the repository.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from time import monotonic

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind
from freehold.base.words import later
from freehold.core.facts.imports import CODE, PICKLED, SUSPICIOUS, verdict_of
from freehold.core.facts.subject import Subject, Value
from freehold.core.repos.entries import Entry
from freehold.wire.pickles import read_pickles
from freehold.wire.windows import MAX_AT_ONCE, Window

NO_CODE, UNREAD = "no-code", "unread"
VERDICTS = {
    NO_CODE: later("Only formats without code"),
    PICKLED: later("Pickled tensors"),
    CODE: later("Brings or imports code"),
    UNREAD: later("Not read"),
    SUSPICIOUS: later("Suspicious imports"),
}
"""From the best to the worst."""

MAX_FILES = 100
MAX_BYTES = 32 << 20
MAX_OPCODES = 500_000
MAX_SECONDS = 5.0
"""Only a store that answers slowly takes so long; what is left then is not read."""

_MAX_PARTS = 2000
_HEAD = 1 << 16
_SHOWN = 20
_SCRIPT = "__torch__"
_WEIGHTS_TEXT = ".safetensors .gguf .onnx .tflite .msgpack"
_WEIGHTS = frozenset(_WEIGHTS_TEXT.split())
_DATA_TEXT = """
    .parquet .arrow .feather .csv .tsv .txt .json .jsonl .ndjson .png .jpg .jpeg .webp .gif .bmp .tiff .wav .mp3 .flac
    .ogg .opus .mp4 .webm .pdf
"""
_DATA = frozenset(_DATA_TEXT.split())
_READ_TEXT = ".bin .pt .pth .ckpt .pkl .pickle .joblib .p .th .npy .npz"
_READ = frozenset(_READ_TEXT.split())
_CLOSED_TEXT = ".h5 .hdf5 .keras .pb .nemo .mar .pt2 .pte .pyc .so .dll .exe .jar .rds"
_CLOSED = frozenset(_CLOSED_TEXT.split())
"""May hold code in ways that are not read."""
_PROSE_TEXT = ".md .py .yaml .yml .toml .cfg .ini .sh .jinja .model .html .css .js .xml .svg .ipynb .lock"
_PROSE = frozenset(_PROSE_TEXT.split())
_PLAIN = re.compile(r"(?:^|/)openvino_[^/]*\.bin$")
_ZIP, _NUMPY = b"PK\x03\x04", b"\x93NUMPY"
_OTHERS = (b"\xba\x16\x4f\x2f", b"ggml", b"lmgg", b"tjgg", b"fmgg")
"""How fastText's and ggml's files begin, which end in `.bin`, too."""
_OBJECTS = re.compile(rb"[O\\]")
"""In a header of NumPy's: the letter of objects, or what could spell it."""
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError, KeyError, IndexError)


def read_safety(subject: Subject) -> Value:
    """`{verdict, files: [{path, verdict, imports}]}` with the worst files; empty where there is nothing to load."""
    found = sorted(_Scan(subject).files(), key=lambda one: (-list(VERDICTS).index(one["verdict"]), one["path"]))
    if not found:
        return {}
    told = [one for one in found if one["verdict"] != NO_CODE]
    return {"verdict": found[0]["verdict"], "files": told[:_SHOWN]}


def _said(path: str, verdict: str, imports: set[str] | None = None) -> Value:
    return {"path": path, "verdict": verdict, "imports": sorted(imports or ())[:_SHOWN]}


class _Scan:
    """All files of one commit, under limits that they share."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._files, self._steps = MAX_FILES, MAX_OPCODES
        self._bytes = self._unpacked = MAX_BYTES
        self._until = monotonic() + MAX_SECONDS

    def files(self) -> Iterator[Value]:
        """What is said of each file that is loaded as weights or as data."""
        is_data = self._subject.reader.repo.kind is RepoKind.DATASET
        if self._subject.fact("config").get("auto_map"):
            yield _said("config.json", CODE)
        for path, entry in sorted(self._subject.files.items()):
            ending = PurePosixPath(path).suffix.lower()
            if path.startswith(".") or _PLAIN.search(path) or not entry.size:
                continue
            if ending in _CLOSED:
                yield _said(path, UNREAD)
            elif ending in _WEIGHTS or (is_data and ending in _DATA):
                yield _said(path, NO_CODE)
            elif is_data and ending == ".py" and "/" not in path:
                yield _said(path, CODE)
            elif ending not in _DATA | _PROSE:
                yield from self._looked(entry, sure=ending in _READ)

    def _looked(self, entry: Entry, *, sure: bool) -> Iterator[Value]:
        """A file that is unpickled by its ending (`sure`), or perhaps by whoever knows what it is."""
        if self._files <= 0 or monotonic() > self._until:
            yield _said(entry.path, UNREAD)
            return
        self._files -= 1
        try:
            file = Window(*self._subject.ranges(entry.path), self._bytes)
        except Invalid:
            yield _said(entry.path, UNREAD)
            return
        imports: set[str] = set()
        try:
            sign = file.read(6)
            file.seek(0)
            if sign.startswith(_OTHERS) or not (sure or sign.startswith(_ZIP) or sign[:1] == b"\x80"):
                return
            pickled = self._pickled(file, sign, imports)
            verdict = verdict_of(imports) if pickled or imports else NO_CODE
        except (*_BROKEN, Invalid):
            verdict = max(verdict_of(imports), UNREAD, key=list(VERDICTS).index)
        self._bytes = file.left
        yield _said(entry.path, verdict, imports)

    def _pickled(self, file: Window, sign: bytes, imports: set[str]) -> bool:
        """Note what a file imports; whether anything in it is a pickle. Raises Invalid where it was not read whole."""
        if sign.startswith(_ZIP):
            return self._archive(file, imports)
        if sign.startswith(_NUMPY):
            return self._array(file, imports)
        found = read_pickles(file, self._steps)
        self._steps = max(0, found.steps)
        imports |= found.imports
        if not found.whole:
            raise Invalid("This is no pickle, or one that cannot be read to its end.")
        return True

    def _array(self, file: Window, imports: set[str]) -> bool:
        """NumPy's format: a header that says whether objects follow, which are pickled."""
        version = file.read(8)[6]
        header = file.read(int.from_bytes(file.read(2 if version == 1 else 4), "little"))
        return self._pickled(file, b"", imports) if _OBJECTS.search(header) else False

    def _archive(self, file: Window, imports: set[str]) -> bool:
        """PyTorch's and NumPy's archives: pickles and arrays, and bare bytes beside them."""
        pickled = False
        with zipfile.ZipFile(file) as archive:
            parts = [one for one in archive.infolist() if one.filename.lower().endswith((".pkl", ".npy", ".py"))]
            if not 0 < len(parts) <= _MAX_PARTS or len({one.filename.lower() for one in parts}) < len(parts):
                raise Invalid("This archive has no parts that are known, too many, or two of one name.")
            for part in parts:
                if part.filename.lower().endswith(".py"):
                    imports.add(_SCRIPT)
                    continue
                inner = self._part(archive, part)
                sign = inner.read(6)
                inner.seek(0)
                if part.filename.lower().endswith(".pkl"):
                    pickled |= self._pickled(inner, b"", imports)
                elif sign.startswith(_NUMPY):
                    pickled |= self._array(inner, imports)
        return pickled

    def _part(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Window:
        """What a part of an archive unpacks to, as far as it is read."""
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Invalid("This archive is packed in a way that is not read.")
        with archive.open(part) as opened:
            held = opened.read(_HEAD)
            if part.filename.lower().endswith(".pkl"):
                while len(held) <= MAX_AT_ONCE and (piece := opened.read(_HEAD)):
                    held += piece
        self._unpacked -= len(held)
        if self._unpacked < 0 or len(held) > MAX_AT_ONCE or monotonic() > self._until:
            raise Invalid("This archive takes more reading than is allowed.")
        return Window(lambda start, stop: held[start:stop], len(held), 2 * MAX_AT_ONCE)

"""How files should travel: by the repository's own `.gitattributes` and `.gitignore`, by size and by content."""

from collections.abc import Iterable

from freehold.core.repos.listing import find
from freehold.core.repos.requests import PlannedFile
from freehold.stores.git.objects import Objects
from freehold.wire.git.attributes import Attributes, parse_attributes, value_of
from freehold.wire.git.ignore import is_ignored, parse_ignore
from freehold.wire.git.patterns import Pattern

LARGE = 10_000_000
"""From this many bytes on a file is always large."""

_LONGEST_RULES = 1 << 20
_ALWAYS_REGULAR = (".gitattributes", ".gitignore", ".gitmodules", ".lfsconfig")

LARGE_BY_NAME = (
    "*.7z", "*.arrow", "*.avro", "*.bin", "*.bz2", "*.ckpt", "*.ftz", "*.gguf", "*.gz", "*.h5", "*.joblib", "*.lz4",
    "*.mlmodel", "*.model", "*.msgpack", "*.npy", "*.npz", "*.onnx", "*.ot", "*.parquet", "*.pb", "*.pickle", "*.pkl",
    "*.pt", "*.pth", "*.rar", "*.safetensors", "saved_model/**/*", "*.tar.*", "*.tar", "*.tflite", "*.tgz", "*.wasm",
    "*.xz", "*.zip", "*.zst", "*tfevents*",
)  # fmt: skip
"""What a new repository keeps as large files."""

LARGE_DATA_BY_NAME = (
    "*.aac", "*.audio", "*.avi", "*.bmp", "*.flac", "*.gif", "*.jpeg", "*.jpg", "*.mkv", "*.mov", "*.mp3", "*.mp4",
    "*.ogg", "*.pcm", "*.png", "*.raw", "*.sam", "*.tif", "*.tiff", "*.wav", "*.webm", "*.webp",
)  # fmt: skip
"""What a new dataset keeps as large files besides."""


def first_attributes(is_dataset: bool) -> bytes:
    """The `.gitattributes` that a new repository begins with."""
    patterns = LARGE_BY_NAME + (LARGE_DATA_BY_NAME if is_dataset else ())
    return "".join(f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in patterns).encode()


class Rules:
    """The rule files of one tree, read as paths ask for them. `more_ignores` is a `.gitignore` not yet committed."""

    def __init__(self, objects: Objects | None, root: bytes | None, more_ignores: str = "") -> None:
        self._objects = objects
        self._root = root
        self._more = parse_ignore(more_ignores.encode("utf-8", "replace")[:_LONGEST_RULES])
        self._ignores: dict[str, list[Pattern]] = {}
        self._attributes: dict[str, Attributes] = {}

    def ignores(self, path: str) -> bool:
        """Whether the committed rules, or those about to be committed, leave the file out."""
        committed = [rule for folder in _folders(path) for rule in self._ignores_in(folder)]
        return is_ignored(path, committed) or is_ignored(path, self._more)

    def is_large(self, file: PlannedFile) -> bool:
        """Whether the file's content should be kept outside git."""
        if file.size == 0 or file.path.rpartition("/")[2] in _ALWAYS_REGULAR:
            return False
        if file.size >= LARGE:
            return True
        said = value_of(file.path, "filter", [self._attributes_in(folder) for folder in _folders(file.path)])
        if said is not None:
            return said == "lfs"
        return is_binary(file.sample)

    def _ignores_in(self, folder: str) -> list[Pattern]:
        if folder not in self._ignores:
            self._ignores[folder] = parse_ignore(self._read(f"{folder}.gitignore"), folder)
        return self._ignores[folder]

    def _attributes_in(self, folder: str) -> Attributes:
        if folder not in self._attributes:
            self._attributes[folder] = parse_attributes(self._read(f"{folder}.gitattributes"), folder)
        return self._attributes[folder]

    def _read(self, path: str) -> bytes:
        if self._objects is None or self._root is None:
            return b""
        node = find(self._objects, self._root, path)
        if node is None or node.is_tree or self._objects.size(node.oid) > _LONGEST_RULES:
            return b""
        return self._objects.read(node.oid)


def is_binary(sample: bytes) -> bool:
    """Whether the first bytes of a file are no text: they hold a NUL, or are not UTF-8 (a last letter may be cut)."""
    if b"\0" in sample:
        return True
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data" or error.start < len(sample) - 3
    return False


def _folders(path: str) -> Iterable[str]:
    """The folders on the way to a file, the root (empty) first, each with a slash at its end."""
    yield ""
    for at, letter in enumerate(path):
        if letter == "/":
            yield path[: at + 1]

"""A repository's GGUF files as models of a registry: which layers a tag has, and the small ones themselves."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from freehold.base.errors import HubError, NotFound
from freehold.base.ids import Oid, Sha256
from freehold.core.repos.entries import Entry, Large
from freehold.core.repos.reader import RepoReader
from freehold.wire import gguf
from freehold.wire.oci import documents, names
from freehold.wire.oci.documents import Layer, Manifest

BESIDE = {
    "template": documents.TEMPLATE,
    "system": documents.SYSTEM,
    "params": documents.PARAMS,
    "LICENSE": documents.LICENSE,
}
"""Files beside the models that become layers. A GGUF's own chat template is in another language than Ollama's
templates, so no layer is made of it; the model's own file holds it, and a file `template` says it in Ollama's."""

MOST_BESIDE = 1 << 20
_KEPT = 256


@dataclass(frozen=True, slots=True)
class Model:
    """What a tag stands for; `small` holds the contents of the layers that are no large file."""

    manifest: Manifest
    small: Mapping[str, bytes]
    """By digest."""


class Models:
    """Finds models, and remembers the last ones: their blobs are asked for next."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Oid, str], Model] = OrderedDict()
        self._lock = Lock()

    def of(self, reader: RepoReader, tag: str) -> Model:
        """The model of a tag on the main branch. Raises NotFound, saying which tags there are."""
        reader.require_content()
        commit = reader.commit_of("main")
        key = reader.repo.id, commit, tag.casefold()
        with self._lock:
            model = self._kept.get(key)
        if model is None:
            model = _model(reader, commit, tag)
            with self._lock:
                self._kept[key] = model
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return model

    def small(self, reader: RepoReader, sha256: Sha256) -> bytes | None:
        """A small layer of any tag of the main branch."""
        reader.require_content()
        digest = f"sha256:{sha256}"
        with self._lock:
            kept = [model for (repo, _, _), model in self._kept.items() if repo == reader.repo.id]
        found = next((model.small[digest] for model in kept if digest in model.small), None)
        return found if found is not None else self._made_again(reader, digest)

    def _made_again(self, reader: RepoReader, digest: str) -> bytes | None:
        """Another process may have answered for the manifest: look at what each file would give."""
        for path in sorted(_files(reader, reader.commit_of("main"))):
            with suppress(NotFound):
                model = self.of(reader, names.Gguf(path).stem)
                if digest in model.small:
                    return model.small[digest]
        return None


def _model(reader: RepoReader, commit: Oid, tag: str) -> Model:
    files = _files(reader, commit)
    chosen = names.choose(list(files), tag)
    if chosen is None:
        raise NotFound(_no_such_tag(reader, list(files), tag))
    if chosen.parts > 1:
        raise NotFound(
            f"{chosen.path} is one of {chosen.parts} parts, which Ollama cannot join. Merge them to one file."
        )
    layers = [_large(documents.MODEL, files[chosen.path])]
    beside = names.projector(list(files))
    if beside is not None:
        layers.append(_large(documents.PROJECTOR, files[beside.path]))
    small: dict[str, bytes] = {}
    for media_type, content in _beside(reader, commit):
        one = documents.layer_of(media_type, content)
        layers.append(one)
        small[one.digest] = content
    described = _config(reader, commit, chosen, layers)
    config = documents.layer_of(documents.CONFIG, described)
    return Model(Manifest(config, layers), small | {config.digest: described})


def _files(reader: RepoReader, commit: Oid) -> dict[str, Large]:
    """The GGUF files whose content lies in the large-file store, where it can be found by its hash."""
    entries = reader.tree(commit, recursive=True)
    return {entry.path: entry.large for entry in entries if entry.large and names.is_gguf(entry.path)}


def _large(media_type: str, large: Large) -> Layer:
    return documents.layer(media_type, large.sha256, large.size)


def _beside(reader: RepoReader, commit: Oid) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in reader.paths(commit, list(BESIDE)):
        if not _is_text(entry):
            continue
        content = reader.open_bytes(commit, entry.path, MOST_BESIDE)
        media_type = BESIDE[entry.path]
        if media_type != documents.PARAMS or documents.is_parameters(content):
            found.append((media_type, content))
    return found


def _is_text(entry: Entry) -> bool:
    return entry.kind == "file" and entry.large is None and 0 < entry.size <= MOST_BESIDE


def _config(reader: RepoReader, commit: Oid, chosen: names.Gguf, layers: list[Layer]) -> bytes:
    """What the file's own header says; one that cannot be read is described by its name alone."""
    architecture, parameters = "", 0
    with suppress(HubError):
        file = reader.file(commit, chosen.path)
        header = gguf.read_header(lambda start, stop: reader.read_range(file, start, stop), file.size)
        architecture, parameters = str(header.values.get("general.architecture", "")), header.parameters
    return documents.config(architecture, parameters, chosen.quant, layers)


def _no_such_tag(reader: RepoReader, paths: list[str], tag: str) -> str:
    tags = sorted({one.quant or one.stem for path in paths if not (one := names.Gguf(path)).is_projector})
    if not tags:
        return f"{reader.repo.repo_id.full} has no GGUF file among its large files. Choose another repository."
    return f"{reader.repo.repo_id.full} has no GGUF file for the tag {tag[:100]!r}. It has: {', '.join(tags[:50])}."


def digest_of(content: bytes) -> str:
    """The digest of a document."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"

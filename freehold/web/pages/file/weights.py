"""The tensors of a file of weights, as its header lists them: searched by name, a part at a time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from freehold.web.languages import count, say
from freehold.wire import gguf, safetensors

MAX_HEADER = 16 << 20
"""In bytes: parsed for each view, unlike the facts."""
PAGE = 500
_MAX_VALUE = 200
_MAX_VALUES = 200


@dataclass(frozen=True, slots=True)
class TensorRow:
    """A line of the table of tensors; `count` is how many numbers it holds."""

    name: str
    dtype: str
    shape: str
    count: int


@dataclass(frozen=True, slots=True)
class Tensors:
    """`rows` are those of the page that match `asked`; `dtypes` says how many numbers there are of each type."""

    rows: Sequence[TensorRow]
    total: int
    parameters: int
    dtypes: Sequence[tuple[str, int]]
    values: Sequence[tuple[str, str]]
    asked: str
    matching: int
    page: int

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return self.page * PAGE >= self.matching


def tensors_of(read_range: Callable[[int, int], bytes], size: int, ending: str, query: Mapping[str, str]) -> Tensors:
    """What the header says. Raises Invalid if it cannot be read."""
    if ending == ".safetensors":
        header = safetensors.read_header(read_range, size, MAX_HEADER)
        rows = [(one.name, one.dtype, one.shape, one.elements) for one in header.tensors]
        return _asked(rows, sum(row[3] for row in rows), list(_values(header.metadata)), query)
    told = gguf.read_header(read_range, size, MAX_HEADER)
    rows = [(one.name, one.type_name, one.shape, one.elements) for one in told.tensors]
    return _asked(rows, told.parameters, list(_values(told.values)), query)


def _asked(
    rows: Sequence[tuple[str, str, Sequence[int], int]],
    parameters: int,
    values: Sequence[tuple[str, str]],
    query: Mapping[str, str],
) -> Tensors:
    asked = query.get("q", "").strip()[:_MAX_VALUE]
    number = query.get("page", "1")
    page = max(1, int(number[:6])) if number.isascii() and number.isdigit() else 1
    found = [row for row in rows if asked.lower() in row[0].lower()]
    shown = [
        TensorRow(name, dtype, " × ".join(map(str, shape)) or say("scalar"), elements)
        for name, dtype, shape, elements in found[(page - 1) * PAGE : page * PAGE]
    ]
    dtypes: Counter[str] = Counter()
    for _, dtype, _, elements in rows:
        dtypes[dtype] += elements
    return Tensors(shown, len(rows), parameters, dtypes.most_common(8), values, asked, len(found), page)


def _values(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in islice(values.items(), _MAX_VALUES):
        text = count("%(num)s item", "%(num)s items", len(value)) if isinstance(value, list) else str(value)
        yield key[:_MAX_VALUE], text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "…"

"""What the name of a GGUF file says: its quantisation, its part of several, and whether it is a projector."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

LATEST = "latest"

_QUANT = re.compile(
    r"(?:^|[-._])((?:UD-)?(?:I?Q[1-8](?:_[0-9A-Z]+)*|TQ[12]_0|MXFP4(?:_MOE)?|BF16|FP?16|FP?32))(?=[-._]|$)",
    re.ASCII | re.IGNORECASE,
)
_PART = re.compile(r"-([0-9]{5})-of-([0-9]{5})$", re.ASCII)
_PREFERRED = ("Q4_K_M", "Q4_K_S", "Q4_0", "Q4_1", "IQ4_XS", "IQ4_NL", "Q5_K_M", "Q5_K_S", "Q5_0", "Q8_0", "Q3_K_M")
_PROJECTORS = ("F16", "BF16", "Q8_0", "F32")


@dataclass(frozen=True, slots=True)
class Gguf:
    """One GGUF file by its path."""

    path: str

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return PurePosixPath(self.path).name[: -len(".gguf")]

    @property
    def quant(self) -> str:
        """The last quantisation that its name speaks of, in upper case; empty where there is none."""
        found = _QUANT.findall(_PART.sub("", self.stem))
        quant = found[-1].upper() if found else ""
        return {"FP16": "F16", "FP32": "F32"}.get(quant, quant)

    @property
    def parts(self) -> int:
        """How many files the model was split into."""
        found = _PART.search(self.stem)
        return int(found[2]) if found else 1

    @property
    def is_projector(self) -> bool:
        """Whether it turns pictures into tokens for a model beside it."""
        return "mmproj" in self.stem.lower()

    def answers_to(self, tag: str) -> bool:
        """Whether a tag means this file: its quantisation, with or without `UD-`, or its name."""
        wanted = tag.casefold()
        quant = self.quant.casefold()
        name = self.stem.casefold()
        return wanted in {quant, quant.removeprefix("ud-"), name, f"{name}.gguf"} - {""}


def is_gguf(path: str) -> bool:
    """Whether a path is that of a GGUF file."""
    return path.lower().endswith(".gguf")


def choose(paths: Sequence[str], tag: str) -> Gguf | None:
    """The model that a tag means; for `latest` the usual quantisation, or the first of those that there are."""
    models = [one for path in sorted(paths) if not (one := Gguf(path)).is_projector]
    if tag.casefold() == LATEST:
        return min(models, key=lambda one: (one.parts > 1, _rank(one.quant, _PREFERRED)), default=None)
    fitting = [one for one in models if one.answers_to(tag)]
    return min(fitting, key=lambda one: (one.parts > 1, one.quant.startswith("UD-")), default=None)


def projector(paths: Sequence[str]) -> Gguf | None:
    """The projector that goes with the models, where there is one."""
    found = [one for path in sorted(paths) if (one := Gguf(path)).is_projector]
    return min(found, key=lambda one: _rank(one.quant, _PROJECTORS), default=None)


def _rank(quant: str, order: Sequence[str]) -> int:
    return order.index(quant) if quant in order else len(order)

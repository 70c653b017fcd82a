"""The box of weights says what there is, and what fits a device."""

import pytest

from freehold.core.facts.memory import memory_for
from freehold.web.parts.weights import weights_of

GB = 10**9
STORED = {"weights": {"parameters": {"BF16": 7 * GB, "F32": 100}, "bytes": {"BF16": 14 * GB, "F32": 400}}}
VARIANTS = [
    {"name": name, "bits": bits, "bytes": size * GB, "files": 1, "path": f"b-{name}.gguf"}
    for name, bits, size in (("Q4_K_M", 4, 4), ("Q8_0", 8, 8))
]
GGUF = {"quantization": {"method": "gguf", "variants": VARIANTS}}


@pytest.mark.parametrize(
    ("known", "memory", "best"),
    [
        (STORED, "24", "As stored"),
        (STORED, "12", "Loaded in 8 bits"),
        (STORED, "6", "Loaded in 4 bits"),
        (STORED, "4", None),
        (GGUF, "8", "Q4_K_M"),
        (GGUF, "16", "Q8_0"),
        (GGUF, "", None),
        (GGUF, "7", None),
        (GGUF, "²", None),
    ],
)
def test_the_largest_that_fits_is_named(known, memory, best):
    found = weights_of(known, memory)
    assert found is not None
    assert (found.best.name if found.best else None) == best


def test_types_are_weighed_against_each_other():
    found = weights_of(STORED, "")
    assert [(kind.name, kind.count, kind.share) for kind in found.kinds] == [("BF16", 7 * GB, 100), ("F32", 100, 0)]


def test_packed_weights_are_not_packed_again():
    known = STORED | {"quantization": {"method": "gptq", "bits": 4}}
    found = weights_of(known, "")
    assert [one.name for one in found.choices] == ["As stored"]
    assert found.quantised == "4-bit gptq"


def test_nothing_is_said_of_weights_that_nobody_counted():
    assert weights_of({}, "24") is None
    assert memory_for(0) == 0

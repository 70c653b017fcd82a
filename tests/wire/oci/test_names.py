"""Names of GGUF files as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold.wire.oci.names import Gguf, choose, is_gguf, projector

QUANTS = {
    "Llama-3.2-1B-Instruct-Q4_K_M.gguf": "Q4_K_M",
    "llama-2-7b.Q8_0.gguf": "Q8_0",
    "gemma-3-4b-it-qat-q4_0.gguf": "Q4_0",
    "Qwen3-8B-UD-Q4_K_XL.gguf": "UD-Q4_K_XL",
    "deep/Model-IQ2_XXS.gguf": "IQ2_XXS",
    "model-f16.gguf": "F16",
    "model.fp16.gguf": "F16",
    "gpt-oss-20b-MXFP4.gguf": "MXFP4",
    "big-Q4_K_M-00001-of-00003.gguf": "Q4_K_M",
    "Q4_K_M.gguf": "Q4_K_M",
    "GQ4-model.gguf": "",
    "tinyllama.gguf": "",
}


@pytest.mark.parametrize(("path", "quant"), QUANTS.items())
def test_the_quantisation_is_read_from_the_name(path, quant):
    assert Gguf(path).quant == quant


def test_a_tag_is_a_quantisation_or_a_name_in_any_case():
    paths = ["m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-UD-Q3_K_XL.gguf", "mmproj-m-Q8_0.gguf"]
    for tag, path in {
        "q8_0": paths[1], "Q4_K_M": paths[0], "Q3_K_XL": paths[2], "ud-q3_k_xl": paths[2], "m-q8_0.GGUF": paths[1],
        "latest": paths[0],
    }.items():  # fmt: skip
        chosen = choose(paths, tag)
        assert chosen and chosen.path == path
    for tag in ("Q5_K_M", "", "q8", "mmproj-m-Q8_0"):
        assert choose(paths, tag) is None


def test_latest_prefers_one_file_of_the_usual_quantisation():
    assert choose(["m-Q4_K_M-00001-of-00002.gguf", "m-Q8_0.gguf"], "latest") == Gguf("m-Q8_0.gguf")
    assert choose(["m-Q2_K.gguf", "m-Q8_0.gguf", "m-Q4_0.gguf"], "latest") == Gguf("m-Q4_0.gguf")
    assert choose(["b.gguf", "a.gguf"], "latest") == Gguf("a.gguf")
    assert choose(["mmproj-f16.gguf"], "latest") is None


def test_the_projector_of_half_precision_is_preferred():
    assert projector(["m-Q4_0.gguf", "mmproj-F32.gguf", "mmproj-F16.gguf"]) == Gguf("mmproj-F16.gguf")
    assert projector(["m-Q4_0.gguf"]) is None


@given(st.lists(st.text(max_size=40).map(lambda name: f"{name}.gguf"), max_size=5), st.text(max_size=20))
def test_whatever_the_names_are_the_choice_is_one_of_them(paths, tag):
    chosen = choose(paths, tag)
    assert chosen is None or chosen.path in paths
    assert all(is_gguf(path) for path in paths)

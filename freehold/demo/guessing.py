"""Guesses the language of a sentence from its triples of letters: naive Bayes, written as one linear layer."""

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from freehold.demo.content import sentences
from freehold.demo.tensors import Array

BUCKETS = 1024
CENTRAL = ("de", "en", "es", "fr")
ALL = ("da", "de", "en", "es", "fr", "sv")


def features(text: str) -> Array:
    """How often each bucket of triples occurs."""
    padded = f"  {text.lower()} "
    found = np.zeros(BUCKETS, np.float32)
    for at in range(len(padded) - 2):
        found[zlib.crc32(padded[at : at + 3].encode()) % BUCKETS] += 1
    return found


@lru_cache
def model_of(languages: tuple[str, ...]) -> Array:
    """The layer's weights: a row a language, the log-probability of each bucket."""
    counts = np.stack([sum((features(text) for text in sentences("train", one)), np.ones(BUCKETS) / 4)
                       for one in languages])  # fmt: skip
    found: Array = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def guess(languages: Sequence[str], model: Array, text: str) -> str:
    """The likeliest language."""
    return languages[int(np.argmax(model @ features(text)))]


def accuracy(languages: tuple[str, ...], tested: Sequence[str] = ()) -> float:
    """The share of test sentences of the languages (or those `tested`) that are guessed right."""
    model = model_of(languages)
    pairs = [(one, text) for one in tested or languages for text in sentences("test", one)]
    return sum(guess(languages, model, text) == one for one, text in pairs) / len(pairs)

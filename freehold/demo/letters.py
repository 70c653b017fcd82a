"""A language model as small as one can be: which letter follows which, counted, and what can be said of it."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from freehold.demo.content import sentences
from freehold.demo.tensors import Array

ALPHABET = " abcdefghijklmnopqrstuvwxyz0123456789.,'-?!äöüßéèêàçñáíóúæøåâîôœ"
RANK = 4


@lru_cache
def model_of(language: str) -> Array:
    """Log-probabilities of the next letter (columns) after a letter (rows), from the training sentences."""
    counts = np.full((len(ALPHABET), len(ALPHABET)), 0.1, np.float32)
    for text in sentences("train", language):
        for one, after in _pairs(text):
            counts[one, after] += 1
    found: Array = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    return found


def blend(*models: Array) -> Array:
    """The mean of several models' log-probabilities, made probabilities again."""
    mean = np.mean(models, axis=0)
    found: Array = (mean - np.log(np.exp(mean).sum(axis=1, keepdims=True))).astype(np.float32)
    return found


def adapter(base: Array, target: Array) -> tuple[Array, Array]:
    """Two thin matrices whose product leads from `base` towards `target`: A (rank x letters) and B (letters x rank)."""
    left, sizes, right = np.linalg.svd(target - base)
    root = np.sqrt(sizes[:RANK])
    return (root[:, None] * right[:RANK]).astype(np.float32), (left[:, :RANK] * root).astype(np.float32)


def perplexity(model: Array, language: str) -> float:
    """How many letters the model wavers between on the test sentences of a language."""
    said = [model[one, after] for text in sentences("test", language) for one, after in _pairs(text)]
    return float(np.exp(-np.mean(said)))


def sample(model: Array, length: int = 60) -> str:
    """What the model writes, by a fixed seed."""
    chance, letter, said = np.random.default_rng(7), 0, []
    for _ in range(length):
        weights = np.exp(model[letter].astype(np.float64))
        letter = int(chance.choice(len(ALPHABET), p=weights / weights.sum()))
        said.append(ALPHABET[letter])
    return " ".join("".join(said).split())


def _pairs(text: str) -> Sequence[tuple[int, int]]:
    numbers = [0, *(ALPHABET.index(letter) for letter in text.lower() if letter in ALPHABET), 0]
    return list(pairwise(numbers))

"""Made-up repositories with the skew of real ones: few tags, owners and words have most, and most are hardly used."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from freehold.core.facts.memory import memory_for
from freehold.core.facts.tasks import LIBRARIES, TASKS

_DAY = 86_400
_BEGIN = 1_646_000_000
_LICENCES_TEXT = """
    apache-2.0 mit other cc-by-4.0 llama3.1 openrail cc-by-nc-4.0 gemma cc-by-sa-4.0 llama2 afl-3.0 gpl-3.0
    bsd-3-clause cc0-1.0 creativeml-openrail-m cc-by-nc-sa-4.0 llama3 odc-by unknown agpl-3.0
"""
_LANGUAGES_TEXT = """
    en zh fr es de ja ko ru pt it ar hi vi tr pl nl id th sv uk fa cs ro fi da hu el he bn ta ur no bg sr hr
    sk lt lv et sl ms sw te ml mr gu kn pa ne si km lo my ka hy az kk uz mn am
"""
_WORDS_TEXT = """
    llama bert qwen mistral gpt2 t5 whisper lora gguf instruct base large small 7b 13b 8b 70b chat finetuned v1 v2
    test model awq gptq gemma phi roberta vit clip sdxl flux deepseek distil mini merge dpo sft ppo reward code
    math vision audio speech news legal medical
"""
_LICENCES, _LANGUAGES, _WORDS = _LICENCES_TEXT.split(), _LANGUAGES_TEXT.split(), _WORDS_TEXT.split()

TABLES = ("repos_repo", "catalog_entry", "catalog_text", "catalog_tag", "catalog_use")


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by table, with the names of their columns as keys."""

    tables: Mapping[str, list[dict[str, Any]]]


class Synthetic:
    """`count` repositories, the same for the same seed."""

    def __init__(self, count: int, seed: int = 5) -> None:
        self.count = count
        self._random = np.random.default_rng(seed)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
        made = (x + y + z for x in syllables[:40] for y in syllables[10:40] for z in syllables[30:60])
        self.words = [*_WORDS, *(word for word, _ in zip(made, range(20_000), strict=False))]
        self.tags = [*sorted(TASKS)[:20], *(f"topic-{n}" for n in range(30_000))]

    def batches(self, size: int = 20_000) -> Iterator[Batch]:
        """All of them."""
        for start in range(0, self.count, size):
            yield self._batch(start, min(size, self.count - start))

    def _skewed(self, most: int, shape: tuple[int, ...], power: float = 1.0) -> Any:
        weights = 1 / np.arange(1, most + 1) ** power
        return np.searchsorted(np.cumsum(weights / weights.sum()), self._random.random(shape)).clip(0, most - 1)

    def _batch(self, start: int, many: int) -> Batch:
        skewed, random = self._skewed, self._random
        tasks, libraries = sorted(TASKS), sorted(LIBRARIES, key=lambda one: (one != "transformers", one))
        task, library = skewed(len(tasks), (many,)), skewed(len(libraries), (many,), 1.4)
        licence, language = skewed(len(_LICENCES), (many,), 1.2), skewed(len(_LANGUAGES), (many,), 1.3)
        free = skewed(len(self.tags), (many, 3), 0.95)
        owner, kinds = skewed(max(self.count // 8, 10), (many,), 0.8), random.random(many)
        name, text = skewed(len(self.words), (many, 3), 0.9), skewed(len(self.words), (many, 40), 0.9)
        likes = np.minimum(random.pareto(1.0, many) * 0.5, 1e4).astype(int)
        recent = np.minimum(random.pareto(0.7, many) * 2, 1e8).astype(int)
        closed, size = random.random(many) < 0.03, (10 ** random.normal(8.8, 1.0, many)).astype(int)
        idle = random.integers(0, 300 * _DAY, many)
        tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for n in range(many):
            number = start + n
            second = _BEGIN + number * (1200 * _DAY) // self.count
            row_id = f"{second:08x}{number * 2654435761 % 2**64:016x}"
            kind = "model" if kinds[n] < 0.68 else "dataset" if kinds[n] < 0.86 else "space"
            space, model = f"owner{owner[n]}", kind == "model"
            title = "-".join(self.words[word] for word in name[n]) + f"-{number % 100}"
            tags = [f"license:{_LICENCES[licence[n]]}", *(self.tags[tag] for tag in free[n])]
            if model:
                tags += [tasks[task[n]], libraries[library[n]], _LANGUAGES[language[n]], "safetensors"]
            else:
                tags += [f"task_categories:{tasks[task[n]]}", f"language:{_LANGUAGES[language[n]]}"]
            created = second * 1_000_000
            tables["repos_repo"].append({
                "id": row_id, "kind": kind, "owner_id": f"{owner[n]:024x}", "namespace": space,
                "name": f"{title}-{number}",
                "address": f"{kind}:{space}/{title}-{number}", "visibility": "private" if closed[n] else "public",
                "logical_bytes": int(size[n]), "created_at": created, "updated_at": created + int(idle[n]) * 1_000_000,
            })  # fmt: skip
            card = {"license": _LICENCES[licence[n]], "language": [_LANGUAGES[language[n]]]}
            tables["catalog_entry"].append({
                "repo_id": row_id, "commit_oid": row_id + "0" * 16, "card": json.dumps(card),
                "pipeline_tag": tasks[task[n]] if model else None,
                "library_name": libraries[library[n]] if model else None,
                "parameters": model * int(size[n]) // 2, "memory": model * memory_for(int(size[n])),
                "safety": "no-code" if number % 4 else "pickled", "updated_at": 2**60,
                "tags": json.dumps([*dict.fromkeys(tags)]),
            })  # fmt: skip
            body = " ".join(self.words[word] for word in text[n])
            tables["catalog_text"].append({"repo_id": row_id, "body": body})
            tables["catalog_tag"] += [{"repo_id": row_id, "tag": tag} for tag in dict.fromkeys(tags)]
            if likes[n] or recent[n]:
                tables["catalog_use"].append({
                    "repo_id": row_id, "kind": kind, "likes": int(likes[n]), "recent": int(recent[n]),
                    "total": int(recent[n]) * 5, "trend": int(likes[n]) * 70,
                })  # fmt: skip
        return Batch(tables)

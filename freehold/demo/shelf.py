"""What people have made: each repository, when, and the commits that it grew by."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from freehold.demo import guessing, letters, measures
from freehold.demo.content import FOLDER, card, rows, sentences, text
from freehold.demo.story import Files, Scene, Story, named
from freehold.demo.tensors import Array, write_gguf, write_safetensors

FIRST_WEEKS = 17
"""Of bird counts that are there from the beginning."""


@dataclass(frozen=True, slots=True)
class Change:
    """A commit, so many days ago."""

    days_ago: float
    by: str
    said: str
    files: Callable[[], Files]


@dataclass(frozen=True, slots=True)
class Work:
    """A repository and its commits; `gated` as the hub calls it."""

    path: str
    changes: tuple[Change, ...]
    visibility: str = "public"
    gated: str = ""
    sdk: str | None = None

    def scenes(self) -> list[Scene]:
        """It begins with the first commit."""
        return [
            Scene(change.days_ago, partial(self._grow, change=change, first=place == 0))
            for place, change in enumerate(self.changes)
        ]

    def _grow(self, story: Story, change: Change, *, first: bool) -> None:
        repo, repos = named(self.path), story.rooms.repos
        if first:
            repos.create(story.actor(change.by), repo, visibility=self.visibility, sdk=self.sdk)
        story.commit(change.by, repo, change.files(), change.said)
        if first and self.gated:
            repos.admin(story.actor(change.by), repo).update(gated=self.gated)


def model(weights: dict[str, Array], config: Mapping[str, object], readme: bytes) -> Files:
    """The files of a model."""
    return {
        "README.md": readme,
        "config.json": json.dumps(config, indent=2, ensure_ascii=False).encode(),
        "model.safetensors": write_safetensors(weights, {"format": "np"}),
    }


def letters_of(language: str) -> Files:
    """A table of letters and its card."""
    found = letters.model_of(language)
    facts = {"perplexity": letters.perplexity(found, language), "sample": letters.sample(found)}
    config = {"architectures": ["Bigram"], "alphabet": letters.ALPHABET}
    return model({"bigram.weight": found}, config, card("letters", language=language, **facts))


def measured(language: str) -> Files:
    """How well the table of a language does on every language."""
    found = letters.model_of(language)
    scores = {one: round(letters.perplexity(found, one), 2) for one in guessing.ALL}
    return {"metrics.json": json.dumps({"perplexity": scores}, indent=2).encode()}


def confused(languages: tuple[str, ...]) -> Files:
    """Which language is taken for which."""
    guesses = [(one, guessing.guess(languages, guessing.model_of(languages), text))
               for one in languages for text in sentences("test", one)]  # fmt: skip
    lines = [f"{right},{guess},{guesses.count((right, guess))}\n" for right in languages for guess in languages]
    return {"confusion.csv": "".join(["language,guess,sentences\n", *lines]).encode()}


def letters_gguf() -> Files:
    """The English table in two GGUF files."""
    tensors = {"bigram.weight": letters.model_of("en")}
    values: dict[str, str | int] = {
        "general.architecture": "bigram",
        "general.name": "letters-en",
        "general.license": "apache-2.0",
        "bigram.context_length": 1,
    }
    files = {f"letters-en-{kind}.gguf": write_gguf(tensors, values, kind) for kind in ("F16", "Q8_0")}
    return {"README.md": card("letters-gguf"), **files}


def letters_adapter() -> Files:
    """From English towards French."""
    base = letters.model_of("en")
    down, up = letters.adapter(base, letters.model_of("fr"))
    config = {"peft_type": "LORA", "base_model_name_or_path": "aviary/letters-en", "r": letters.RANK, "lora_alpha": 4}
    after = letters.perplexity(letters.blend(base + up @ down), "fr")
    facts = {"rank": letters.RANK, "before": letters.perplexity(base, "fr"), "after": after}
    return {
        "README.md": card("letters-adapter", **facts),
        "adapter_config.json": json.dumps(config, indent=2).encode(),
        "adapter_model.safetensors": write_safetensors({"lora_A": down, "lora_B": up}, {"format": "np"}),
    }


def letters_blend() -> Files:
    """English and German at once."""
    found = letters.blend(letters.model_of("en"), letters.model_of("de"))
    facts = {one: letters.perplexity(found, one) for one in ("en", "de")}
    return model({"bigram.weight": found}, {"architectures": ["Bigram"]}, card("letters-blend", **facts))


def guesser(path: str, languages: tuple[str, ...], base: str = "") -> Files:
    """A guesser of languages and what it scores."""
    table = [f"| {one} | {guessing.accuracy(languages, (one,)):.0%} |" for one in languages]
    accuracy = guessing.accuracy(languages)
    facts = {
        "name": path.partition("/")[2],
        "path": path,
        "languages": f"[{', '.join(languages)}]",
        "list": list(languages),
        "count": len(languages),
        "base": f"base_model: {base}\n" if base else "",
        "accuracy": round(accuracy, 3),
        "results": "\n".join([*table, f"| **all** | **{accuracy:.0%}** |"]),
    }
    config: dict[str, object] = {"architectures": ["HashedTriples"], "buckets": guessing.BUCKETS}
    config["id2label"] = dict(enumerate(languages))
    results = (
        "- dataset: {id: fieldnotes/sentences, task_id: language, split: test}\n"
        f"  value: {accuracy:.3f}\n  notes: measured when this hub was made\n"
    )
    weights = {"classifier.weight": guessing.model_of(languages)}
    files = model(weights, config, card("which-language", **facts))
    return {**files, ".eval_results/language.yaml": results.encode()}


def tides() -> Files:
    """The gated model."""
    readme = card("tides", tides=measures.tide_rows(), error=measures.tides_error())
    files = model({"tides.weight": measures.tides()}, {"periods_hours": list(measures.PERIODS)}, readme)
    return {**files, "LICENSE": text("cards/LICENSE-harbour.txt").encode()}


def tides_next() -> Files:
    """The one that is not out yet."""
    weights = {"tides.weight": measures.tides()}
    return model(weights, {"periods_hours": list(measures.PERIODS)}, card("tides-next"))


def colour_names() -> Files:
    """Points and their names."""
    points = np.array([[float(row[one]) for one in ("red", "green", "blue")] for row in rows("colours.csv")])
    names = [row["name"] for row in rows("colours.csv")]
    return model({"points": points.astype(np.float32)}, {"names": names}, card("colour-names"))


def sentence_files() -> Files:
    """The sentences by split, and all as JSON Lines."""
    tables = dict.fromkeys(("train", "test"), "language,text\n")
    lines, table = [], []
    for language in guessing.ALL:
        for split in tables:
            for one in sentences(split, language):
                tables[split] += f'{language},"{one}"\n'
                lines.append(json.dumps({"language": language, "split": split, "text": one}, ensure_ascii=False))
        table.append(f"| {language} | {len(sentences('train', language))} | {len(sentences('test', language))} |")
    return {
        "README.md": card("sentences", count=len(lines), table="\n".join(table)),
        **{f"data/{split}.csv": body.encode() for split, body in tables.items()},
        "data/all.jsonl": "\n".join([*lines, ""]).encode(),
    }


def benchmark() -> Files:
    """How models are measured on the sentences."""
    said = "name: Sentences\ndescription: Which language is it?\nevaluation_framework: by-hand\n"
    return {"eval.yaml": f"{said}tasks:\n- {{id: language, split: test}}\n".encode()}


def chirps() -> Files:
    """Sounds, and which is which."""
    kinds = ("rising", "falling", "warbling")
    sounds = {f"{kind}-{voice}.wav": measures.chirp(place, voice) for place, kind in enumerate(kinds)
              for voice in range(3)}  # fmt: skip
    table = "file_name,kind\n" + "".join(f"{name},{name.partition('-')[0]}\n" for name in sounds)
    return {"README.md": card("chirps"), "metadata.csv": table.encode(), **sounds}


def bird_counts() -> Files:
    """The counts of the first weeks, and a picture of the whole year's."""
    lines = measures.count_lines(FIRST_WEEKS)
    return {"README.md": card("bird-counts"), "counts.jsonl": lines, "plot.png": measures.plot()}


def add_counts(story: Story, repo: str, by: str, weeks: int) -> None:
    """One week more."""
    story.commit(by, named(repo), {"counts.jsonl": measures.count_lines(weeks)}, f"Add week {weeks}")


def kernel() -> Files:
    """A softmax in three ways."""
    build = b'[general]\nname = "softmax"\nuniversal = true\n'
    return {
        "README.md": card("kernel"),
        "build.toml": build,
        "torch-ext/softmax/__init__.py": text("softmax.py.txt").encode(),
    }


def picker() -> Files:
    """A page to pick colours on."""
    return plain("space-colours", {"app.py": "picker.py.txt", "requirements.txt": b"numpy\nsafetensors\n"})


def plain(readme: str, files: Mapping[str, str | bytes]) -> Files:
    """A card, and files of this package's `content` or given ones."""
    bodies = {path: one if isinstance(one, bytes) else (FOLDER / one).read_bytes() for path, one in files.items()}
    return {"README.md": card(readme), **bodies}

"""How the work is used: likes over the year, and downloads of the last weeks, from which what is trending follows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

import numpy as np

from freehold.base.ids import RepoKind
from freehold.core.accounts.actor import ANONYMOUS
from freehold.demo.story import Scene, Story, named

DAYS = 45
_FILES = {RepoKind.MODEL: "config.json", RepoKind.DATASET: "data.csv", RepoKind.KERNEL: "build.toml"}

LIKES: Mapping[str, Mapping[str, float]] = {
    "aviary/letters-en": {"bob": 300, "carol": 280, "dave": 150, "heidi": 90, "erin": 12, "grace": 40},
    "aviary/which-language": {"bob": 260, "carol": 254, "erin": 22, "heidi": 6, "dave": 5, "ivan": 3, "frank": 2},
    "bob/which-language-nordic": {"alice": 170, "erin": 20, "heidi": 4, "carol": 1.5},
    "aviary/letters-en-gguf": {"dave": 100, "frank": 60},
    "carol/letters-en-french": {"alice": 130, "bob": 8},
    "harbour/tides-1": {"carol": 220, "alice": 200, "heidi": 30},
    "dave/colour-names": {"heidi": 210, "erin": 9},
    "datasets/fieldnotes/sentences": {"alice": 320, "bob": 310, "erin": 50, "dave": 7, "judy": 2.5},
    "datasets/fieldnotes/bird-counts": {"alice": 200, "carol": 190, "ivan": 10},
    "datasets/dave/bird-colours": {"heidi": 238, "erin": 33, "carol": 30},
    "spaces/aviary/language-guesser": {"carol": 160, "erin": 15, "heidi": 11, "frank": 1},
    "spaces/dave/bird-colours": {"heidi": 55, "erin": 5.5, "carol": 3.2},
    "kernels/aviary/softmax": {"bob": 70},
}
STRANGERS = {
    "aviary/letters-en": 9,
    "aviary/which-language": 14,
    "bob/which-language-nordic": 6,
    "aviary/letters-en-gguf": 5,
    "aviary/letters-de": 4,
    "dave/colour-names": 3,
    "carol/letters-en-french": 2,
    "erin/letters-blend": 1,
    "datasets/fieldnotes/sentences": 11,
    "datasets/fieldnotes/bird-counts": 4,
    "datasets/fieldnotes/chirps": 2,
    "datasets/dave/bird-colours": 3,
    "datasets/harbour/tide-table": 2,
    "kernels/aviary/softmax": 2,
}
"""How many strangers fetch each on an ordinary day."""


def like(story: Story, name: str, path: str) -> None:
    """Somebody likes a repository."""
    story.rooms.catalog.likes.set(story.rooms.repos.reader(story.actor(name), named(path)), likes=True)


def download(story: Story) -> None:
    """The last weeks, day by day: more as time goes by, less on weekends."""
    chance = np.random.default_rng(23)
    readers = {path: story.rooms.repos.reader(ANONYMOUS, named(path)) for path in STRANGERS}
    for ago in range(DAYS, -1, -1):
        story.calendar.go(ago + 0.1)
        weekend = datetime.fromtimestamp(story.calendar() / 1_000_000, UTC).weekday() > 4
        for path, many in STRANGERS.items():
            usual = many * (1.6 - ago / DAYS) * (0.4 if weekend else 1)
            for visitor in range(int(chance.poisson(usual))):
                file = "model.gguf" if path.endswith("gguf") else _FILES[named(path).kind]
                story.rooms.catalog.downloads.note(readers[path], file, f"192.0.2.{visitor}")
        story.rooms.catalog.downloads.write()


SCENES = tuple(
    Scene(days, partial(like, name=name, path=path)) for path, likers in LIKES.items() for name, days in likers.items()
)

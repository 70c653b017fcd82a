"""The repositories of the story, in the order in which they began."""

from functools import partial

from freehold.demo import guessing, measures, shelf
from freehold.demo.shelf import Change, Work
from freehold.demo.story import Scene

GUESSER, NORDIC = "aviary/which-language", "bob/which-language-nordic"

WORKS = (
    Work(
        "datasets/fieldnotes/sentences",
        (
            Change(348, "heidi", "Add the sentences", shelf.sentence_files),
            Change(120, "carol", "Say how models are measured\n\nSo that results can name a task.", shelf.benchmark),
        ),
    ),
    Work(
        "datasets/dave/bird-colours",
        (
            Change(
                340, "dave", "Add sixteen colours", lambda: shelf.plain("bird-colours", {"colours.csv": "colours.csv"})
            ),
        ),
    ),
    Work(
        "aviary/letters-en",
        (
            Change(332, "alice", "Count letters", lambda: shelf.letters_of("en")),
            Change(5.2, "bob", "Measure it on all six languages", lambda: shelf.measured("en")),
        ),
    ),
    Work(
        "aviary/letters-de",
        (
            Change(318, "bob", "Count German letters", lambda: shelf.letters_of("de")),
            Change(5.1, "bob", "Measure it on all six languages", lambda: shelf.measured("de")),
        ),
    ),
    Work("dave/colour-names", (Change(310, "dave", "Add points and names", shelf.colour_names),)),
    Work(
        "datasets/harbour/tide-table",
        (
            Change(
                300,
                "frank",
                "Add a year of levels",
                lambda: shelf.plain("tide-table", {"levels.csv": measures.tide_table()}),
            ),
        ),
    ),
    Work("aviary/letters-en-gguf", (Change(290, "bob", "Quantise letters-en", shelf.letters_gguf),)),
    Work(
        "aviary/which-language",
        (
            Change(270, "alice", "Add the guesser of languages", lambda: shelf.guesser(GUESSER, guessing.CENTRAL)),
            Change(12, "alice", "Say what is taken for what", lambda: shelf.confused(guessing.CENTRAL)),
        ),
    ),
    Work("harbour/tides-1", (Change(262, "frank", "Fit four tides", shelf.tides),), gated="manual"),
    Work("datasets/fieldnotes/bird-counts", (Change(250, "heidi", "Add a year of counts", shelf.bird_counts),)),
    Work("datasets/fieldnotes/chirps", (Change(215, "carol", "Add nine chirps", shelf.chirps),)),
    Work(
        "datasets/harbour/soundings",
        (
            Change(
                205, "frank", "Add depths", lambda: shelf.plain("soundings", {"soundings.csv": measures.soundings()})
            ),
        ),
        gated="auto",
    ),
    Work(
        "bob/which-language-nordic",
        (
            Change(180, "bob", "Add Danish and Swedish", lambda: shelf.guesser(NORDIC, guessing.ALL, GUESSER)),
            Change(0.7, "bob", "Say what is taken for what", lambda: shelf.confused(guessing.ALL)),
        ),
    ),
    Work(
        "spaces/aviary/language-guesser",
        (Change(165, "bob", "Add the page", lambda: shelf.plain("space-guesser", {"index.html": "guesser.html"})),),
        sdk="static",
    ),
    Work("carol/letters-en-french", (Change(140, "carol", "Adapt to French", shelf.letters_adapter),)),
    Work("erin/letters-blend", (Change(96, "erin", "Blend two tables", shelf.letters_blend),)),
    Work("kernels/aviary/softmax", (Change(80, "alice", "Add three ways to a softmax", shelf.kernel),)),
    Work(
        "spaces/dave/bird-colours",
        (Change(61, "dave", "Add the picker", shelf.picker),),
        sdk="gradio",
    ),
    Work("harbour/tides-2", (Change(24, "grace", "Begin the next fit", shelf.tides_next),), visibility="private"),
    Work(
        "aviary-hq/letters-en",
        (Change(13, "mallory", "Best letters", lambda: shelf.letters_of("en")),),
    ),
    Work(
        "mallory/free-weights",
        (
            Change(
                11, "mallory", "upload", lambda: shelf.plain("free-weights", {"install.sh": b"echo nothing to see\n"})
            ),
        ),
    ),
    Work(
        "datasets/alice/notebooks",
        (
            Change(
                9,
                "alice",
                "Look at the sentences",
                lambda: shelf.plain("notebooks", {"explore.ipynb": "explore.ipynb.txt"}),
            ),
        ),
    ),
)

WEEKLY = tuple(
    Scene(
        7 * ago + done * 5 % 7 - 0.5 if ago else 0.5,
        partial(shelf.add_counts, repo="datasets/fieldnotes/bird-counts", by="heidi", weeks=shelf.FIRST_WEEKS + done),
    )
    for done, ago in enumerate(range(52 - shelf.FIRST_WEEKS - 1, -1, -1), 1)
)
"""Every week, on one day or another, somebody adds what they saw."""

SCENES: tuple[Scene, ...] = tuple(scene for work in WORKS for scene in work.scenes()) + WEEKLY

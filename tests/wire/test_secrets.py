"""Secrets are found where they are, and nowhere else; hostile text costs little time."""

import json
import random
import re
import string
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from freehold.core.accounts.tokens import make_secret
from freehold.wire import secrets
from freehold.wire.secrets import allows, find_secrets

# Every secret is put together here, letter by letter, so that no scanner takes this file for a leak.
LUCK = random.Random(7)
WORD = string.ascii_letters + string.digits
URL64 = WORD + "-_"
PEM = "\n".join("".join(LUCK.choices(WORD + "+/", k=64)) for _ in range(4))


def some(letters: str, count: int) -> str:
    return "".join(LUCK.choices(letters, k=count))


def pem(kind: str, break_: str = "\n", head: str = "") -> str:
    text = f"-----BEGIN {kind}-----\n{head}{PEM}\n-----END {kind}-----\n"
    return text.replace("\n", break_)


def fakes() -> dict[str, str]:
    """One secret of each form, and its kind."""
    return {
        make_secret(): "a Hugging Face token",
        "hf_" + some(string.ascii_letters, 34): "a Hugging Face token",
        "AKIA" + some("ABCDEFGHIJKLMNOP", 8) + "7" + some("QRSTUVW234", 7): "an AWS access key",
        "aws_secret_access_key = " + some(WORD + "+/", 40): "an AWS secret key",
        '"SecretAccessKey": "' + some(WORD + "+/", 40) + '"': "an AWS secret key",
        "ghp_" + some(WORD, 36): "a GitHub token",
        "github" + "_pat_" + some(WORD, 22) + "_" + some(WORD, 59): "a GitHub token",
        "glpat" + "-" + some(URL64, 20): "a GitLab token",
        "xoxb" + "-" + some(string.digits, 12) + "-" + some(string.digits, 12) + "-" + some(WORD, 24): "a Slack token",
        f"https://hooks.slack.com/services/T{some('A12', 9)}/B{some('C4', 9)}/{some(WORD, 24)}": "a Slack webhook",
        "sk-" + some(WORD, 20) + "T3Blbk" + "FJ" + some(WORD, 20): "an OpenAI key",
        "sk-proj-" + some(URL64, 74) + "T3Blbk" + "FJ" + some(URL64, 74): "an OpenAI key",
        "sk-ant" + "-api03-" + some(URL64, 93) + "AA": "an Anthropic key",
        "AIza" + some(URL64, 34) + "z": "a Google API key",
        "sk_live" + "_" + some(WORD, 24): "a Stripe key",
        "npm_" + some(WORD, 36): "an npm token",
        "pypi-" + "AgE" + some(URL64, 120): "a PyPI token",
        pem("PRIVATE " + "KEY"): "a private key",
        pem("RSA PRIVATE " + "KEY", head="Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n"): "a private key",
        pem("OPENSSH PRIVATE " + "KEY", break_="\\n"): "a private key",
        pem("PGP PRIVATE " + "KEY BLOCK", break_="\r\n", head="Version: 1\n\n"): "a private key",
    }  # fmt: skip


FAKES = fakes()
# Named by their kinds: a token of this hub is another one in each process that collects the tests.
EACH = pytest.mark.parametrize("text", FAKES, ids=[f"{kind[2:].strip()}-{n}" for n, kind in enumerate(FAKES.values())])
FORMS = secrets._FORMS
FITS_AN_ADDRESS = re.compile("hf_|gh|gl|xox|sk|npm|pypi")


@EACH
@pytest.mark.parametrize("around", ["{}", "key={}\n", "a: '{}'  # mine\n", "https://{}@host/x\n", '"x\\n{}\\n"'])
def test_each_form_is_found_and_named(text: str, around: str):
    if "://" in around and not FITS_AN_ADDRESS.match(text):
        around = "{}"
    found = find_secrets(("first\nsecond\n" + around.format(text)).encode())
    assert [(one.line, one.kind) for one in found] == [(3, FAKES[text])]


@given(st.sampled_from(list(FAKES)), st.lists(st.text("abc xyz=:'\"", max_size=30), max_size=20))
def test_the_line_is_the_one_it_begins_on(text: str, lines: list[str]):
    content = "".join(f"{line}\n" for line in lines) + text + "\n"
    assert [one.line for one in find_secrets(content.encode())] == [len(lines) + 1]


@given(st.binary(max_size=3000), st.sampled_from([form.anchor for form in FORMS]))
def test_it_never_fails_on_any_bytes(content: bytes, anchor: bytes):
    find_secrets(content.replace(b"\0", anchor))


def test_one_line_can_say_that_it_is_meant():
    token = make_secret()
    content = f"a = '{token}'  # secrets.allow: expired\nb = '{token}'\n"
    assert [one.line for one in find_secrets(content.encode())] == [2]
    assert find_secrets(f"a = '{token}' # secrets.allow".encode()) == []


def test_a_message_allows_only_by_a_line_of_its_own():
    assert allows("Add fixtures\n\nsecrets.allow\n") and allows("  secrets.allow ")
    assert not allows("Do not use secrets.allow here") and not allows("")


@pytest.mark.parametrize(
    "text",
    [
        "hf_" + "x" * 34, "hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH", "hf_model_for_everybody_and_their_children_x",
        "AKIA" + "IOSFODNN7" + "EXAMPLE", "AKIA" + "VLMNPQRSTGHEEKLW", "xAKIA" + "ABCD7FGHIJKLMNOP", "hf_" + "aB3" * 13,
        "ghp_" + "0" * 36, "sk-" + "learn-and-other-words-that-are-long-enough-to-be-a-key",
        "AIza" + "SyYOUR_API_KEY_GOES_HERE_XXXXXXXXXX",
        "-----BEGIN " + "PRIVATE KEY-----", "-----BEGIN " + "PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC " + "KEY-----\n" + PEM, "-----BEGIN " + "CERTIFICATE-----\n" + PEM,
    ],
)  # fmt: skip
def test_what_only_looks_like_a_secret_is_none(text: str):
    assert find_secrets(f"see: {text}\n".encode()) == []


def test_a_file_that_is_not_text_is_not_looked_at():
    token = make_secret().encode()
    assert find_secrets(b"\x89PNG\0" + token) == [] and find_secrets(b"PNG " + token) != []


def test_ordinary_repositories_hold_none():
    """What model repositories are made of, and the Python files and cards of this environment."""
    for content in _ordinary():
        assert find_secrets(content) == []


def _ordinary():
    card = {"license": "mit", "tags": ["a"], "model-index": [{"name": "m", "results": [{"value": 0.5}] * 50}]}
    yield f"---\n{yaml.dump(card)}---\n# Model\n\n```python\nlogin(token='hf_...')\n```\n".encode()
    words = ["".join(LUCK.choices(string.ascii_letters + "Ġ▁_-", k=LUCK.randint(1, 12))) for _ in range(50_000)]
    merges = [f"{LUCK.choice(words)} {LUCK.choice(words)}" for _ in range(50_000)]
    yield json.dumps({"model": {"vocab": {word: at for at, word in enumerate(words)}, "merges": merges}}).encode()
    yield json.dumps({"architectures": ["BertModel"], "hidden_size": 768, "_commit_hash": "ab" * 20}).encode()
    yield ("sequence\n" + "\n".join(some("ACDEFGHIKLMNPQRSTVWY", 20) for _ in range(100_000))).encode()
    yield "\n".join(some(WORD + "+/", 76) for _ in range(50_000)).encode()
    yield "\n".join(f"{some('0123456789abcdef', 64)} {some(URL64, 43)}" for _ in range(50_000)).encode()
    for path in Path(json.__file__).parent.parent.glob("*.py"):
        yield path.read_bytes()
    for path in Path(yaml.__file__).parent.parent.glob("*/METADATA"):
        yield path.read_bytes()
    for path in Path(secrets.__file__).parents[1].glob("**/*.py"):
        yield path.read_bytes()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.anchor.decode())
def test_no_text_takes_it_long(form):
    begin, start = form.anchor, b"-----BEGIN "
    for piece in (
        begin,
        begin + b"aB1" * 10,
        b" " + begin + b"7",
        b"sk-" + b"a" * 25 + begin,
        start + begin + b"\na: ",
    ):
        content = piece * ((2 << 20) // len(piece))
        begun = time.perf_counter()
        find_secrets(content)
        assert time.perf_counter() - begun < 3, piece

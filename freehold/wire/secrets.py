"""Secrets in text: credentials of known forms, found by line, that nobody means to publish.

Precision comes first: only forms that say by themselves what they are. A file costs a few quick searches for what many
forms share, and only where something stands is it looked at more closely, over a bounded length.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

ALLOW = "secrets.allow"
"""The word by which a person says that a secret is meant to be there."""

MOST_FOUND = 50
"""After this many secrets in one file nobody reads on."""

_SAMPLE = 8000
"""git's own rule: a file with a NUL in its first bytes is binary."""

_PLACEHOLDERS = re.compile(rb"(?i)example|sample|dummy|fake|placeholder|your|xxxx|\.\.\.|1234567890|abcdefghij")
_FEWEST_LETTERS = 10
"""Different characters that a random secret of the lengths below has at the very least."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret: the line on which it begins (from 1), what it is, and its bytes, which are never shown."""

    line: int
    kind: str
    value: bytes


@dataclass(frozen=True, slots=True)
class _Form:
    """`anchor` is in every secret of this form; `pattern` (its secret part in group 1) matches in bounded steps."""

    kind: str
    anchor: bytes
    pattern: re.Pattern[bytes]
    accepts: Callable[[bytes], bool]


def find_secrets(content: bytes) -> list[Secret]:
    """What `content` holds, by line, leaving out lines that say `secrets.allow`. Binary content holds nothing."""
    if not _may_hold(content) or content.find(b"\0", 0, _SAMPLE) != -1:
        return []
    found = sorted(_matches(content), key=lambda one: one[1].start())[:MOST_FOUND]
    return list(_placed(content, found))


def _may_hold(content: bytes) -> bool:
    """A first look, which is all that most files get."""
    for letters in _LETTERS:
        if letters in content:
            return True
    return any(sign(content) for sign in _SIGNS)


def _matches(content: bytes) -> Iterator[tuple[str, re.Match[bytes]]]:
    for form in _FORMS:
        if form.anchor in content:
            real = (match for match in form.pattern.finditer(content) if form.accepts(match[1]))
            yield from ((form.kind, match) for match in islice(real, MOST_FOUND))


def _placed(content: bytes, found: Sequence[tuple[str, re.Match[bytes]]]) -> Iterator[Secret]:
    line, at = 1, 0
    for kind, match in found:
        line += content.count(b"\n", at, match.start())
        at = match.start()
        begin = content.rfind(b"\n", 0, at) + 1
        end = content.find(b"\n", at)
        if content.find(ALLOW.encode(), begin, len(content) if end == -1 else end) == -1:
            yield Secret(line, kind, match[1])


def allows(text: str) -> bool:
    """Whether a commit's message lets secrets pass: it has a line that is `secrets.allow` and nothing else."""
    return ALLOW in text and any(line.strip() == ALLOW for line in text.splitlines())


def _is_random(value: bytes) -> bool:
    return len(set(value)) >= _FEWEST_LETTERS and not _PLACEHOLDERS.search(value)


def _is_mixed(value: bytes) -> bool:
    """Random letters of both cases, unlike a name that somebody made up."""
    large = sum(65 <= byte <= 90 for byte in value)
    small = sum(97 <= byte <= 122 for byte in value)
    return min(large, small) >= 5 and _is_random(value)


def _has_digit(value: bytes) -> bool:
    """Random, with a digit: four letters and sixteen more can be a piece of a protein."""
    return _is_random(value) and any(48 <= byte <= 57 for byte in value)


def _any(_value: bytes) -> bool:
    return True


def _form(kind: str, start: bytes, rest: bytes, accepts: Callable[[bytes], bool] = _is_random) -> _Form:
    """A form that begins with the bytes `start`, with nothing that could be part of a word on either side."""
    return _Form(kind, start, _pattern(re.escape(start), rest), accepts)


def _pattern(start: bytes, rest: bytes, word: bytes = rb"0-9A-Za-z_-") -> re.Pattern[bytes]:
    # The look back stands behind the beginning, so that the search for its fixed letters stays a plain one.
    # A letter before it counts for nothing where it is the end of `\n` in JSON.
    alone = rb"(?:(?<![" + word + rb"]" + start + rb")|(?<=\\[nrt]" + start + rb"))"
    return re.compile(start + alone + rb"(" + rest + rb")(?![" + word + rb"])")


_WORD = rb"[0-9A-Za-z]"
_URL64 = rb"[0-9A-Za-z_-]"
# Between the lines of a key: a line's end as it is, or as it is written in JSON and in programs.
_BREAK = rb"(?:\\[nr]|[\s\"',+\\]){1,40}+"
_PRIVATE_KEY = re.compile(
    rb"-----BEGIN ((?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----" + _BREAK
    + rb"(?:[A-Za-z-]{1,20}: [^\r\n\\\"]{0,100}+" + _BREAK + rb"){0,6}[0-9A-Za-z+/]{40})"
)  # fmt: skip
_SLACK_HOOK = b"https://hooks.slack.com/services/"
_AWS_NAMES = (b"ecret_access_key", b"SECRET_ACCESS_KEY", b"ecretAccessKey")
_AWS_SECRET = rb"[\"']?[ \t]{0,8}[=:][ \t]{0,8}[\"']?([0-9A-Za-z/+]{40})(?![0-9A-Za-z/+=])"
_BASE64 = rb"0-9A-Za-z_/+-"
_OPENAI = _pattern(b"sk-", rb"[0-9A-Za-z_-]{20,90}?T3BlbkFJ[0-9A-Za-z_-]{20,80}+")

_FORMS = (
    _form("a Hugging Face token", b"hf_", _WORD + rb"{34}(?:" + _WORD + rb"{6})?+", _is_mixed),
    _Form("a GitHub token", b"gh", _pattern(rb"gh[pousr]_", _WORD + rb"{36}"), _is_mixed),
    _form("a GitHub token", b"github_pat_", _WORD + rb"{22}_" + _WORD + rb"{59}"),
    _Form("a Stripe key", b"k_live_", _pattern(rb"[rs]k_live_", _WORD + rb"{24,250}+"), _is_random),
    _form("an npm token", b"npm_", _WORD + rb"{36}", _is_mixed),
    _form("a Groq key", b"gsk_", _WORD + rb"{52}", _is_mixed),
    _form("a GitLab token", b"glpat-", _URL64 + rb"{20,300}+(?:\.[0-9a-z]{2}\.[0-9a-z]{7,9})?+"),
    _Form("a Slack token", b"xox", _pattern(rb"xox[abeprs]-", rb"[0-9]{8,14}-[0-9A-Za-z-]{10,200}+"), _is_random),
    _form("a Slack token", b"xapp-", rb"[0-9]-[A-Z0-9]{8,14}-[0-9]{10,14}-[0-9a-f]{64}"),
    _Form("an OpenAI key", b"T3BlbkFJ", _OPENAI, _is_random),
    _form("an Anthropic key", b"sk-ant-", rb"(?:api|admin|oat|ort)[0-9]{2}-" + _URL64 + rb"{80,120}+"),
    _form("a Google client secret", b"GOCSPX-", _URL64 + rb"{28}"),
    _form("a PyPI token", b"pypi-AgE", _URL64 + rb"{60,400}+"),
    _Form("an AWS access key", b"AKIA", _pattern(b"AKIA", rb"[A-Z2-7]{16}", _BASE64), _has_digit),
    _Form("an AWS access key", b"ASIA", _pattern(b"ASIA", rb"[A-Z2-7]{16}", _BASE64), _has_digit),
    _Form("a Google API key", b"AIza", _pattern(b"AIza", _URL64 + rb"{35}", _BASE64), _is_mixed),
    *(_Form("an AWS secret key", name, re.compile(name + _AWS_SECRET), _is_mixed) for name in _AWS_NAMES),
    _form("a Slack webhook", _SLACK_HOOK, rb"T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/" + _WORD + rb"{24}"),
    _Form("a private key", b"PRIVATE KEY", _PRIVATE_KEY, _any),
)
_SIGNS = tuple(
    re.compile(pattern).search
    for pattern in (rb"_[0-9A-Za-z]{22}", rb"-[0-9A-Za-z_-]{19}", rb"A(?:KIA|SIA|Iza)[0-9A-Za-z_-]{16}")
)
_LETTERS = (*_AWS_NAMES, _SLACK_HOOK, b"PRIVATE KEY")
"""Together with the signs: one of these is in whatever holds a secret."""

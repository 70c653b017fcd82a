"""How hostile requests are made: each is a valid one in which anything may be wrong, so that it gets deep."""

import json
import re
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from freehold.asgi.routing import Route
from tests.protocols.matrix.asking import Asked
from tests.protocols.rows import FORMS, filled
from tests.protocols.spelling import spelled
from tests.protocols.test_everyone import BODIES, COMMIT, VALUES

_ODD = r""". .. ../../etc/passwd a/../b -1 0 1e9 0x10 1_000 +1 1.5 ١٢ ² null NaN true HEAD refs/heads/main refs/pr/1
main^
refs/pr/99999999999999999999 main~1 @{u} : main...main ..main % %00 %2e%2e a%2fb é ' " \ _% {{7*7}} ${x} <script>
bytes=0- acme birds alice main a.txt README.md model dataset 2020-01-01 99999-99-99T99:99:99Z W/"x" * a,b,c []
sha256:zz"""
HOSTILE = [
    *_ODD.split(),
    *("", " ", "a\nb", "a\tb", "'; DROP TABLE x; --", "\u202e", "e\u0301", "\U0001f989", "\ud7ff"),
    *("0" * 24, "0" * 40, "f" * 40, "0" * 64, "f" * 64, "sha256:" + "0" * 64, "9" * 40, str(2**63), str(2**64)),
    *("x" * 300, "x" * 5000),
]
_QUERY = """limit cursor p page expand expand[] search sort direction full type status create_pr q recursive diff format
service author filter owner item next id kind tab skip before after config blobs securityStatus feedType activityType
entity trendingSort path refspec include_prs num_parameters pipeline_tag gated inference download account scope nonce
offset days client_id redirect_uri response_type state code_challenge user_code"""
WORDS = _QUERY.split()
HEADERS = {
    "range": ["bytes=0-", "bytes=-1", "bytes=5-1", "bytes=0-0,2-3", "bytes=a-b", "bytes=" + "0-," * 3000, "items=0-1"],
    "if-none-match": ["*", '"x"', "W/", '"' * 9, "\xe9"],
    "if-range": ['"x"', "Sun, 99 Foo", "0"],
    "if-modified-since": ["never", "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT"],
    "accept": ["text/html", "*/*", "application/vnd.xet-shard", "", ";;;q=x"],
    "content-type": ["", "text/plain", "application/json; charset=utf-16", "multipart/form-data; boundary="],
    "content-encoding": ["gzip", "br", "x"],
    "git-protocol": ["version=2", "version=99", "version=2:object-format=sha256", "=" * 999],
    "authorization": [
        "Basic",
        "Basic !!!",
        "Basic YTpi",
        "Bearer",
        "Bearer \xff",
        "Pass pass.x.y",
        "Bearer pass.e30.x",
    ],
    "cookie": ["freehold_session=x", "freehold_session=\xff", "a=b; ; =; freehold_theme=zz", "freehold_form=xx"],
    "x-forwarded-for": ["1.1.1.1", "x", "::1, 999.1.1.1"],
    "host": ["evil.example", "hub.test:99999", "a b", ""],
    "accept-language": ["x" * 500],
    "origin": ["null", "http://evil.example", "http://[::1"],
    "referer": ["http://[", "\xff"],
    "x-request-id": ["\xe9", "x" * 999],
    "sec-fetch-site": ["same-origin", "cross-site"],
    "user-agent": ["", "\xff", "hf_hub/x; " * 50],
}
NUMBERS = [2**63, -(2**63), 1e308]
FIELDS = ["name", "title", "id", "text", "kind", "role", "key"]

strange = st.sampled_from(HOSTILE) | st.text(max_size=12)
scalars: st.SearchStrategy[Any] = st.one_of(
    strange, st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(NUMBERS), st.just([]), st.just({}),
    st.just([[[[]]]]), st.just({"a": None}), st.just(["x"] * 200),
)  # fmt: skip
raw_bodies = st.sampled_from([
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"0" * 70000, b"[" * 5000, b'{"a":' * 2000, b'{"a":1e999}', b'"\\ud800"',
    b"\0" * 64, b"0000", b"0001", b"0032want " + b"0" * 40 + b"\n0000", b"ffff", b"000", b"a=b&a=c&=&%zz=%ff",
    b'{"key":"header"}\n{"key":"file"}',
])  # fmt: skip


@st.composite
def hostile(draw: st.DrawFn, route: Route, templates: frozenset[str], names: dict[str, str]) -> Asked:
    """A request for a route."""
    method = draw(st.sampled_from(sorted(route.methods or {"GET"})))
    key = f"{method} {spelled(route.path, templates)}"
    known = {**VALUES, "org": "acme", "ns": "acme", "namespace": "acme", "who": "made", "branch": "main", **names}
    words = re.findall(r"\{(\w+):\w+\}", route.path)
    odd = draw(st.sampled_from([*words, "", ""])) if words else ""
    values = {word: draw(strange) if word == odd else known.get(word, "x") for word in words}

    def spell(found: re.Match[str]) -> str:
        return quote(values[found[1]] or "x", safe="/" if found[2] == "rest" else "")

    path = re.sub(r"\{(\w+):(\w+)\}", spell, route.path)
    pairs = draw(st.lists(st.tuples(st.sampled_from(WORDS), strange), max_size=3))
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    chosen = draw(st.sets(st.sampled_from(sorted(HEADERS)), max_size=2))
    headers = {name: draw(st.sampled_from(HEADERS[name])) for name in sorted(chosen)}
    body, kind = draw(_bodies(key, method, known))
    return Asked(method, path, query, {"content-type": kind, **headers}, body)


@st.composite
def _bodies(draw: st.DrawFn, key: str, method: str, known: dict[str, str]) -> tuple[bytes, str]:
    if method in {"GET", "HEAD"}:
        return b"", ""
    if FORMS.fullmatch(key.partition(" ")[2]):
        pairs = draw(
            st.lists(
                st.tuples(st.sampled_from(["name", "title", "id", "text", "kind", "role", "key"]), st.text(max_size=9))
            )
        )
        return "&".join(f"{name}={quote(text)}" for name, text in pairs).encode(), "application/x-www-form-urlencoded"
    if draw(st.integers(0, 3)) == 0 or (key not in BODIES and "commit" not in key):
        return draw(raw_bodies), "application/json"
    if key not in BODIES:
        return COMMIT.replace("eA==", draw(st.sampled_from(["", "eA==", "!!", "e"]))).encode(), "application/x-ndjson"
    return json.dumps(draw(mutated(filled(BODIES[key], known)))).encode("utf-8", "replace"), "application/json"


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with something wrong in it."""
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from(sorted(value)))
        changed = {**value, name: draw(mutated(value[name]) | scalars)}
        return draw(st.just(changed) | st.just({**changed, draw(st.text(max_size=5)): 1}))
    if isinstance(value, list) and value:
        return [draw(mutated(value[0]) | scalars), *value[1:]]
    return draw(scalars)

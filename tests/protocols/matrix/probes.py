"""What is asked of each route: its address and body come from the table of everyone, its need from its declaration.

A route needs no line here unless it is asked in more than one way, or what it is sent needs more than the declaration
says (a declaration names the least).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import msgspec

from freehold.asgi.routing import Route
from tests.protocols.matrix.asking import Asked
from tests.protocols.matrix.policy import Thing
from tests.protocols.matrix.stage import Stage, Way
from tests.protocols.rows import FORMS, filled
from tests.protocols.spelling import spelled
from tests.protocols.test_everyone import BODIES, COMMIT, VALUES

SHA = VALUES["sha256"]
V2 = {"git-protocol": "version=2"}
BATCH = {"operation": "download", "objects": [{"oid": SHA, "size": 1}]}


@dataclass(frozen=True)
class Probe:
    """One way to ask a route. `needs` are names of `Need`; all of them must be met."""

    key: str
    method: str
    template: str
    needs: tuple[str, ...]
    note: str = ""
    values: dict[str, str] = field(default_factory=dict)
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None

    @property
    def name(self) -> str:
        return f"{self.key} {self.note}".strip()

    @property
    def form(self) -> bool:
        """Whether it is a form of the hub's pages, which goes by nothing without its token."""
        return self.method == "POST" and bool(FORMS.fullmatch(self.key.partition(" ")[2])) and "leave" not in self.key

    @property
    def of_things(self) -> bool:
        """Whether the address or the body names a repository, a bucket or a collection."""
        words, named = (
            f"{self.template}{self.query}{self.body}",
            (":seg}/{name:seg}", "{thing}", "{name}", "{slug:seg}"),
        )
        return self.needs != ("NOTHING",) and any(word in words for word in named)

    @property
    def only_gates(self) -> bool:
        """Whether it is about gates alone: elsewhere it is refused for there being none."""
        return self.key in ABOUT_GATES

    def asked(self, stage: Stage, way: Way, thing: Thing) -> Asked:
        """The request, by one caller, of one thing."""
        ns, name = thing.name.split("/")
        words = {
            **VALUES, "action": "comment", "org": ns, "namespace": ns, "ns": ns, "name": name, "thing": thing.name,
            "slug": stage.slugs[thing.name], "me": way.caller.person or "nobody", "who": "made", "branch": "fresh",
            **self.values,
        }  # fmt: skip
        path = re.sub(r"\{(\w+):\w+\}", lambda match: words[match[1]], self.template)
        headers, body = {**way.headers, **self.headers}, b""
        fill = filled(self.body, words)
        if self.form:
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrf": way.form, **(fill or {"name": "x"})}).encode()
        elif isinstance(fill, str):
            body = fill.encode()
        elif fill is not None:
            headers["content-type"] = "application/json"
            body = msgspec.json.encode(fill)
        return Asked(self.method, path, filled(self.query, words), headers, body)


# What these are asked takes more than the least that the route may be asked for.
NEEDS = {
    "POST /api/models/{repo}/commit/{rev}": ("WRITE",),
    "POST /api/models/{repo}/preupload/{rev}": ("WRITE",),
    "GET /api/models/{repo}/xet-write-token/{rev}": ("WRITE",),
    "POST /api/models/{repo}/discussions/{num}/status": ("WRITE",),
    "POST /api/models/{repo}/discussions/{num}/title": ("WRITE",),
    "POST /api/models/{repo}/duplicate": ("CONTENT", "FREE", "ACTING"),
    "POST /api/models/{repo}/lfs-files/duplicate": ("PROPOSE", "CONTENT"),
    "GET /{repo}/edit/{rev}/{path}": ("PROPOSE", "CONTENT"),
    "POST /api/settings/webhooks": ("ACTING", "READ"),
    "POST /api/models/{repo}/resource-group": ("READ", "STEWARD"),
    "POST /api/collections/{ns}/{slug}/resource-group": ("READ", "STEWARD"),
    "GET /{repo}/gate/receipt": ("ACCOUNT", "READ"),
    "GET /collections/{ns}/{slug}/gate/receipt": ("ACCOUNT", "READ"),
    "GET /collections/add": ("ACCOUNT", "READ"),
    "POST /collections/add": ("ACCOUNT", "READ"),
    "POST /{repo}/info/lfs/objects/batch": ("PROPOSE",),
    "POST /api/models/{repo}/like": ("PROPOSE", "ACTING"),
    "DELETE /api/models/{repo}/like": ("PROPOSE", "ACTING"),
    "POST /{repo}/ask-access": ("PROPOSE", "ACTING"),
    "POST /api/models/{repo}/user-access-request/cancel": ("PROPOSE", "ACTING"),
    "GET /oauth/authorize": ("NOTHING",),  # which application asks is looked at first
    "GET /login/link/{secret}": ("NOTHING",),
    "POST /settings/address/{secret}": ("LINK",),
    "GET /uploads/{name}": ("NOTHING",),
    # Here every repository has an owner, so there is never a thing at these.
    "GET /api/models/{name}": ("ACCOUNT",),
    "GET /api/models/{name}/revision/{rev}": ("ACCOUNT",),
    "GET /api/models/{name}/tree/{path}": ("ACCOUNT",),
    "GET /{name}/resolve/{path}": ("ACCOUNT",),
    "DELETE /api/buckets/{name}": ("ACCOUNT",),
}  # fmt: skip
SENT: dict[str, object] = {
    "POST /api/models/{repo}/duplicate": {"repository": "{me}/copied"},
    "POST /api/models/{repo}/lfs-files/duplicate": {"target": {"type": "model", "name": "{thing}"}, "files": []},
    "POST /api/repos/create": {"name": "fresh", "organization": "{ns}"},
    "DELETE /api/repos/delete": {"name": "{name}", "organization": "{ns}"},
    "POST /api/repos/move": {"fromRepo": "{thing}", "toRepo": "{ns}/fresh", "type": "model"},
    "POST /api/collections": {"title": "fresh", "namespace": "{ns}"},
    "POST /api/settings/webhooks": {"url": "http://h.example/", "domains": ["repo"],
                                    "watched": [{"type": "model", "name": "{thing}"}]},
    "POST /api/models/{repo}/commit/{rev}": COMMIT,
    "POST /api/buckets/{repo}/batch": '{"type":"deleteFile","path":"none"}',
    "POST /collections/add": {"kind": "model", "id": "{thing}", "title": "fresh"},
    "POST /{repo}/discussions/{num}/{action}": {"text": "hello"},
    "POST /{repo}/discussions/new": {"title": "hello", "text": "hello"},
    "POST /{repo}/git-receive-pack": "0000",
    "POST /{repo}/git-upload-pack": "0014command=ls-refs\n0000",
    "POST /new": {"owner": "{ns}", "name": "fresh", "kind": "model"},
    "POST /collections/new": {"owner": "{ns}", "title": "fresh"},
}  # fmt: skip
ABOUT_GATES = {
    "POST /{repo}/ask-access", "POST /{repo}/gate", "POST /{repo}/gate/withdraw",
    "POST /api/models/{repo}/user-access-request/cancel",
}  # fmt: skip
ASKED = {
    "GET /{repo}/info/refs": "service=git-upload-pack",
    "GET /collections/add": "kind=model&id={thing}",
}


def more(key: str, method: str, template: str) -> Iterator[Probe]:
    """The other ways in which some routes are asked."""
    match key:
        case "GET /{repo}/info/refs":
            yield Probe(key, method, template, ("WRITE",), "to push", query="service=git-receive-pack")
            yield Probe(key, method, template, ("CONTENT",), "by version 2", query=ASKED[key], headers=V2)
        case "POST /{repo}/info/lfs/objects/batch":
            yield Probe(key, method, template, ("CONTENT",), "download", body=BATCH)
        case "POST /api/models/{repo}/commit/{rev}":
            yield Probe(key, method, template, ("PROPOSE",), "as a pull request", query="create_pr=1", body=COMMIT)
        case "GET /api/models/{repo}/xet-write-token/{rev}":
            yield Probe(key, method, template, ("PROPOSE",), "for a pull request", query="create_pr=1")
        case "GET /{repo}/resolve/{rev}/{path}":
            yield Probe(key, "HEAD", template, ("CONTENT",), "by HEAD")
            yield Probe(key, method, template, ("READ",), "the card", values={"path": "README.md"})
        case "DELETE /api/repos/delete":
            body = {"name": "{name}", "organization": "{ns}", "type": "dataset"}
            yield Probe(key, method, template, ("ADMIN",), "a dataset", body=body)


def probes(routes: list[Route]) -> Iterator[Probe]:
    """Every route as the hub serves it, and its further ways."""
    for route in routes:
        for method in sorted((route.methods or set()) - ({"HEAD"} if "GET" in (route.methods or ()) else set())):
            key = f"{method} {spelled(route.path, {one.path for one in routes})}"
            needs, body = NEEDS.get(key, (route.needs.name,)), SENT.get(key, BODIES.get(key))
            headers = V2 if route.path.endswith("/git-upload-pack") else {}
            yield Probe(key, method, route.path, needs, query=ASKED.get(key, ""), body=body, headers=headers)
            yield from more(key, method, route.path)

"""Trees and paths of a revision."""

from dataclasses import dataclass
from urllib.parse import parse_qs

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi import paging
from freehold.base.clock import iso
from freehold.base.errors import Invalid
from freehold.core.repos.entries import Entry
from freehold.protocols.hub.answer import flag, json, page, truth
from freehold.protocols.hub.gate import Gate
from freehold.wire.hub import models
from freehold.wire.hub.requests import PathsInfo, parse

PAGE = 1000
PAGE_WITH_COMMITS = 50
"""Finding an entry's last commit costs a walk through the history, so fewer fit in a page."""
MOST_PATHS = 10_000

ONE_PAGE = 50_000
_NEVER_TURN = ("llama-cpp/",)
"""Programs that read one page and no other: theirs is as long as any repository of models needs."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Endpoints that list files."""

    gate: Gate

    def tree(self, request: Request) -> Response:
        """`GET /tree/{rev}[/{path}]`: a folder's entries, or a file's own, in pages."""
        reader = self.gate.reader(request)
        expand = flag(request, "expand")
        page_size = ONE_PAGE if request.headers.get("user-agent", "").startswith(_NEVER_TURN) else PAGE
        most = paging.limit(request, *((PAGE_WITH_COMMITS,) * 2 if expand else (page_size, page_size)))
        entries = reader.tree(
            request.path_params["rev"],
            request.path_params.get("path", "").strip("/"),
            recursive=flag(request, "recursive"),
            last_commits=expand,
            after=paging.cursor(request),
            limit=most + 1,
        )
        shown = entries[:most]
        link = paging.next_link(request, shown[-1].path) if len(entries) > most else None
        return page([tree_entry(entry) for entry in shown], link)

    def paths_info(self, request: Request, body: bytes) -> Response:
        """`POST /paths-info/{rev}`: the entries at given paths; those that are not there are left out."""
        reader = self.gate.reader(request)
        asked = _paths_of(request, body)
        if len(asked.paths) > MOST_PATHS:
            raise Invalid(f"Ask for {MOST_PATHS} paths at most; send the others in further requests.")
        paths = [path.strip("/") for path in asked.paths]
        entries = reader.paths(request.path_params["rev"], paths, last_commits=asked.expand)
        return json([tree_entry(entry) for entry in entries])


def tree_entry(entry: Entry) -> models.TreeEntry:
    """An entry in the form that trees and paths-info share."""
    large, last = entry.large, entry.last_commit
    return models.TreeEntry(
        path=entry.path,
        type=entry.kind,
        oid=entry.oid,
        size=entry.size,
        lfs=models.LfsPointer(large.sha256, large.size, large.pointer_size) if large else UNSET,
        xet_hash=(large.xet_hash if large else None) or UNSET,
        last_commit=models.LastCommit(last.oid, last.title, iso(last.date_us)) if last else UNSET,
    )


def _paths_of(request: Request, body: bytes) -> PathsInfo:
    """Python clients send a form, JavaScript clients JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return parse(body, PathsInfo)
    try:
        form = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_PATHS + 100, errors="strict")
    except ValueError as error:
        raise Invalid(f"The form is not valid: {error}. Send `paths=…` once for each path.") from error
    return PathsInfo(form.get("paths", []), truth(form.get("expand", [""])[0]))

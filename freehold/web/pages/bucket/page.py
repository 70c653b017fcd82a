"""A bucket: a folder of its files with sizes and dates, and how to send files to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import EntryNotFound
from freehold.core.accounts.access import Right
from freehold.core.repos.bucket_rows import BucketFile, BucketFolder
from freehold.core.repos.buckets import Buckets
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, bucket_id, head_of, trail
from freehold.web.site import Site

PAGE = 500


@dataclass(frozen=True, slots=True)
class BucketPage:
    """`folders` and `files` are those of one page; `after` is where the next one begins, empty on the last."""

    head: RepoHead
    path: str
    trail: Sequence[tuple[str, str]]
    folders: Sequence[BucketFolder]
    files: Sequence[BucketFile]
    count: int
    after: str
    may_write: bool


def routes(site: Site, buckets: Buckets) -> list[Route]:
    """`/buckets/{ns}/{name}` and `…/tree/{path}`."""

    def show(request: Request) -> Response:
        reader = buckets.reader(identity(request), bucket_id(request))
        path = request.path_params.get("path", "").strip("/")
        after = request.query_params.get("after", "")
        entries = reader.level(f"{path}/" if path else "", after=after, limit=PAGE + 1)
        if path and not entries:
            if not reader.files_at([path]):
                raise EntryNotFound(f"There is no folder {path[:300]!r} in this bucket.")
            return site.redirect(request, repo_path(reader.repo.repo_id, "resolve", path=path))
        shown = entries[:PAGE]
        page = BucketPage(
            head_of(reader),
            path,
            trail(path),
            [one for one in shown if isinstance(one, BucketFolder)],
            [one for one in shown if isinstance(one, BucketFile)],
            reader.count(),
            shown[-1].cursor if len(entries) > PAGE else "",
            reader.right >= Right.WRITE,
        )
        return site.page(request, "pages/bucket/page.html", page, section="buckets")

    bucket = "/buckets/{namespace:seg}/{name:seg}"
    return [
        Route(bucket, show, needs=Need.READ, name="bucket"),
        Route(f"{bucket}/tree/{{path:rest}}", show, needs=Need.READ, name="bucket-files"),
    ]

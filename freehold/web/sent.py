"""Plain forms with files: read under limits, its token checked before anything is done with it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.bodies import Endpoint
from freehold.asgi.identity import from_own_page
from freehold.base.errors import Forbidden, Invalid, TooLarge
from freehold.web.forms import FIELD, STALE, Csrf, Form


@dataclass(frozen=True, slots=True)
class Most:
    """What one form may hold: bytes in all, files, and bytes where no file is sent along."""

    body: int
    files: int
    words: int = 64 << 10
    by_script: bool = False
    """Whether script sends longer files in pieces."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as the browser named it: a path where a folder was chosen."""

    name: str
    content: bytes


Handler = Callable[[Request, Form, Sequence[Sent]], Response]


def taking_files(csrf: Csrf, handler: Handler, most: Most) -> Endpoint:
    """An endpoint that reads and checks a form with files, then calls `handler` in a worker thread."""

    without_files = csrf.posted(lambda request, form: handler(request, form, ()), most.words)

    async def endpoint(request: Request) -> Response:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await without_files(request)
        if from_own_page(request) is False:
            raise Forbidden(STALE)
        try:
            form = await MultiPartParser(
                request.headers, _limited(request, most), max_files=most.files, max_fields=20
            ).parse()
        except (MultiPartException, KeyError) as error:
            raise Invalid(f"The form could not be read, or it holds more than {most.files} files.") from error
        try:
            words = {name: value for name, value in form.multi_items() if isinstance(value, str)}
            csrf.check(request, words.get(FIELD, ""))
            uploads = [value for value in form.getlist("files") if isinstance(value, UploadFile) and value.filename]
            files = [Sent(_path(one.filename or ""), await one.read()) for one in uploads]
            return await run_in_threadpool(handler, request, words, files)
        finally:
            await form.close()

    return endpoint


async def _limited(request: Request, most: Most) -> AsyncGenerator[bytes, None]:
    total = 0
    async for piece in request.stream():
        total += len(piece)
        if total > most.body:
            mib = most.body >> 20
            if most.by_script:
                raise TooLarge(f"This form takes {mib} MiB at once. With script, files of any size are sent.")
            raise TooLarge(f"This form takes {mib} MiB at once. Send fewer files, or smaller ones.")
        yield piece


def _path(name: str) -> str:
    return name.replace("\\", "/").strip("/")

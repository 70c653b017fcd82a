"""Files brought in by a browser: by one plain form, or by script piece by piece and of any size; then one commit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, Forbidden, HubError, Invalid, QuotaExceeded, TooLarge, Unprocessable
from freehold.core.repos.arriving import PART, additions
from freehold.core.repos.repos import Repos
from freehold.core.repos.writer import RepoWriter
from freehold.web.committing import Overtaken, Wish, land, wish_for, wish_in
from freehold.web.forms import Form
from freehold.web.languages import say, told
from freehold.web.pages.upload.pieces import Pieces
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.sent import Most, Sent, taking_files
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

MOST = Most(body=64 << 20, files=100, by_script=True)
_TOLD = (Invalid, Unprocessable, Forbidden, TooLarge, QuotaExceeded, Conflict, Overtaken)


@dataclass(frozen=True, slots=True)
class UploadPage:
    """`folder` is where the files go; `part` how many bytes the script sends at once."""

    head: RepoHead
    rev: str
    folder: str
    wish: Wish
    problem: str = ""
    part: int = PART
    max_body: int = MOST.body
    max_files: int = MOST.files


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/upload/{rev}/{folder}`, and `…/incoming` for the script's pieces."""

    def show(request: Request) -> Response:
        if not identity(request).signed_in:
            return site.ask_to_sign_in(request)
        writer = repos.proposer(identity(request), repo_id(request))
        rev, folder = _place(request)
        return shown(request, UploadPage(head_of(writer), rev, folder, wish_for(writer, rev)))

    def take(request: Request, form: Form, files: Sequence[Sent]) -> Response:
        actor, _ = signed_in(request)
        writer = repos.proposer(actor, repo_id(request))
        rev, here = _place(request)
        folder = form.get("folder", here).strip().strip("/")
        page = UploadPage(head_of(writer), rev, folder, wish_in(writer, rev, form, _summary(files)))
        try:
            there = _landed(writer, page, files)
        except _TOLD as refused:
            wish = replace(page.wish, base=refused.tip) if isinstance(refused, Overtaken) else page.wish
            return shown(request, replace(page, wish=wish, problem=_said(refused)), 400)
        return site.redirect(request, there)

    def shown(request: Request, page: UploadPage, status: int = 200) -> Response:
        section = page.head.repo.kind.plural
        return site.page(request, "pages/upload/page.html", page, section=section, status=status)

    posted = taking_files(site.csrf, take, MOST)
    places = [place for tail in ("/upload/{rev:seg}", "/upload/{rev:seg}/{path:rest}") for place in templates(tail)]
    return [
        *(Route(place, show, needs=Need.PROPOSE, name="upload") for place in places),
        *(Route(place, posted, needs=Need.PROPOSE, methods=["POST"], name="upload-form") for place in places),
        *Pieces(site, repos).routes(),
    ]


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["rev"], request.path_params.get("path", "").strip("/")


def _landed(writer: RepoWriter, page: UploadPage, files: Sequence[Sent]) -> str:
    if not files:
        raise Invalid("No file was chosen.")
    prefix = f"{page.folder}/" if page.folder else ""
    named = [(prefix + file.name, file.content) for file in files]
    return land(writer, page.rev, page.wish, additions(writer, page.rev, named))


def _summary(files: Sequence[Sent]) -> str:
    return f"Upload {files[0].name}"[:200] if len(files) == 1 else f"Upload {len(files)} files"


def _said(refused: HubError) -> str:
    if isinstance(refused, Overtaken):
        return say("Somebody else changed one of these files meanwhile. Send them again to replace theirs.")
    return f"{told(refused.message)} {say('Choose the files again.')}".strip()

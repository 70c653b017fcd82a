"""A file edited, begun, renamed or deleted by a form without script; when others were quicker, the text is kept."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import (
    Conflict,
    EntryNotFound,
    Forbidden,
    Invalid,
    QuotaExceeded,
    TooLarge,
    Unprocessable,
)
from freehold.core.repos.arriving import addition
from freehold.core.repos.repos import Repos
from freehold.core.repos.requests import CopyFile, DeleteFile, Operation
from freehold.core.repos.writer import RepoWriter
from freehold.web.committing import Overtaken, Wish, land, wish_for, wish_in
from freehold.web.forms import Form, Handler
from freehold.web.links import repo_path
from freehold.web.parts.head import RepoHead, head_of, repo_id, templates
from freehold.web.signed_in import signed_in
from freehold.web.site import Site

MAX_TEXT = 1 << 20
"""Of a text that is edited here, in bytes."""
_MAX_FORM = 4 << 20
"""Every byte of a text may take three in a form."""

What = Literal["edit", "new", "delete"]
_VERBS: dict[What, str] = {"edit": "Update", "new": "Create", "delete": "Delete"}
_TOLD = (Invalid, Unprocessable, Forbidden, TooLarge, QuotaExceeded, Conflict, EntryNotFound)


@dataclass(frozen=True, slots=True)
class EditPage:
    """`path` is where the file is, empty for a new one, `wanted` where it shall be; with no `text` it can be moved."""

    head: RepoHead
    what: What
    rev: str
    path: str
    wanted: str
    text: str | None
    wish: Wish
    placeholder: str
    problem: str = ""
    overtaken: str = ""
    """The commit of those who were quicker."""
    opened_at: str = ""
    """The commit that the text came from, where others were quicker."""


def routes(site: Site, repos: Repos) -> list[Route]:
    """`…/edit/{rev}/{path}`, `…/new/{rev}/{folder}` and `…/delete/{rev}/{path}`."""
    editing = _Editing(site, repos)
    found: list[Route] = []
    for what, tails in _TAILS.items():
        for template in [template for tail in tails for template in templates(tail)]:
            sent = site.csrf.posted(editing.saving(what), _MAX_FORM)
            found.append(Route(template, editing.opening(what), needs=Need.PROPOSE, name=what))
            found.append(Route(template, sent, needs=Need.PROPOSE, methods=["POST"], name=f"{what}-save"))
    return found


_TAILS: dict[What, tuple[str, ...]] = {
    "edit": ("/edit/{rev:seg}/{path:rest}",),
    "new": ("/new/{rev:seg}", "/new/{rev:seg}/{path:rest}"),
    "delete": ("/delete/{rev:seg}/{path:rest}",),
}


class _Editing:
    """The handlers, by what is done."""

    def __init__(self, site: Site, repos: Repos) -> None:
        self._site, self._repos = site, repos

    def opening(self, what: What) -> Callable[[Request], Response]:
        """Shows the form."""

        def show(request: Request) -> Response:
            if not identity(request).signed_in:
                return self._site.ask_to_sign_in(request)
            writer = self._repos.proposer(identity(request), repo_id(request))
            return self._shown(request, _opened(writer, what, *_place(request)))

        return show

    def saving(self, what: What) -> Handler:
        """Takes the form."""

        def save(request: Request, form: Form) -> Response:
            actor, _ = signed_in(request)
            writer = self._repos.proposer(actor, repo_id(request))
            page = _sent(writer, what, *_place(request), form)
            try:
                there = land(writer, page.rev, page.wish, _operations(writer, page))
            except Overtaken as quicker:
                wish = replace(page.wish, base=quicker.tip)
                mine = replace(
                    page, wish=wish, problem=quicker.message, overtaken=quicker.tip, opened_at=page.wish.base
                )
                return self._shown(request, mine, 409)
            except _TOLD as refused:
                return self._shown(request, replace(page, problem=refused.message), 400)
            goes_to_file = not page.wish.pull and what != "delete"
            file = repo_path(writer.repo.repo_id, "blob", page.rev, page.wanted)
            return self._site.redirect(request, file if goes_to_file else there)

        return save

    def _shown(self, request: Request, page: EditPage, status: int = 200) -> Response:
        section = page.head.repo.kind.plural
        return self._site.page(request, "pages/edit/page.html", page, section=section, status=status)


def _place(request: Request) -> tuple[str, str]:
    return request.path_params["rev"], request.path_params.get("path", "").strip("/")


def _opened(writer: RepoWriter, what: What, rev: str, path: str) -> EditPage:
    wish = wish_for(writer, rev)
    if what == "new":
        folder = f"{path}/" if path else ""
        return EditPage(head_of(writer), what, rev, "", folder, "", wish, "Create a file")
    text = _text(writer, rev, path) if what == "edit" else None
    if what == "delete":
        writer.entry(wish.base or rev, path)
    return EditPage(head_of(writer), what, rev, path, path, text, wish, _summary(what, path, path))


def _sent(writer: RepoWriter, what: What, rev: str, path: str, form: Form) -> EditPage:
    """The page as it was sent back."""
    wanted = form.get("path", path).strip().strip("/") if what != "delete" else path
    text = form.get("text")
    summary = _summary(what, path, wanted)
    wish = wish_in(writer, rev, form, summary)
    shown = text.replace("\r\n", "\n").replace("\r", "\n") if text is not None and what != "delete" else None
    return EditPage(head_of(writer), what, rev, "" if what == "new" else path, wanted, shown, wish, summary)


def _summary(what: What, path: str, wanted: str) -> str:
    name = wanted.rpartition("/")[2] or "a file"
    if what == "edit" and wanted != path:
        return f"Rename {path} to {wanted}"[:200]
    return f"{_VERBS[what]} {name}"[:200]


def _text(writer: RepoWriter, rev: str, path: str) -> str | None:
    """The file's text; None if it is none, or too long, or kept outside git."""
    file = writer.file(rev, path)
    if file.entry.large is not None or file.size > MAX_TEXT:
        return None
    writer.fetched("page", path, file.commit)
    raw = writer.read_range(file, 0, file.size)
    try:
        return None if b"\0" in raw else raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _operations(writer: RepoWriter, page: EditPage) -> list[Operation]:
    """What the form asks for, as a commit does it."""
    if page.what == "delete":
        return [DeleteFile(page.path)]
    if not page.wanted:
        raise Invalid("The file needs a name.")
    moved = page.wanted != page.path
    if moved and writer.revision(page.rev).commit and writer.paths(page.rev, [page.wanted]):
        raise Conflict(f"There is a {page.wanted!r} already. Choose another name, or edit that file.")
    if page.text is None:
        if not moved:
            raise Invalid("Nothing was changed.")
        return [CopyFile(page.path, page.wish.base, page.wanted), DeleteFile(page.path)]
    content = _with_newlines(writer, page).encode("utf-8")
    if len(content) > MAX_TEXT:
        raise TooLarge(f"Texts of up to {MAX_TEXT >> 20} MiB are edited here. Upload the file instead.")
    added: list[Operation] = [addition(writer, page.rev, page.wanted, content)]
    return [*added, DeleteFile(page.path)] if moved and page.path else added


def _with_newlines(writer: RepoWriter, page: EditPage) -> str:
    """The text with the line ends that the file had: a form knows but one kind."""
    text = page.text or ""
    before = _text(writer, page.wish.base, page.path) if page.path and page.wish.base else None
    return text.replace("\n", "\r\n") if before and "\r\n" in before else text

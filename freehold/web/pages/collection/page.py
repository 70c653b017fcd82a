"""One collection: its items in order and, for those who may, the forms that change it."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from freehold.asgi.identity import identity
from freehold.asgi.needs import Need
from freehold.asgi.routing import Route
from freehold.base.errors import Conflict, Invalid, NotFound
from freehold.core.accounts.actor import Actor
from freehold.core.repos.gate_groups import GateGroups, Place
from freehold.features.collections.collection import (
    ITEM_TYPES,
    MAX_DESCRIPTION,
    MAX_NOTE,
    MAX_TITLE,
    THEMES,
    Changes,
    Collection,
    Shown,
)
from freehold.features.collections.collections import Collections
from freehold.features.collections.editor import Editor
from freehold.web.forms import Form
from freehold.web.signed_in import signed_in
from freehold.web.site import Site


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a text may be, in characters."""

    title: int = MAX_TITLE
    description: int = MAX_DESCRIPTION
    note: int = MAX_NOTE


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """`shown` holds what this visitor may see; `problem` says why a form did nothing."""

    shown: Shown
    may_edit: bool
    upvoted: bool
    themes: tuple[str, ...]
    types: tuple[str, ...]
    limits: Limits
    asks: bool
    """Whether it asks once for its gated repositories."""
    problem: str = ""


Change = Callable[[Actor, Editor, Form], str]
"""What a form does; the path to go to afterwards."""


def routes(site: Site, collections: Collections, groups: GateGroups) -> list[Route]:
    """`/collections/{ns}/{slug}` and its forms."""

    def page(request: Request, problem: str = "") -> Response:
        actor = identity(request)
        found = collections.find(actor, _slug(request))
        shown = _shown(collections, groups, actor, found, problem)
        status = 400 if problem else 200
        return site.page(request, "pages/collection/page.html", shown, status=status, section="collections")

    def show(request: Request) -> Response:
        return page(request)

    def upvote(request: Request, form: Form) -> Response:
        actor, _ = signed_in(request)
        collections.upvote(actor, _slug(request), up=form.get("up") == "yes")
        return site.redirect(request, f"/collections/{_slug(request)}")

    def changing(change: Change) -> Callable[[Request, Form], Response]:
        def endpoint(request: Request, form: Form) -> Response:
            actor, _ = signed_in(request)
            editor = collections.editor(actor, _slug(request))
            try:
                path = change(actor, editor, form)
            except (Invalid, Conflict, NotFound) as refused:
                return page(request, refused.message)
            return site.redirect(request, path)

        return endpoint

    def add(actor: Actor, editor: Editor, form: Form) -> str:
        editor.add(collections.target(actor, form.get("type", ""), form.get("id", "").strip()), form.get("note", ""))
        return f"/collections/{editor.collection.slug}"

    one, posted = "/collections/{ns:seg}/{slug:seg}", site.csrf.posted
    return [
        Route(one, show, needs=Need.READ, name="collection"),
        Route(f"{one}/vote", posted(upvote), needs=Need.PROPOSE, methods=["POST"], name="vote"),
        Route(f"{one}/edit", posted(changing(_edit)), needs=Need.WRITE, methods=["POST"], name="edit-collection"),
        Route(f"{one}/delete", posted(changing(_delete)), needs=Need.WRITE, methods=["POST"], name="delete-collection"),
        Route(f"{one}/items", posted(changing(add)), needs=Need.WRITE, methods=["POST"], name="add-item"),
        Route(f"{one}/item", posted(changing(_change)), needs=Need.WRITE, methods=["POST"], name="change-item"),
    ]


def _shown(
    collections: Collections, groups: GateGroups, actor: Actor, found: Collection, problem: str
) -> CollectionPage:
    return CollectionPage(
        collections.show(actor, found),
        collections.may_edit(actor, found),
        bool(collections.upvoted(actor, [found])),
        THEMES,
        ITEM_TYPES,
        Limits(),
        groups.find(Place(found.id, found.owner_id, "", found.title)) is not None,
        problem,
    )


def _edit(_actor: Actor, editor: Editor, form: Form) -> str:
    changes = Changes(
        form.get("title", ""), form.get("description", ""), form.get("visibility") == "private", form.get("theme", "")
    )
    return f"/collections/{editor.update(changes).slug}"


def _delete(_actor: Actor, editor: Editor, form: Form) -> str:
    if form.get("title", "").strip() != editor.collection.title:
        raise Invalid(f"Type {editor.collection.title} to delete it. Nothing was deleted.")
    editor.delete()
    return f"/{editor.collection.namespace}?view=collections"


def _change(_actor: Actor, editor: Editor, form: Form) -> str:
    """One form an item: its button says what to do."""
    item, does = form.get("item", ""), form.get("do", "")
    if does == "remove":
        editor.remove(item)
    elif does == "note":
        editor.change(item, note=form.get("note", ""))
    elif does.startswith("to-") and does[3:].isascii() and does[3:].isdigit() and len(does) < 10:
        editor.change(item, position=int(does[3:]))
    else:
        raise Invalid("This form names nothing to do. Reload the page and send it again.")
    return f"/collections/{editor.collection.slug}#item-{item}"


def _slug(request: Request) -> str:
    return f"{request.path_params['ns']}/{request.path_params['slug']}"

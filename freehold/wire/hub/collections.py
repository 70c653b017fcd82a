"""Collections on the wire: what clients send, and what they are answered."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

Position = Annotated[int, Meta(ge=0, le=1_000_000)]


class CreateCollection(Struct, rename="camel"):
    """`POST /api/collections`."""

    title: str
    namespace: str | None = None
    description: str | None = None
    private: bool = False
    resource_group_id: str | None = None


class UpdateCollection(Struct):
    """`PATCH /api/collections/{slug}`."""

    title: str | None = None
    description: str | None = None
    position: Position | None = None
    private: bool | None = None
    theme: str | None = None


class ItemName(Struct):
    """What to put into a collection; `id` is an address, a collection's slug or a paper's id."""

    id: str
    type: str


class AddItem(Struct):
    """`POST /api/collections/{slug}/items`."""

    item: ItemName
    note: str | None = None


class UpdateItem(Struct):
    """`PATCH /api/collections/{slug}/items/{id}`."""

    note: str | None = None
    position: Position | None = None


class Owner(Struct, rename="camel"):
    """Whose collection it is; `type` is `user` or `org`."""

    id: str
    name: str
    fullname: str
    avatar_url: str
    type: str


class Note(Struct):
    """A note as plain text, and the same escaped for HTML."""

    text: str
    html: str


class ItemAnswer(Struct, rename="camel", omit_defaults=True):
    """One item. `slug` and `title` only of collections; what follows them only of repositories."""

    object_id: str = field(name="_id")
    id: str
    type: str
    position: int
    note: Note | UnsetType = UNSET
    slug: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    author: str | UnsetType = UNSET
    private: bool | UnsetType = UNSET
    gated: str | bool | UnsetType = UNSET
    likes: int | UnsetType = UNSET
    downloads: int | UnsetType = UNSET
    last_modified: str | UnsetType = UNSET
    repo_type: str | UnsetType = UNSET


class CollectionAnswer(Struct, rename="camel", omit_defaults=True):
    """A collection. `position` is set where one is asked for, and never in lists: clients fail on it there."""

    slug: str
    title: str
    owner: Owner
    items: list[ItemAnswer]
    last_updated: str
    private: bool
    theme: str
    upvotes: int
    is_upvoted_by_user: bool
    gating: bool
    description: str | UnsetType = UNSET
    position: int | UnsetType = UNSET


class Updated(Struct):
    """What a change of a collection is answered with."""

    data: CollectionAnswer

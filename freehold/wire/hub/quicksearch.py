"""What `GET /api/quicksearch` answers: the first few of everything that bears a name, kind by kind."""

from msgspec import UNSET, Struct, UnsetType, field

LONGEST = 200
"""How many letters of a search are heeded."""

KINDS = ("model", "dataset", "space", "kernel", "org", "user", "collection")
"""What `type` may be, in the order in which suggestions are shown."""


class FoundRepo(Struct, rename="camel"):
    """A repository; `url` is its page's address under the hub's own."""

    object_id: str = field(name="_id")
    id: str
    url: str
    downloads: int
    likes: int
    private: bool


class FoundAccount(Struct, rename="camel"):
    """A person (`user` is the name) or an organisation (`name` is)."""

    object_id: str = field(name="_id")
    fullname: str
    avatar_url: str
    url: str
    user: str | UnsetType = UNSET
    name: str | UnsetType = UNSET


class FoundCollection(Struct, rename="camel"):
    """A collection, by its slug."""

    slug: str
    title: str
    url: str
    owner: str


class Found(Struct):
    """All that fits; a kind that was not asked for is left out."""

    models: list[FoundRepo] | UnsetType = UNSET
    datasets: list[FoundRepo] | UnsetType = UNSET
    spaces: list[FoundRepo] | UnsetType = UNSET
    kernels: list[FoundRepo] | UnsetType = UNSET
    orgs: list[FoundAccount] | UnsetType = UNSET
    users: list[FoundAccount] | UnsetType = UNSET
    collections: list[FoundCollection] | UnsetType = UNSET

"""People and organisations on the wire, as others see them."""

from msgspec import UNSET, Struct, UnsetType, field


class AccountLine(Struct, rename="camel"):
    """A person or an organisation in a list; `user` is the name."""

    object_id: str = field(name="_id")
    user: str
    fullname: str
    avatar_url: str
    type: str
    is_following: bool
    is_pro: bool = False


class OrgLine(Struct, rename="camel"):
    """An organisation that a person belongs to."""

    id: str
    name: str
    fullname: str
    avatar_url: str


class UserOverview(Struct, rename="camel"):
    """`GET /api/users/{user}/overview`; everything is counted as far as the asker may see it."""

    object_id: str = field(name="_id")
    user: str
    fullname: str
    avatar_url: str
    created_at: str
    num_models: int
    num_datasets: int
    num_spaces: int
    num_kernels: int
    num_likes: int
    num_followers: int
    num_following: int
    is_following: bool
    orgs: list[OrgLine]
    type: str = "user"
    is_pro: bool = False
    num_papers: int = 0
    details: str | UnsetType = UNSET
    """What the account says of itself."""
    website: str | UnsetType = UNSET
    """The Hub has no such field."""
    looks_like: str | UnsetType = UNSET
    """The verified organisation that the name may be mistaken for; the Hub has no such field."""


class OrgOverview(Struct, rename="camel"):
    """`GET /api/organizations/{org}/overview`."""

    object_id: str = field(name="_id")
    name: str
    fullname: str
    avatar_url: str
    created_at: str
    num_users: int
    num_models: int
    num_datasets: int
    num_spaces: int
    num_kernels: int
    num_followers: int
    is_following: bool
    type: str = "org"
    is_verified: bool = False
    num_papers: int = 0
    details: str | UnsetType = UNSET
    website: str | UnsetType = UNSET
    looks_like: str | UnsetType = UNSET


class LikedRepo(Struct):
    """The repository of a like."""

    name: str
    type: str


class LikeLine(Struct, rename="camel"):
    """One of a person's likes."""

    created_at: str
    repo: LikedRepo


class Activity(Struct, rename="camel", omit_defaults=True):
    """Something that happened to a repository: `type` is `publish`, `update` or `like`."""

    time: str
    type: str
    user: str
    user_avatar_url: str
    repo_id: str
    repo_type: str
    repo_data: dict[str, object]
    org: OrgLine | UnsetType = UNSET


class RecentActivity(Struct, omit_defaults=True):
    """`GET /api/recent-activity`; without `cursor`, there is nothing more."""

    recent_activity: list[Activity] = field(name="recentActivity")
    cursor: str | UnsetType = UNSET

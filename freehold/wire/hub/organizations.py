"""An organisation's members and resource groups on the wire."""

from typing import Annotated

from msgspec import Meta, Struct, field


class GroupUser(Struct):
    """Somebody with a role in a resource group."""

    user: str
    role: str


class GroupRepo(Struct):
    """A repository in a resource group; `name` is its whole address, `type` model, dataset, space, kernel, bucket."""

    type: str
    name: str


class CreateGroup(Struct):
    """`POST /api/organizations/{org}/resource-groups`."""

    name: str
    users: Annotated[list[GroupUser], Meta(max_length=1000)] = []
    repos: Annotated[list[GroupRepo], Meta(max_length=1000)] = []


class UpdateGroup(Struct):
    """`PATCH /api/organizations/{org}/resource-groups/{group}`."""

    name: str


class AddGroupUsers(Struct):
    """`POST /api/organizations/{org}/resource-groups/{group}/users`."""

    users: Annotated[list[GroupUser], Meta(max_length=1000)]


class AddGroupRepos(Struct):
    """`POST /api/organizations/{org}/resource-groups/{group}/repos`."""

    repos: Annotated[list[GroupRepo], Meta(max_length=1000)]


class SetRole(Struct):
    """`PUT /api/organizations/{org}/members/{user}/role`, and of a group's user."""

    role: str


class PlaceInGroup(Struct, rename="camel"):
    """`POST …/resource-group`; null takes the thing out of its group."""

    resource_group_id: str | None


class TokenTerms(Struct, rename="camel"):
    """What an organisation asks of tokens that reach it; `longest_life_days` null: they may live for ever."""

    longest_life_days: int | None = None
    fine_grained_only: bool = False


class OrganizationSettings(Struct, rename="camel"):
    """`GET /api/organizations/{org}/settings`."""

    default_visibility: str
    tokens: TokenTerms


class UpdateOrganization(Struct, rename="camel"):
    """`PATCH /api/organizations/{org}/settings`; what is not sent stays. `tokens` is taken as a whole."""

    default_visibility: str | None = None
    tokens: TokenTerms | None = None


class ResourceGroup(Struct):
    """A resource group."""

    id: str
    name: str
    users: list[GroupUser]
    teams: list[GroupUser]
    repos: list[GroupRepo]


class InGroup(Struct):
    """The group that a thing is in."""

    id: str
    name: str
    object_id: str = field(name="_id", default="")

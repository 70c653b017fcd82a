"""What clients send to the Hub's API: its JSON bodies, strict in what is used, lenient elsewhere."""

from typing import Annotated, Literal, TypeVar

from msgspec import UNSET, DecodeError, Meta, Struct, UnsetType, ValidationError
from msgspec.json import decode

from freehold.base.errors import Invalid
from freehold.base.ids import RepoKind

Visibility = Literal["public", "private", "protected"]


class CreateRepo(Struct, rename="camel"):
    """`POST /api/repos/create`. What a space would run with is read only to tell its sender that it was not kept."""

    name: str
    organization: str | None = None
    type: RepoKind | None = None
    visibility: Visibility | None = None
    private: bool | None = None
    sdk: str | None = None
    resource_group_id: str | None = None
    hardware: object = None
    sleep_time_seconds: object = None
    secrets: object = None
    variables: object = None
    volumes: object = None


class DeleteRepo(Struct):
    """`DELETE /api/repos/delete`."""

    name: str
    organization: str | None = None
    type: RepoKind | None = None


class MoveRepo(Struct, rename="camel"):
    """`POST /api/repos/move`."""

    from_repo: str
    to_repo: str
    type: str | None = None


class UpdateSettings(Struct):
    """`PUT /api/{type}s/{id}/settings`."""

    visibility: Visibility | None = None
    private: bool | None = None
    gated: Literal["auto", "manual", False] | UnsetType = UNSET


class Duplicate(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/duplicate`."""

    repository: str
    visibility: Visibility | None = None
    private: bool | None = None
    resource_group_id: str | None = None
    hardware: object = None
    sleep_time_seconds: object = None
    secrets: object = None
    variables: object = None
    volumes: object = None


class RevokeCredentials(Struct):
    """`POST /api/credentials/revoke`: secrets of tokens."""

    credentials: Annotated[list[str], Meta(max_length=1000)]


class Handle(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/user-access-request/handle`: exactly one of `user` and `requestId`."""

    status: Literal["pending", "accepted", "rejected"]
    user: str | None = None
    request_id: str | None = None
    rejection_reason: str | None = None


class HandleMany(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/user-access-request/batch`."""

    status: Literal["pending", "accepted", "rejected"]
    requests: Annotated[list["Asker"], Meta(min_length=1, max_length=100)]
    rejection_reason: str | None = None


class Asker(Struct):
    """One person of a batch."""

    user: str


class GrantAccess(Struct):
    """`POST /api/{type}s/{id}/user-access-request/grant`."""

    user: str


class CreateBranch(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/branch/{branch}`."""

    starting_point: str | None = None


class CreateTag(Struct):
    """`POST /api/{type}s/{id}/tag/{rev}`."""

    tag: str
    message: str | None = None


class Squash(Struct):
    """`POST /api/{type}s/{id}/super-squash/{branch}`."""

    message: str = ""


class PathsInfo(Struct):
    """`POST /api/{type}s/{id}/paths-info/{rev}` in its JSON form."""

    paths: list[str]
    expand: bool = False


class PreuploadFile(Struct):
    """One file of a preupload; `sample` is the base64 of its first 512 bytes."""

    path: str
    size: Annotated[int, Meta(ge=0)]
    sample: bytes = b""


class Preupload(Struct, rename="camel"):
    """`POST /api/{type}s/{id}/preupload/{rev}`."""

    files: list[PreuploadFile]
    git_ignore: str | None = None


class ValidateYaml(Struct, rename="camel"):
    """`POST /api/validate-yaml`."""

    content: str
    repo_type: RepoKind | None = None


class Deletions(Struct, rename="camel"):
    """Which large contents to drop, by SHA-256."""

    sha: list[str]
    rewrite_history: bool = True


class DeleteObjects(Struct):
    """`POST /api/{type}s/{id}/lfs-files/batch`."""

    deletions: Deletions


class CopyTarget(Struct):
    """The repository that large files are copied into."""

    type: RepoKind
    name: str


class CopiedFile(Struct, rename="camel"):
    """One large file to copy; `filename` says where it lies in the source."""

    sha256: str
    xet_hash: str | None = None
    filename: str = ""


class CopyObjects(Struct):
    """`POST /api/{type}s/{id}/lfs-files/duplicate`."""

    target: CopyTarget
    files: list[CopiedFile]


Body = TypeVar("Body", bound=Struct)


def parse(body: bytes, kind: type[Body]) -> Body:
    """The JSON text `body` as a `kind`; raises Invalid with a sentence that names what is wrong."""
    try:
        return decode(body, type=kind)
    except ValidationError as error:
        raise Invalid(f"The request body has the wrong form: {error}.") from error
    except (DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The request body is not valid JSON: {error}.") from error

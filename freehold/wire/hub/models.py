"""What the Hub's API answers: one Struct a JSON object, encoded by msgspec; unset fields are left out."""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, field


class LfsPointer(Struct, rename="camel"):
    """A large file in a tree. The same datum is called `sha256` among siblings, see `SiblingLfs`."""

    oid: str
    size: int
    pointer_size: int


class LastCommit(Struct):
    """The newest commit that touched an entry."""

    id: str
    title: str
    date: str


class TreeEntry(Struct, rename="camel", omit_defaults=True):
    """A file or folder of a tree. `oid` is the git id: the pointer's for a large file."""

    path: str
    type: Literal["file", "directory"]
    oid: str
    size: int
    lfs: LfsPointer | UnsetType = UNSET
    xet_hash: str | UnsetType = UNSET
    last_commit: LastCommit | UnsetType = UNSET


class SiblingLfs(Struct, rename="camel"):
    """A large file among siblings."""

    sha256: str
    size: int
    pointer_size: int


class Sibling(Struct, rename="camel", omit_defaults=True):
    """A file as repository information lists it; all but the name only with `blobs=true`."""

    rfilename: str
    size: int | UnsetType = UNSET
    blob_id: str | UnsetType = UNSET
    lfs: SiblingLfs | UnsetType = UNSET


class RefInfo(Struct, rename="camel"):
    """A branch, tag or pull request."""

    name: str
    ref: str
    target_commit: str


class RefsInfo(Struct, rename="camel", omit_defaults=True):
    """`GET /refs`. The first three are mandatory even when empty."""

    branches: list[RefInfo]
    converts: list[RefInfo]
    tags: list[RefInfo]
    pull_requests: list[RefInfo] | UnsetType = UNSET


class CommitAuthor(Struct):
    """Who made a commit."""

    user: str


class Formatted(Struct):
    """A commit's texts as HTML."""

    title: str
    message: str


class CommitInfo(Struct, omit_defaults=True):
    """One commit of a history."""

    id: str
    title: str
    message: str
    date: str
    authors: list[CommitAuthor]
    formatted: Formatted | UnsetType = UNSET


class CommitAnswer(Struct, rename="camel", omit_defaults=True):
    """What a commit is answered with. The pull request's URL ends in `/discussions/{number}`."""

    commit_url: str
    commit_oid: str
    success: bool = True
    pull_request_url: str | UnsetType = UNSET


class PreuploadAnswer(Struct, rename="camel"):
    """How one file should travel; `oid` is what is at its path now."""

    path: str
    upload_mode: Literal["lfs", "regular"]
    should_ignore: bool
    oid: str | None = None


class PreuploadAnswers(Struct):
    """`POST /preupload`."""

    files: list[PreuploadAnswer]


class RepoCreated(Struct):
    """Where a new repository is."""

    url: str
    id: str
    name: str


class DuplicateCreated(Struct, rename="camel"):
    """Where a duplicate is; `files_copy_pending` is false, since the copy is made before the answer."""

    url: str
    files_copy_pending: bool = False


class LfsFile(Struct, rename="camel", omit_defaults=True):
    """A large content that a repository holds. `file_oid` is what a deletion names, here the SHA-256 itself."""

    file_oid: str
    filename: str
    oid: str
    pushed_at: str
    size: int
    ref: str | UnsetType = UNSET


class CopyFailure(Struct):
    """A large file that could not be copied, and why."""

    sha256: str
    error: str


class CopyAnswer(Struct):
    """`POST /lfs-files/duplicate`."""

    failed: list[CopyFailure]


class RepoStorage(Struct, rename="camel"):
    """One of a namespace's repositories with what it stores, in bytes."""

    id: str
    type: str
    updated_at: str
    visibility: str
    storage: int
    storage_percent: float


class OrgMembership(Struct, rename="camel"):
    """An organisation of the caller."""

    name: str
    fullname: str
    id: str
    role_in_org: str
    type: str = "org"
    is_enterprise: bool = False
    avatar_url: str = ""


class ScopedEntity(Struct):
    """An account or repository that a fine-grained token names; `type` is user, org, model, dataset, space…"""

    object_id: str = field(name="_id")
    type: str
    name: str


class ScopedPermissions(Struct):
    """What a fine-grained token may do with one entity."""

    entity: ScopedEntity
    permissions: list[str]


class FineGrained(Struct, rename="camel"):
    """The scope of a fine-grained token."""

    can_read_gated_repos: bool
    global_: list[str] = field(name="global")
    scoped: list[ScopedPermissions]


class AccessToken(Struct, rename="camel", omit_defaults=True):
    """The token that was used."""

    display_name: str
    role: str
    created_at: str
    fine_grained: FineGrained | UnsetType = UNSET


class Auth(Struct, rename="camel", omit_defaults=True):
    """How the caller was recognised."""

    type: str
    access_token: AccessToken | UnsetType = UNSET


class WhoAmI(Struct, rename="camel", omit_defaults=True):
    """`GET /api/whoami-v2`."""

    id: str
    name: str
    fullname: str
    email: str | None
    auth: Auth
    orgs: list[OrgMembership]
    type: str
    email_verified: bool
    can_pay: bool
    is_pro: bool
    avatar_url: str


class Finding(Struct):
    """A sentence about a card's front matter."""

    message: str


class Validation(Struct, omit_defaults=True):
    """`POST /api/validate-yaml`; `error` repeats the first error, as every error answer has it."""

    errors: list[Finding]
    warnings: list[Finding]
    error: str | UnsetType = UNSET


class SafetensorsHeaders(Struct):
    """`GET /safetensors-metadata/{index}`: the index and every shard's header."""

    index: dict[str, Any]
    headers: dict[str, dict[str, Any]]


class SpaceRuntime(Struct):
    """What runs a space: on this hub, nothing."""

    stage: str
    hardware: dict[str, str | None]


class Requester(Struct, rename={"id": "_id", "is_pro": "isPro", "avatar_url": "avatarUrl"}, omit_defaults=True):
    """Who asked for access, or who gave it."""

    id: str
    user: str
    fullname: str
    avatar_url: str
    is_pro: bool | UnsetType = False
    type: str | UnsetType = "user"
    email: str | UnsetType = UNSET


class AccessGrant(Struct, rename="camel", omit_defaults=True):
    """What the request has led to: this hub's own addition."""

    id: str
    state: str
    expires_at: str | UnsetType = UNSET


class AccessRequest(Struct, rename="camel", omit_defaults=True):
    """One line of `GET /user-access-request/{status}`."""

    request_id: str
    user: Requester
    status: str
    timestamp: str
    terms_version: int
    fields: dict[str, str] | UnsetType = UNSET
    reviewed_at: str | UnsetType = UNSET
    granted_by: Requester | UnsetType = UNSET
    rejection_reason: str | UnsetType = UNSET
    grant: AccessGrant | UnsetType = UNSET


class AccessReportLine(Struct, rename="camel", omit_defaults=True):
    """One person in `GET /{id}/user-access-report`."""

    fullname: str
    user: str
    time: str
    status: str
    email: str | UnsetType = UNSET
    reviewed_at: str | UnsetType = UNSET
    granted_by: str | UnsetType = UNSET
    expires_at: str | UnsetType = UNSET
    terms_version: int | UnsetType = UNSET
    fields: dict[str, str] | UnsetType = UNSET

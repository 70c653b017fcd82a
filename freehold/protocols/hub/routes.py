"""The table of contents of the Hub's API: every route in order, the logic elsewhere."""

from freehold.asgi.bodies import taking_bytes
from freehold.core.accounts.people import People
from freehold.core.accounts.relations import Relations
from freehold.core.accounts.tokens import Tokens
from freehold.core.catalog.catalog import Catalog
from freehold.core.facts.facts import Facts
from freehold.core.repos.gating import Gating
from freehold.core.repos.repos import Repos
from freehold.features.collections.collections import Collections
from freehold.features.discussions.discussions import Discussions
from freehold.features.notices.webhooks import Webhooks
from freehold.protocols.hub import jobs
from freehold.protocols.hub.absent import AFTER, BEFORE
from freehold.protocols.hub.access import AccessRequests
from freehold.protocols.hub.accounts import AccountEndpoints
from freehold.protocols.hub.body import MIB, SMALL, taking
from freehold.protocols.hub.buckets import BucketEndpoints, no_bucket
from freehold.protocols.hub.clients import agent_harnesses, telemetry
from freehold.protocols.hub.collections import CollectionEndpoints
from freehold.protocols.hub.commit import Commits
from freehold.protocols.hub.discussions import DiscussionEndpoints, Render
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.history import History
from freehold.protocols.hub.info import Info, no_namespace
from freehold.protocols.hub.likes import LikeEndpoints
from freehold.protocols.hub.listing import Listing
from freehold.protocols.hub.objects import Objects
from freehold.protocols.hub.preupload import Preuploads
from freehold.protocols.hub.refs import RefEndpoints
from freehold.protocols.hub.repositories import Repositories
from freehold.protocols.hub.resolve import Resolve
from freehold.protocols.hub.safetensors import Safetensors
from freehold.protocols.hub.settings import SettingsEndpoints
from freehold.protocols.hub.spaces import Spaces
from freehold.protocols.hub.table import Declared, on
from freehold.protocols.hub.tags import datasets_tags_by_type, models_tags_by_type
from freehold.protocols.hub.tree import Trees
from freehold.protocols.hub.validate import validate_yaml
from freehold.protocols.hub.webhooks import WebhookEndpoints
from freehold.protocols.hub.whoami import WhoAmI
from freehold.wire.hub import collections as wire
from freehold.wire.hub import requests as body
from freehold.wire.hub import webhooks as hook
from freehold.wire.hub.buckets import LONGEST_BATCH, BucketPaths, CreateBucket


def declared(
    repos: Repos,
    people: People,
    tokens: Tokens,
    *,
    facts: Facts,
    catalog: Catalog,
    discussions: Discussions,
    gating: Gating,
    render: Render,
    relations: Relations,
    collections: Collections,
    webhooks: Webhooks,
) -> list[Declared]:
    """The lines of the protocol, in the order in which they must be tried."""
    gate = Gate(repos)
    return [
        *BEFORE,
        *_buckets(gate, people),
        *_running(),
        *_reading(gate, facts, catalog),
        *_writing(gate),
        *_managing(gate, people),
        *DiscussionEndpoints(gate, discussions, people, render).declared(),
        *AccessRequests(gate, gating).declared(),
        *_asking_the_hub(people, tokens),
        *_people(gate, people, relations, catalog),
        *_collections(collections, relations),
        *_listening(WebhookEndpoints(webhooks)),
        *AFTER,
        *_without_namespace(),
    ]


def _buckets(gate: Gate, people: People) -> list[Declared]:
    """Before all that models share with them: `/buckets/{id}` has the form of a model's address."""
    buckets = BucketEndpoints(gate, people)
    return [
        on("GET", "/api/buckets/{ns}", buckets.listing),
        on("DELETE", "/api/buckets/{name}", no_bucket),
        on("POST", "/api/buckets/{id}", taking(CreateBucket, buckets.create)),
        on("GET", "/api/buckets/{id}", buckets.info),
        on("DELETE", "/api/buckets/{id}", buckets.delete),
        on("PUT", "/api/buckets/{id}/settings", taking(body.UpdateSettings, buckets.update)),
        on("GET", "/api/buckets/{id}/tree", buckets.tree),
        on("GET", "/api/buckets/{id}/tree/{path:rest}", buckets.tree),
        on("POST", "/api/buckets/{id}/paths-info", taking(BucketPaths, buckets.paths_info)),
        on("POST", "/api/buckets/{id}/batch", taking_bytes(buckets.batch, LONGEST_BATCH)),
        on("HEAD|GET", "/buckets/{id}/resolve/{path:rest}", buckets.resolve),
    ]


def _reading(gate: Gate, facts: Facts, catalog: Catalog) -> list[Declared]:
    resolve, info, trees = Resolve(gate), Info(gate, facts, catalog), Trees(gate)
    refs, history, objects = RefEndpoints(gate), History(gate), Objects(gate)
    return [
        on("HEAD|GET", "/{prefix}{id}/resolve/{rev}/{path:rest}", resolve.resolve),
        on("HEAD|GET", "/{prefix}{id}/raw/{rev}/{path:rest}", resolve.raw),
        on("GET", "/api/{type}s", Listing(gate, catalog, facts).listing),
        on("GET", "/api/{type}s/{id}", info.info),
        on("GET", "/api/{type}s/{id}/revision/{rev}", info.info),
        on("GET", "/api/{type}s/{id}/tree/{rev}", trees.tree),
        on("GET", "/api/{type}s/{id}/tree/{rev}/{path:rest}", trees.tree),
        on("POST", "/api/{type}s/{id}/paths-info/{rev}", taking_bytes(trees.paths_info, SMALL)),
        on("GET", "/api/{type}s/{id}/refs", refs.refs),
        on("GET", "/api/{type}s/{id}/commits/{rev}", history.commits),
        on("GET", "/api/{type}s/{id}/compare/{spec:rest}", history.compare),
        on("GET", "/api/{type}s/{id}/lfs-files", objects.lfs_files),
        on("GET", "/api/models/{id}/safetensors-metadata/{path:rest}", Safetensors(gate).metadata),
        on("GET", "/api/spaces/{id}/runtime", Spaces(gate).runtime),
    ]


def _writing(gate: Gate) -> list[Declared]:
    refs, history, objects = RefEndpoints(gate), History(gate), Objects(gate)
    return [
        on("POST", "/api/{type}s/{id}/preupload/{rev}", taking(body.Preupload, Preuploads(gate).preupload)),
        on("POST", "/api/{type}s/{id}/commit/{rev}", Commits(gate).commit),
        on("POST", "/api/{type}s/{id}/branch/{branch:rest}", taking(body.CreateBranch, refs.create_branch)),
        on("DELETE", "/api/{type}s/{id}/branch/{branch:rest}", refs.delete_branch),
        on("POST", "/api/{type}s/{id}/tag/{rev}", taking(body.CreateTag, refs.create_tag)),
        on("DELETE", "/api/{type}s/{id}/tag/{rev}", refs.delete_tag),
        on("POST", "/api/{type}s/{id}/super-squash/{branch}", taking(body.Squash, history.super_squash)),
        on("POST", "/api/{type}s/{id}/lfs-files/batch", taking(body.DeleteObjects, objects.delete)),
        on("POST", "/api/{type}s/{id}/lfs-files/duplicate", taking(body.CopyObjects, objects.duplicate)),
    ]


def _managing(gate: Gate, people: People) -> list[Declared]:
    repositories, settings = Repositories(gate), SettingsEndpoints(gate, people)
    return [
        on("POST", "/api/repos/create", taking(body.CreateRepo, repositories.create)),
        on("DELETE", "/api/repos/delete", taking(body.DeleteRepo, repositories.delete)),
        on("POST", "/api/repos/move", taking(body.MoveRepo, repositories.move)),
        on("POST", "/api/{type}s/{id}/duplicate", taking(body.Duplicate, repositories.duplicate)),
        on("PUT", "/api/{type}s/{id}/settings", taking(body.UpdateSettings, settings.update)),
        on("GET", "/api/{type}s/{id}/auth-check", settings.may_read),
        on("GET", "/api/{type}s/{id}/auth-check/write", settings.may_write),
        on("GET", "/api/settings/repositories", settings.own_repositories),
        on("GET", "/api/organizations/{org}/settings/repositories", settings.org_repositories),
    ]


def _asking_the_hub(people: People, tokens: Tokens) -> list[Declared]:
    return [
        on("GET", "/api/whoami-v2", WhoAmI(people, tokens).whoami),
        on("POST", "/api/validate-yaml", taking(body.ValidateYaml, validate_yaml, 16 * MIB)),
        on("GET", "/api/models-tags-by-type", models_tags_by_type),
        on("GET", "/api/datasets-tags-by-type", datasets_tags_by_type),
        on("GET", "/api/agent-harnesses", agent_harnesses),
        on("HEAD", "/api/telemetry/{topic:rest}", telemetry),
    ]


def _running() -> list[Declared]:
    return [
        on("GET", "/api/spaces/hardware", jobs.hardware),
        on("GET", "/api/spaces/templates", jobs.templates),
        on("GET", "/api/jobs/hardware", jobs.hardware),
        on("GET", "/api/jobs/{ns}", jobs.listing),
        on("GET", "/api/jobs/{ns}/{job}", jobs.one),
        on("GET", "/api/scheduled-jobs/{ns}", jobs.listing),
        on("GET", "/api/scheduled-jobs/{ns}/{job}", jobs.one),
    ]


def _people(gate: Gate, people: People, relations: Relations, catalog: Catalog) -> list[Declared]:
    likes, accounts = LikeEndpoints(gate, catalog, relations), AccountEndpoints(people, relations, catalog)
    return [
        on("POST|DELETE", "/api/{type}s/{id}/like", likes.like),
        on("GET", "/api/{type}s/{id}/likers", likes.likers),
        on("GET", "/api/users/{user}/likes", likes.liked),
        on("GET", "/api/users/{user}/overview", accounts.user),
        on("GET", "/api/users/{user}/followers", accounts.user_followers),
        on("GET", "/api/users/{user}/following", accounts.user_following),
        on("GET", "/api/organizations/{org}/overview", accounts.org),
        on("GET", "/api/organizations/{org}/followers", accounts.org_followers),
        on("GET", "/api/organizations/{org}/members", accounts.org_members),
        on("GET", "/api/recent-activity", accounts.recent_activity),
    ]


def _collections(collections: Collections, relations: Relations) -> list[Declared]:
    door = CollectionEndpoints(collections, relations)
    one = "/api/collections/{ns}/{slug}"
    return [
        on("GET", "/api/collections", door.listing),
        on("POST", "/api/collections", taking(wire.CreateCollection, door.create)),
        on("GET", one, door.show),
        on("PATCH", one, taking(wire.UpdateCollection, door.update)),
        on("DELETE", one, door.delete),
        on("POST", f"{one}/items", taking(wire.AddItem, door.add)),
        on("PATCH", f"{one}/items/{{item}}", taking(wire.UpdateItem, door.change)),
        on("DELETE", f"{one}/items/{{item}}", door.remove),
    ]


def _listening(webhooks: WebhookEndpoints) -> list[Declared]:
    return [
        on("GET", "/api/settings/webhooks", webhooks.all),
        on("POST", "/api/settings/webhooks", taking(hook.CreateWebhook, webhooks.create)),
        on("GET", "/api/settings/webhooks/{hook}", webhooks.one),
        on("POST", "/api/settings/webhooks/{hook}", taking(hook.UpdateWebhook, webhooks.update)),
        on("DELETE", "/api/settings/webhooks/{hook}", webhooks.delete),
        on("POST", "/api/settings/webhooks/{hook}/enable", webhooks.enable),
        on("POST", "/api/settings/webhooks/{hook}/disable", webhooks.disable),
    ]


def _without_namespace() -> list[Declared]:
    """Addresses in the form that the oldest models elsewhere have; here every repository has an owner."""
    return [
        on("GET", "/api/{type}s/{name}", no_namespace),
        on("GET", "/api/{type}s/{name}/revision/{rev}", no_namespace),
        on("GET", "/api/{type}s/{name}/tree/{path:rest}", no_namespace),
        on("HEAD|GET", "/{prefix}{name}/resolve/{path:rest}", no_namespace),
    ]

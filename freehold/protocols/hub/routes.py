"""The table of contents of the Hub's API: every route in order, the logic elsewhere."""

from freehold.asgi.bodies import taking_bytes
from freehold.asgi.needs import Need
from freehold.core.accounts.leaks import Leaks
from freehold.core.accounts.orgs.orgs import Orgs
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
from freehold.protocols.hub.attachments import AttachmentEndpoints
from freehold.protocols.hub.body import MIB, SMALL, taking
from freehold.protocols.hub.bucket_events import BucketEvents
from freehold.protocols.hub.buckets import BucketEndpoints, no_bucket
from freehold.protocols.hub.clients import agent_harnesses, telemetry
from freehold.protocols.hub.collections import CollectionEndpoints
from freehold.protocols.hub.commit import Commits
from freehold.protocols.hub.credentials import CredentialEndpoints
from freehold.protocols.hub.croissant import Croissants
from freehold.protocols.hub.discussions import DiscussionEndpoints, Render
from freehold.protocols.hub.gate import Gate
from freehold.protocols.hub.history import History
from freehold.protocols.hub.info import Info, no_namespace
from freehold.protocols.hub.likes import LikeEndpoints
from freehold.protocols.hub.listing import Listing
from freehold.protocols.hub.objects import Objects
from freehold.protocols.hub.organizations import OrganizationEndpoints
from freehold.protocols.hub.preupload import Preuploads
from freehold.protocols.hub.quicksearch import QuickSearch
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
    orgs: Orgs,
    leaks: Leaks,
) -> list[Declared]:
    """The lines of the protocol, in the order in which they must be tried."""
    gate = Gate(repos)
    return [
        *BEFORE,
        *_buckets(gate, people),
        *_running(),
        *_reading(gate, facts, catalog, orgs),
        *_writing(gate),
        *_managing(gate, people),
        *DiscussionEndpoints(gate, discussions, people, render).declared(),
        *AttachmentEndpoints(discussions).declared(),
        *AccessRequests(gate, gating).declared(),
        *_asking_the_hub(people, tokens),
        *_people(gate, people, relations, catalog, orgs),
        *_collections(collections, relations),
        on("GET", "/api/quicksearch", Need.NOTHING, QuickSearch(catalog, relations, collections).search),
        *_listening(WebhookEndpoints(webhooks)),
        *OrganizationEndpoints(orgs, gate, collections).declared(),
        on(
            "POST",
            "/api/credentials/revoke",
            Need.NOTHING,
            taking(body.RevokeCredentials, CredentialEndpoints(leaks).revoke),
        ),
        *AFTER,
        *_without_namespace(),
    ]


def _buckets(gate: Gate, people: People) -> list[Declared]:
    """Before all that models share with them: `/buckets/{id}` has the form of a model's address."""
    buckets = BucketEndpoints(gate, people)
    events = BucketEvents(gate)
    return [
        on("GET", "/api/buckets/{ns}", Need.NOTHING, buckets.listing),
        on("DELETE", "/api/buckets/{name}", Need.READ, no_bucket),
        on("POST", "/api/buckets/{id}", Need.CREATE, taking(CreateBucket, buckets.create)),
        on("GET", "/api/buckets/{id}", Need.READ, buckets.info),
        on("DELETE", "/api/buckets/{id}", Need.ADMIN, buckets.delete),
        on("PUT", "/api/buckets/{id}/settings", Need.ADMIN, taking(body.UpdateSettings, buckets.update)),
        on("GET", "/api/buckets/{id}/tree", Need.READ, buckets.tree),
        on("GET", "/api/buckets/{id}/tree/{path:rest}", Need.READ, buckets.tree),
        on("POST", "/api/buckets/{id}/paths-info", Need.READ, taking(BucketPaths, buckets.paths_info)),
        on("POST", "/api/buckets/{id}/batch", Need.WRITE, taking_bytes(buckets.batch, LONGEST_BATCH)),
        on("GET", "/api/buckets/{id}/events", Need.READ, events.events),
        on("HEAD|GET", "/buckets/{id}/resolve/{path:rest}", Need.CONTENT, buckets.resolve),
    ]


def _reading(gate: Gate, facts: Facts, catalog: Catalog, orgs: Orgs) -> list[Declared]:
    resolve, info, trees = Resolve(gate, catalog), Info(gate, facts, catalog, orgs), Trees(gate)
    refs, history, objects = RefEndpoints(gate), History(gate), Objects(gate)
    return [
        on("HEAD|GET", "/{prefix}{id}/resolve/{rev}/{path:rest}", Need.CONTENT, resolve.resolve),
        on("HEAD|GET", "/{prefix}{id}/raw/{rev}/{path:rest}", Need.CONTENT, resolve.raw),
        on("GET", "/api/{type}s", Need.NOTHING, Listing(gate, catalog, facts).listing),
        on("GET", "/api/{type}s/{id}", Need.READ, info.info),
        on("GET", "/api/{type}s/{id}/revision/{rev}", Need.READ, info.info),
        on("GET", "/api/{type}s/{id}/tree/{rev}", Need.READ, trees.tree),
        on("GET", "/api/{type}s/{id}/tree/{rev}/{path:rest}", Need.READ, trees.tree),
        on("POST", "/api/{type}s/{id}/paths-info/{rev}", Need.READ, taking_bytes(trees.paths_info, SMALL)),
        on("GET", "/api/{type}s/{id}/refs", Need.READ, refs.refs),
        on("GET", "/api/{type}s/{id}/commits/{rev}", Need.READ, history.commits),
        on("GET", "/api/{type}s/{id}/compare/{spec:rest}", Need.CONTENT, history.compare),
        on("GET", "/api/{type}s/{id}/lfs-files", Need.READ, objects.lfs_files),
        on("GET", "/api/models/{id}/safetensors-metadata/{path:rest}", Need.CONTENT, Safetensors(gate).metadata),
        on("GET", "/api/datasets/{id}/croissant", Need.READ, Croissants(gate, facts).describe),
        on("GET", "/api/spaces/{id}/runtime", Need.READ, Spaces(gate).runtime),
    ]


def _writing(gate: Gate) -> list[Declared]:
    refs, history, objects = RefEndpoints(gate), History(gate), Objects(gate)
    return [
        on(
            "POST",
            "/api/{type}s/{id}/preupload/{rev}",
            Need.PROPOSE,
            taking(body.Preupload, Preuploads(gate).preupload),
        ),
        on("POST", "/api/{type}s/{id}/commit/{rev}", Need.PROPOSE, Commits(gate).commit),
        on("POST", "/api/{type}s/{id}/branch/{branch:rest}", Need.WRITE, taking(body.CreateBranch, refs.create_branch)),
        on("DELETE", "/api/{type}s/{id}/branch/{branch:rest}", Need.WRITE, refs.delete_branch),
        on("POST", "/api/{type}s/{id}/tag/{rev}", Need.WRITE, taking(body.CreateTag, refs.create_tag)),
        on("DELETE", "/api/{type}s/{id}/tag/{rev}", Need.WRITE, refs.delete_tag),
        on("POST", "/api/{type}s/{id}/super-squash/{branch}", Need.WRITE, taking(body.Squash, history.super_squash)),
        on("POST", "/api/{type}s/{id}/lfs-files/batch", Need.WRITE, taking(body.DeleteObjects, objects.delete)),
        on("POST", "/api/{type}s/{id}/lfs-files/duplicate", Need.PROPOSE, taking(body.CopyObjects, objects.duplicate)),
    ]


def _managing(gate: Gate, people: People) -> list[Declared]:
    repositories, settings = Repositories(gate), SettingsEndpoints(gate, people)
    return [
        on("POST", "/api/repos/create", Need.CREATE, taking(body.CreateRepo, repositories.create)),
        on("DELETE", "/api/repos/delete", Need.ADMIN, taking(body.DeleteRepo, repositories.delete)),
        on("POST", "/api/repos/move", Need.ADMIN, taking(body.MoveRepo, repositories.move)),
        on("POST", "/api/{type}s/{id}/duplicate", Need.CONTENT, taking(body.Duplicate, repositories.duplicate)),
        on("PUT", "/api/{type}s/{id}/settings", Need.ADMIN, taking(body.UpdateSettings, settings.update)),
        on("GET", "/api/{type}s/{id}/auth-check", Need.CONTENT, settings.may_read),
        on("GET", "/api/{type}s/{id}/auth-check/write", Need.WRITE, settings.may_write),
        on("GET", "/api/settings/repositories", Need.ACCOUNT, settings.own_repositories),
        on("GET", "/api/organizations/{org}/settings/repositories", Need.MEMBER, settings.org_repositories),
    ]


def _asking_the_hub(people: People, tokens: Tokens) -> list[Declared]:
    return [
        on("GET", "/api/whoami-v2", Need.ACCOUNT, WhoAmI(people, tokens).whoami),
        on("POST", "/api/validate-yaml", Need.NOTHING, taking(body.ValidateYaml, validate_yaml, 16 * MIB)),
        on("GET", "/api/models-tags-by-type", Need.NOTHING, models_tags_by_type),
        on("GET", "/api/datasets-tags-by-type", Need.NOTHING, datasets_tags_by_type),
        on("GET", "/api/agent-harnesses", Need.NOTHING, agent_harnesses),
        on("HEAD", "/api/telemetry/{topic:rest}", Need.NOTHING, telemetry),
    ]


def _running() -> list[Declared]:
    return [
        on("GET", "/api/spaces/hardware", Need.NOTHING, jobs.hardware),
        on("GET", "/api/spaces/templates", Need.NOTHING, jobs.templates),
        on("GET", "/api/jobs/hardware", Need.NOTHING, jobs.hardware),
        on("GET", "/api/jobs/{ns}", Need.ACCOUNT, jobs.listing),
        on("GET", "/api/jobs/{ns}/{job}", Need.ACCOUNT, jobs.one),
        on("GET", "/api/scheduled-jobs/{ns}", Need.ACCOUNT, jobs.listing),
        on("GET", "/api/scheduled-jobs/{ns}/{job}", Need.ACCOUNT, jobs.one),
    ]


def _people(gate: Gate, people: People, relations: Relations, catalog: Catalog, orgs: Orgs) -> list[Declared]:
    likes = LikeEndpoints(gate, catalog, relations)
    accounts = AccountEndpoints(people, relations, catalog, orgs)
    return [
        on("POST|DELETE", "/api/{type}s/{id}/like", Need.PROPOSE, likes.like),
        on("GET", "/api/{type}s/{id}/likers", Need.READ, likes.likers),
        on("GET", "/api/users/{user}/likes", Need.NOTHING, likes.liked),
        on("GET", "/api/users/{user}/overview", Need.NOTHING, accounts.user),
        on("GET", "/api/users/{user}/followers", Need.NOTHING, accounts.user_followers),
        on("GET", "/api/users/{user}/following", Need.NOTHING, accounts.user_following),
        on("GET", "/api/organizations/{org}/overview", Need.NOTHING, accounts.org),
        on("GET", "/api/organizations/{org}/followers", Need.NOTHING, accounts.org_followers),
        on("GET", "/api/organizations/{org}/members", Need.NOTHING, accounts.org_members),
        on("GET", "/api/recent-activity", Need.NOTHING, accounts.recent_activity),
    ]


def _collections(collections: Collections, relations: Relations) -> list[Declared]:
    door = CollectionEndpoints(collections, relations)
    one = "/api/collections/{ns}/{slug}"
    return [
        on("GET", "/api/collections", Need.NOTHING, door.listing),
        on("POST", "/api/collections", Need.CREATE, taking(wire.CreateCollection, door.create)),
        on("GET", one, Need.READ, door.show),
        on("PATCH", one, Need.WRITE, taking(wire.UpdateCollection, door.update)),
        on("DELETE", one, Need.WRITE, door.delete),
        on("POST", f"{one}/items", Need.WRITE, taking(wire.AddItem, door.add)),
        on("PATCH", f"{one}/items/{{item}}", Need.WRITE, taking(wire.UpdateItem, door.change)),
        on("DELETE", f"{one}/items/{{item}}", Need.WRITE, door.remove),
    ]


def _listening(webhooks: WebhookEndpoints) -> list[Declared]:
    return [
        on("GET", "/api/settings/webhooks", Need.ACCOUNT, webhooks.all),
        on("POST", "/api/settings/webhooks", Need.ACTING, taking(hook.CreateWebhook, webhooks.create)),
        on("GET", "/api/settings/webhooks/{hook}", Need.ACCOUNT, webhooks.one),
        on("POST", "/api/settings/webhooks/{hook}", Need.ACTING, taking(hook.UpdateWebhook, webhooks.update)),
        on("DELETE", "/api/settings/webhooks/{hook}", Need.ACTING, webhooks.delete),
        on("POST", "/api/settings/webhooks/{hook}/enable", Need.ACTING, webhooks.enable),
        on("POST", "/api/settings/webhooks/{hook}/disable", Need.ACTING, webhooks.disable),
    ]


def _without_namespace() -> list[Declared]:
    """Addresses in the form that the oldest models elsewhere have; here every repository has an owner."""
    return [
        on("GET", "/api/{type}s/{name}", Need.READ, no_namespace),
        on("GET", "/api/{type}s/{name}/revision/{rev}", Need.READ, no_namespace),
        on("GET", "/api/{type}s/{name}/tree/{path:rest}", Need.READ, no_namespace),
        on("HEAD|GET", "/{prefix}{name}/resolve/{path:rest}", Need.READ, no_namespace),
    ]

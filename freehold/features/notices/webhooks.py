"""Webhooks: whose they are, what they watch, and where they send it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freehold.base.clock import Clock, now
from freehold.base.errors import Disabled, Forbidden, Invalid, Moved, NotFound
from freehold.base.ids import RepoId, RepoKind, new_id
from freehold.base.words import later
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.people import People
from freehold.core.accounts.scope import READ_WEBHOOKS, WRITE_WEBHOOKS
from freehold.core.repos.repos import Repos
from freehold.stores.db.database import Database, Transaction
from freehold.stores.outbound.client import Outbound

DOMAINS = ("repo", "discussion")
ACCOUNTS = ("user", "org")
WATCHABLE = ("model", "dataset", "space", "bucket")
MOST_WEBHOOKS = 50
MOST_WATCHED = 100
LONGEST_SECRET = 500

_COLUMNS = "id, account_id, url, domains, secret, disabled, disabled_because, failures, skipped, created_at"
_GONE = later("There is no webhook of this id.")


@dataclass(frozen=True, slots=True)
class Item:
    """Something watched: a user, org, model, dataset, space or bucket; `target_id` is its row, once it is known."""

    kind: str
    name: str
    target_id: str = ""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One webhook; its secret stays in the room."""

    id: str
    account_id: str
    url: str
    domains: tuple[str, ...]
    watched: list[Item]
    has_secret: bool
    disabled: bool
    disabled_because: str
    failures: int
    """Attempts that failed since the last that did not."""
    skipped: int
    """Events that came over the daily limit and were not sent."""
    created_at: int


class Webhooks:
    """The register of webhooks; everyone sees and changes their own alone."""

    def __init__(self, db: Database, repos: Repos, people: People, outbound: Outbound, clock: Clock = now) -> None:
        self._db = db
        self._repos = repos
        self._people = people
        self._outbound = outbound
        self._clock = clock

    def of(self, actor: Actor) -> list[Webhook]:
        """All that are the actor's, oldest first."""
        with self._db.read() as tx:
            rows = tx.all(
                f"SELECT {_COLUMNS} FROM notices_webhook WHERE account_id = :id ORDER BY id", id=_account(actor)
            )
            items = self._items(tx, [row.id for row in rows])
        return [self._webhook(actor, row, items.get(row.id, [])) for row in rows]

    def get(self, actor: Actor, webhook_id: str) -> Webhook:
        """One of the actor's. Raises NotFound."""
        with self._db.read() as tx:
            row = _owned(tx, actor, webhook_id)
            items = self._items(tx, [webhook_id])
        return self._webhook(actor, row, items.get(webhook_id, []))

    def add(
        self, actor: Actor, url: str, watched: Sequence[Item], domains: Sequence[str] | None = None, secret: str = ""
    ) -> Webhook:
        """Make one. Raises Invalid for what may not be, NotFound for an item that the actor cannot see."""
        _demand_write(actor)
        self._outbound.check(url)
        items, chosen = self._found(actor, watched), _domains(domains)
        webhook_id = new_id()
        with self._db.write() as tx:
            tx.take_turn(f"webhooks:{actor.account_id}")
            if tx.scalar("SELECT count(*) FROM notices_webhook WHERE account_id = :id", id=actor.account_id) >= (
                MOST_WEBHOOKS
            ):
                raise Invalid(f"You have {MOST_WEBHOOKS} webhooks already. Delete one first.")
            tx.run(
                "INSERT INTO notices_webhook (id, account_id, url, domains, secret, created_at)"
                " VALUES (:id, :account, :url, :domains, :secret, :now)",
                id=webhook_id, account=actor.account_id, url=url, domains=chosen, secret=_secret(secret),
                now=self._clock(),
            )  # fmt: skip
            _watch(tx, webhook_id, items)
            record(tx, actor, "webhook.add", webhook_id, url=_without_query(url))
        return self.get(actor, webhook_id)

    def update(
        self,
        actor: Actor,
        webhook_id: str,
        *,
        url: str | None = None,
        watched: Sequence[Item] = (),
        domains: Sequence[str] | None = None,
        secret: str | None = None,
    ) -> Webhook:
        """Change what is given; an empty `watched` leaves the items as they are. Raises as `add`, and NotFound."""
        _demand_write(actor)
        if url is not None:
            self._outbound.check(url)
        items = self._found(actor, watched) if watched else []
        changes: dict[str, str] = {"url": url} if url is not None else {}
        changes |= {"domains": _domains(domains)} if domains is not None else {}
        changes |= {"secret": _secret(secret)} if secret is not None else {}
        with self._db.write() as tx:
            _owned(tx, actor, webhook_id)
            for column, value in changes.items():
                tx.run(f"UPDATE notices_webhook SET {column} = :value WHERE id = :id", value=value, id=webhook_id)
            if items:
                tx.run("DELETE FROM notices_watch WHERE webhook_id = :id", id=webhook_id)
                _watch(tx, webhook_id, items)
            record(tx, actor, "webhook.update", webhook_id, changed=sorted(changes), watched=bool(items))
        return self.get(actor, webhook_id)

    def switch(self, actor: Actor, webhook_id: str, *, on: bool) -> Webhook:
        """Enable it, with its failures forgotten, or disable it. Raises NotFound."""
        _demand_write(actor)
        with self._db.write() as tx:
            _owned(tx, actor, webhook_id)
            tx.run(
                "UPDATE notices_webhook SET disabled = :disabled, disabled_because = '', failures = 0,"
                " failing_since = NULL WHERE id = :id",
                disabled=int(not on), id=webhook_id,
            )  # fmt: skip
            record(tx, actor, "webhook.enable" if on else "webhook.disable", webhook_id)
        return self.get(actor, webhook_id)

    def delete(self, actor: Actor, webhook_id: str) -> None:
        """Remove it with its history; what waits to be sent is not sent. Raises NotFound."""
        _demand_write(actor)
        with self._db.write() as tx:
            _owned(tx, actor, webhook_id)
            tx.run("DELETE FROM notices_delivery WHERE webhook_id = :id", id=webhook_id)
            tx.run("DELETE FROM notices_watch WHERE webhook_id = :id", id=webhook_id)
            tx.run("DELETE FROM notices_webhook WHERE id = :id", id=webhook_id)
            record(tx, actor, "webhook.delete", webhook_id)

    def _found(self, actor: Actor, watched: Sequence[Item]) -> list[Item]:
        """The items with their rows, each once. What the actor may not see is not there."""
        if not watched:
            raise Invalid("A webhook watches at least one user, organisation or repository.")
        if len(watched) > MOST_WATCHED:
            raise Invalid(f"A webhook can watch {MOST_WATCHED} things. Watch their owner instead.")
        found = [self._find(actor, item) for item in watched]
        return list({item.target_id: item for item in found}.values())

    def _find(self, actor: Actor, item: Item) -> Item:
        if item.kind in ACCOUNTS:
            account = self._people.by_name(item.name)
            if account is None or account.kind != item.kind:
                what = "user" if item.kind == "user" else "organisation"
                raise NotFound(f"There is no {what} called {item.name[:100]!r}.")
            return Item(item.kind, account.name, account.id)
        if item.kind not in WATCHABLE:
            raise Invalid(f"A {item.kind[:20]!r} cannot be watched: name one of {', '.join((*ACCOUNTS, *WATCHABLE))}.")
        namespace, _, name = item.name.partition("/")
        try:
            repo = self._repos.admit(actor, RepoId(RepoKind(item.kind), namespace, name)).repo
        except Moved as moved:
            raise NotFound(f"{item.name[:200]} is now called {moved.to}. Use that name.") from moved
        return Item(item.kind, repo.repo_id.full, repo.id)

    def _items(self, tx: Transaction, webhook_ids: Sequence[str]) -> dict[str, list[Item]]:
        rows = tx.within(
            "SELECT webhook_id, position, kind, name, target_id FROM notices_watch WHERE webhook_id IN :values",
            webhook_ids,
        )
        found: dict[str, list[Item]] = {}
        for row in sorted(rows, key=lambda row: (row.webhook_id, row.position)):
            found.setdefault(row.webhook_id, []).append(Item(row.kind, row.name, row.target_id))
        return found

    def _webhook(self, actor: Actor, row: Any, items: list[Item]) -> Webhook:
        return Webhook(
            row.id, row.account_id, row.url, tuple(row.domains.split(",")),
            [self._as_called_now(actor, item) for item in items], bool(row.secret), bool(row.disabled),
            row.disabled_because, row.failures, row.skipped, row.created_at,
        )  # fmt: skip

    def _as_called_now(self, actor: Actor, item: Item) -> Item:
        """The item under its present name, where the actor may know it."""
        if item.kind in ACCOUNTS:
            account = self._people.by_id(item.target_id)
            return Item(item.kind, account.name, account.id) if account else item
        try:
            return Item(item.kind, self._repos.admit_by_row_id(actor, item.target_id).repo.repo_id.full, item.target_id)
        except (NotFound, Disabled):
            return item


def _account(actor: Actor) -> str:
    if actor.account_id is None:
        raise Forbidden("Sign in to see your webhooks.")
    if not any(actor.allows(one, actor.account_id) for one in (READ_WEBHOOKS, WRITE_WEBHOOKS)):
        raise Forbidden(f"This token may not see your webhooks: it needs the permission `{READ_WEBHOOKS}`.")
    return actor.account_id


def _demand_write(actor: Actor) -> None:
    if not actor.allows(WRITE_WEBHOOKS, actor.account_id or "", changes=True):
        raise Forbidden(
            "This token may not change webhooks. Use one with the role `write`, or with the permission"
            f" `{WRITE_WEBHOOKS}`."
        )


def _owned(tx: Transaction, actor: Actor, webhook_id: str) -> Any:
    row = tx.first(
        f"SELECT {_COLUMNS} FROM notices_webhook WHERE id = :id AND account_id = :account",
        id=webhook_id, account=_account(actor),
    )  # fmt: skip
    if row is None:
        raise NotFound(_GONE)
    return row


def _watch(tx: Transaction, webhook_id: str, items: Sequence[Item]) -> None:
    tx.many(
        "INSERT INTO notices_watch (webhook_id, position, kind, target_id, name)"
        " VALUES (:webhook, :position, :kind, :target, :name)",
        [
            {"webhook": webhook_id, "position": n, "kind": item.kind, "target": item.target_id, "name": item.name}
            for n, item in enumerate(items)
        ],
    )


def _domains(domains: Sequence[str] | None) -> str:
    chosen = [name for name in DOMAINS if domains is None or name in domains]
    unknown = sorted(set(domains or ()) - set(DOMAINS))
    if unknown or not chosen:
        raise Invalid(f"A webhook listens to at least one of the domains {' and '.join(DOMAINS)}.")
    return ",".join(chosen)


def _secret(secret: str) -> str:
    if len(secret) > LONGEST_SECRET or not all(" " < letter <= "~" for letter in secret):
        raise Invalid(f"A secret has at most {LONGEST_SECRET} ASCII characters, without blanks: it goes into a header.")
    return secret


def _without_query(url: str) -> str:
    return url.partition("?")[0]

"""Trusted publishers: CI jobs that get a short-lived token for one repository by proving who they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

from freehold.base.clock import Clock, now
from freehold.base.errors import Forbidden, Invalid, NotFound
from freehold.base.ids import new_id
from freehold.core.accounts import scope as words
from freehold.core.accounts.actor import Actor
from freehold.core.accounts.audit import record
from freehold.core.accounts.oauth.issuers import Issuers
from freehold.core.accounts.scope import Entity, Part, Scope, encode
from freehold.core.accounts.tokens import NARROW, hash_of, make_secret
from freehold.stores.db.database import Database, Transaction
from freehold.wire.oauth.jose import Claims, Untrusted, issuer_of
from freehold.wire.oauth.publishers import Rule, fits
from freehold.wire.oauth.refusals import INVALID_GRANT, Refused

LIFE_S = 3600
MOST_PUBLISHERS = 20
"""Publishers of one repository."""

NOBODY = (
    "No trusted publisher of such a repository fits this token. Look whether it is fresh, made for the audience"
    " {audience}, and says what the repository's settings want."
)
"""Said in every case but one: who may not see a repository must not learn from the reason that it exists."""
REPLAYED = "This token was exchanged already. Have the CI mint another one."

_COLUMNS = "p.id, p.kind, p.issuer, p.wanted, p.created_at, p.used_at, p.created_by, a.name AS creator"


@dataclass(frozen=True, slots=True)
class Publisher:
    """One rule; `creator` is the person in whose name its jobs publish."""

    id: str
    rule: Rule
    creator: str
    created_at: int
    used_at: int | None


class Publishers:
    """The register of trusted publishers. `audience` is the hub's own address, which tokens must be made for."""

    def __init__(self, db: Database, issuers: Issuers, audience: str, clock: Clock = now) -> None:
        self._db = db
        self._issuers = issuers
        self.audience = audience
        self._clock = clock

    def list(self, repo_id: str) -> Sequence[Publisher]:
        """A repository's publishers, oldest first."""
        with self._db.read() as tx:
            rows = self._rows(tx, repo_id)
        return [Publisher(row.id, _rule(row), row.creator, row.created_at, row.used_at) for row in rows]

    def add(self, actor: Actor, repo: Entity, rule: Rule) -> None:
        """Trust a publisher, in the name of this actor, who administers the repository. Raises Invalid."""
        if actor.account_id is None or actor.token_id is not None:
            raise Forbidden("Publishers are named in the browser, by whoever administers the repository.")
        self._issuers.check(rule.issuer)
        with self._db.write() as tx:
            tx.take_turn(f"publisher:{repo.id}")
            count = tx.scalar("SELECT count(*) FROM accounts_oauth_publisher WHERE repo_id = :repo", repo=repo.id)
            if count >= MOST_PUBLISHERS:
                raise Invalid(f"A repository may have {MOST_PUBLISHERS} publishers. Remove one that is not used.")
            publisher_id = new_id()
            tx.run(
                "INSERT INTO accounts_oauth_publisher (id, repo_id, created_by, kind, issuer, wanted, created_at)"
                " VALUES (:id, :repo, :who, :kind, :issuer, :wanted, :at)",
                id=publisher_id, repo=repo.id, who=actor.account_id, kind=rule.kind, issuer=rule.issuer,
                wanted=msgspec.json.encode(dict(rule.wanted)).decode(), at=self._clock(),
            )  # fmt: skip
            record(tx, actor, "publisher.add", repo.name, publisher=publisher_id, issuer=rule.issuer, **rule.wanted)

    def remove(self, actor: Actor, repo: Entity, publisher_id: str) -> None:
        """Trust a publisher no longer; tokens that its jobs have end at once. Raises NotFound."""
        with self._db.write() as tx:
            gone = tx.run(
                "DELETE FROM accounts_oauth_publisher WHERE id = :id AND repo_id = :repo", id=publisher_id, repo=repo.id
            )
            if gone.rowcount == 0:
                raise NotFound("The repository has no such publisher.")
            tx.run("DELETE FROM accounts_token WHERE grant_id = :id", id=publisher_id)
            record(tx, actor, "publisher.remove", repo.name, publisher=publisher_id)

    def exchange(self, repo: Entity | None, subject_token: str) -> str:
        """An access token for `repo` (None: there is no such repository), for the token of a CI job.

        Raises Refused; what is absent and what does not fit are told in the same words.
        """
        try:
            issuer = issuer_of(subject_token)
            rows = self._trusting(repo, issuer)
            # Only issuers that somebody trusts here are asked: the token alone must not send the hub anywhere.
            claims = self._issuers.verify(subject_token, issuer, self.audience)
        except Untrusted as error:
            raise self._nobody() from error
        row = next((row for row in rows if fits(_rule(row), claims)), None)
        if repo is None or row is None:
            raise self._nobody()
        with self._db.write() as tx:
            self._spend(tx, subject_token, claims)
            return self._issue(tx, repo, row, claims)

    def _trusting(self, repo: Entity | None, issuer: str) -> Sequence[Any]:
        with self._db.read() as tx:
            rows = [row for row in self._rows(tx, repo.id) if row.issuer == issuer] if repo is not None else []
        if not rows:
            raise self._nobody()
        return rows

    def _nobody(self) -> Refused:
        return Refused(INVALID_GRANT, NOBODY.format(audience=self.audience))

    def _rows(self, tx: Transaction, repo_id: str) -> Sequence[Any]:
        return tx.all(
            f"SELECT {_COLUMNS} FROM accounts_oauth_publisher p JOIN accounts_account a ON a.id = p.created_by"
            " AND a.disabled = 0 WHERE p.repo_id = :repo ORDER BY p.created_at, p.id",
            repo=repo_id,
        )

    def _spend(self, tx: Transaction, token: str, claims: Claims) -> None:
        """Note that the token was used. One without a `jti` stands for itself."""
        at = self._clock()
        name = str(claims["jti"]) if claims.get("jti") else token
        tx.run("DELETE FROM accounts_oauth_jti WHERE expires_at <= :at", at=at)
        fresh = tx.run(
            "INSERT INTO accounts_oauth_jti (hash, expires_at) VALUES (:hash, :until) ON CONFLICT (hash) DO NOTHING",
            hash=sha256(f"{claims['iss']}\0{name}".encode()).hexdigest(),
            until=(int(claims["exp"]) + 3600) * 1_000_000,
        )
        if fresh.rowcount != 1:
            raise Refused(INVALID_GRANT, REPLAYED)

    def _issue(self, tx: Transaction, repo: Entity, row: Any, claims: Claims) -> str:
        secret, at = make_secret(), self._clock()
        part = Part(repo, frozenset({words.READ_CONTENT, words.WRITE_REPO, words.DISCUSS}))
        tx.run("DELETE FROM accounts_token WHERE grant_id = :id AND expires_at <= :at", id=row.id, at=at)
        tx.run(
            "INSERT INTO accounts_token (id, account_id, name, role, hash, hint, created_at, expires_at, grant_id,"
            " scope) VALUES (:id, :account, :name, :role, :hash, :hint, :at, :expires, :grant, :scope)",
            id=new_id(), account=row.created_by, name=f"CI for {repo.name}"[:100], role=NARROW, hash=hash_of(secret),
            hint=secret[-4:], at=at, expires=at + LIFE_S * 1_000_000, grant=row.id, scope=encode(Scope((part,))),
        )  # fmt: skip
        tx.run("UPDATE accounts_oauth_publisher SET used_at = :at WHERE id = :id", at=at, id=row.id)
        holder = Actor(row.created_by, row.creator)
        record(tx, holder, "publisher.token", repo.name, publisher=row.id, sub=str(claims.get("sub", ""))[:300])
        return secret


def _rule(row: Any) -> Rule:
    return Rule(row.kind, row.issuer, msgspec.json.decode(row.wanted, type=dict[str, str]))

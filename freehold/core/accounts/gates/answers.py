"""Answers to gates' questions at rest: sealed under a key of their repository's own, and deleted in time."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from freehold.base.clock import Clock
from freehold.core.accounts.gates.gate import DAY, LIVE, AccessRequest
from freehold.core.accounts.sealing import KEY_BYTES, Sealer
from freehold.stores.db.database import Database, Transaction

_UNSEALED = "{"
"""How answers begin that an older hub has written as they are."""
_AT_ONCE = 500


class Answers:
    """Seals and opens. Who may read them is the caller's to have found out."""

    def __init__(self, db: Database, sealer: Sealer, clock: Clock) -> None:
        self._db = db
        self._sealer = sealer
        self._clock = clock

    def sealed(self, tx: Transaction, repo_id: str, request_id: str, answers: Mapping[str, str]) -> str:
        """The answers of a request as its row has them."""
        return self._key(tx, repo_id).seal(_text(answers).encode(), _context(request_id))

    def opened(self, request: AccessRequest) -> AccessRequest:
        """The request with its answers; without any where they were deleted. Raises Corrupt under another key."""
        if not request.sealed:
            return request
        if request.sealed.startswith(_UNSEALED):
            return replace(request, answers=msgspec.json.decode(request.sealed, type=dict[str, str]))
        with self._db.read() as tx:
            row = tx.first(_KEY, repo=request.repo_id)
        if row is None:
            return request
        text = self._opened_key(request.repo_id, row.sealed).open(request.sealed, _context(request.id))
        return replace(request, answers=msgspec.json.decode(text, type=dict[str, str]))

    def purge(self) -> int:
        """Delete the answers whose time has come; a hash of them and the decision stay. How many."""
        with self._db.read() as tx:
            rows = tx.all(_OVERDUE, now=self._clock(), day=DAY, most=_AT_ONCE)
        for row in rows:
            self._purge(row.id, row.repo_id, row.answers)
        return len(rows)

    def _purge(self, request_id: str, repo_id: str, kept: str) -> None:
        with self._db.write() as tx:
            text = kept if kept.startswith(_UNSEALED) else self._text_of(tx, repo_id, request_id, kept)
            # The request's id keeps equal answers of two requests from having equal hashes.
            digest = hashlib.sha256(f"{request_id}\n{text}".encode()).hexdigest() if text else ""
            tx.run(
                "UPDATE accounts_gate_request SET answers = '', answers_sha256 = :digest, purged_at = :now"
                " WHERE id = :id AND answers = :kept",
                id=request_id, digest=digest, now=self._clock(), kept=kept,
            )  # fmt: skip

    def _text_of(self, tx: Transaction, repo_id: str, request_id: str, kept: str) -> str:
        row = tx.first(_KEY, repo=repo_id)
        if row is None or not kept:
            return ""
        return self._opened_key(repo_id, row.sealed).open(kept, _context(request_id)).decode()

    def _key(self, tx: Transaction, repo_id: str) -> Sealer:
        row = tx.first(_KEY, repo=repo_id)
        if row is not None:
            return self._opened_key(repo_id, row.sealed)
        key = secrets.token_bytes(KEY_BYTES)
        tx.run(
            "INSERT INTO accounts_gate_key (repo_id, sealed, created_at) VALUES (:repo, :sealed, :now)",
            repo=repo_id, sealed=self._sealer.seal(key, _key_context(repo_id)), now=self._clock(),
        )  # fmt: skip
        return Sealer(key)

    def _opened_key(self, repo_id: str, sealed: str) -> Sealer:
        return Sealer(self._sealer.open(sealed, _key_context(repo_id)))


_KEY = "SELECT sealed FROM accounts_gate_key WHERE repo_id = :repo"
_OVERDUE = (
    "SELECT q.id, q.repo_id, q.answers FROM accounts_gate_request q LEFT JOIN accounts_gate_policy p"
    " ON p.repo_id = q.repo_id WHERE q.purged_at IS NULL AND q.status <> 'pending'"
    " AND COALESCE((SELECT max(COALESCE(g.ended_at, g.not_after, :now)) FROM accounts_gate_grant g"
    f"  WHERE g.request_id = q.id), q.reviewed_at, q.asked_at) < :now - COALESCE(p.keep_days, 180) * :day"
    " AND NOT EXISTS (SELECT 1 FROM accounts_gate_grant g WHERE g.request_id = q.id"
    f"  AND g.state IN {LIVE} AND (g.not_after IS NULL OR g.not_after > :now)) ORDER BY q.id LIMIT :most"
)


def _text(answers: Mapping[str, str]) -> str:
    return msgspec.json.encode(dict(answers), order="sorted").decode()


def _context(request_id: str) -> str:
    return f"gate answers:{request_id}"


def _key_context(repo_id: str) -> str:
    return f"gate key:{repo_id}"

"""Who takes part in which discussion, and who has left it."""

import hashlib
import hmac
from dataclasses import dataclass

from freehold.base.errors import NotFound
from freehold.stores.db.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Threads:
    """Whoever writes, or is called, takes part until they leave; a discussion that was left stays quiet for them."""

    db: Database
    secret: bytes
    """Signs the links by which a mail lets its reader leave without signing in."""

    def join(self, tx: Transaction, discussion_id: str, account_id: str) -> None:
        """Take part, unless they have left."""
        tx.run(
            "INSERT INTO notices_thread (discussion_id, account_id, subscribed) VALUES (:discussion, :account, 1)"
            " ON CONFLICT (discussion_id, account_id) DO NOTHING",
            discussion=discussion_id, account=account_id,
        )  # fmt: skip

    def subscribe(self, discussion_id: str, account_id: str, *, on: bool) -> None:
        """Take part by one's own wish, or leave."""
        with self.db.write() as tx:
            tx.run(
                "INSERT INTO notices_thread (discussion_id, account_id, subscribed) VALUES (:discussion, :account, :on)"
                " ON CONFLICT (discussion_id, account_id) DO UPDATE SET subscribed = :on",
                discussion=discussion_id, account=account_id, on=int(on),
            )  # fmt: skip

    def subscribed(self, discussion_id: str) -> set[str]:
        """The accounts that take part."""
        return self._accounts(discussion_id, 1)

    def left(self, discussion_id: str) -> set[str]:
        """The accounts that have left."""
        return self._accounts(discussion_id, 0)

    def way_out(self, discussion_id: str, account_id: str) -> str:
        """What a mail's link carries, so that its reader can leave; nobody else can make it."""
        return f"{discussion_id}.{account_id}.{self._mac(discussion_id, account_id)}"

    def leave_by(self, way_out: str) -> None:
        """Leave, by what `way_out` gave. Raises NotFound for anything else."""
        discussion_id, account_id = self.whose(way_out)
        self.subscribe(discussion_id, account_id, on=False)

    def whose(self, way_out: str) -> tuple[str, str]:
        """The discussion and the account that a link speaks of. Raises NotFound."""
        discussion_id, _, rest = way_out.partition(".")
        account_id, _, mac = rest.partition(".")
        if not hmac.compare_digest(mac.encode(), self._mac(discussion_id, account_id).encode()):
            raise NotFound("This link is not complete. Copy all of it from the mail.")
        return discussion_id, account_id

    def _mac(self, discussion_id: str, account_id: str) -> str:
        text = f"{discussion_id}.{account_id}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()[:32]

    def _accounts(self, discussion_id: str, subscribed: int) -> set[str]:
        with self.db.read() as tx:
            sql = "SELECT account_id FROM notices_thread WHERE discussion_id = :id AND subscribed = :subscribed"
            return {row.account_id for row in tx.all(sql, id=discussion_id, subscribed=subscribed)}

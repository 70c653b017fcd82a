"""Notices by electronic mail: plain text, through the operator's own SMTP server."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from freehold.base.errors import Invalid, NotReached
from freehold.core.accounts.actor import SYSTEM
from freehold.core.accounts.people import Account, People
from freehold.core.repos.repos import Repos
from freehold.features.notices.inbox import PLACES, Inbox, Notice
from freehold.features.notices.sight import Sight
from freehold.features.notices.threads import Threads

TIMEOUT_S = 30
_VERBS = {
    "mention": "mentioned you in",
    "reply": "wrote in",
    "merge": "merged",
    "opened": "opened",
}

log = structlog.get_logger("freehold")


@dataclass(frozen=True, slots=True)
class Server:
    """The operator's mail server: `smtp://user:password@host:587` or `smtps://…`."""

    host: str
    port: int
    tls: bool
    user: str
    password: str

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Raises what smtplib raises."""
        context = ssl.create_default_context()
        if self.tls:
            with smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context) as line:
                self._over(line, message)
            return
        with smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S) as line:
            line.ehlo()
            if line.has_extn("starttls"):
                line.starttls(context=context)
                line.ehlo()
            self._over(line, message)

    def _over(self, line: smtplib.SMTP, message: EmailMessage) -> None:
        if self.user:
            if not isinstance(line.sock, ssl.SSLSocket):
                raise smtplib.SMTPNotSupportedError("The password is not sent without TLS.")
            line.login(self.user, self.password)
        line.send_message(message)


def server_of(url: str) -> Server | None:
    """The server of the setting `smtp_url`; None for an empty one. Raises Invalid."""
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Invalid("The setting `smtp_url` must be smtp://user:password@host:587 or smtps://user:password@host.")
    tls = parts.scheme == "smtps"
    port = parts.port or (465 if tls else 25)
    return Server(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


@dataclass(frozen=True, slots=True)
class Sender:
    """How the hub names itself to the world: its name, its address, and how it sends mail (`smtp_url` empty: not)."""

    hub_name: str
    base: str
    smtp_url: str = ""
    mail_from: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """Does the job `notice.mail {notice_id}`."""

    server: Server | None
    sender: Sender
    inbox: Inbox
    people: People
    repos: Repos
    sight: Sight
    threads: Threads

    def mail(self, payload: dict[str, Any]) -> None:
        """Mail a notice once. If the worker dies between the server's yes and ours, once more under the same id."""
        notice = self.inbox.by_id(str(payload["notice_id"]))
        if notice is None or self.server is None or not self.inbox.waits_for_mail(notice.id):
            return
        account = self.people.by_id(notice.account_id)
        if account is None or account.disabled or not account.email or not self._may_tell(notice):
            return
        message = self._message(notice, account)
        try:
            self.server.send(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if any(code < 500 for code, _ in refused.recipients.values()):
                raise NotReached("The mail server asks to come again later.") from refused
            log.warning("mail refused for its recipient", notice=notice.id)
        except (smtplib.SMTPException, OSError) as error:
            raise NotReached(f"The mail server did not take a notice: {type(error).__name__}.") from error
        self.inbox.mailed(notice.id)

    def _may_tell(self, notice: Notice) -> bool:
        if notice.repo_id is None:
            return True
        left = notice.discussion_id is not None and notice.account_id in self.threads.left(notice.discussion_id)
        return not left and self.sight.may_see(notice.account_id, notice.repo_id)

    def _message(self, notice: Notice, account: Account) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        host = urlsplit(self.sender.base).hostname or "localhost"
        message["From"] = address_of(f"{notice.actor_name} ({self.sender.hub_name})", self.sender.mail_from)
        message["To"] = address_of(account.full_name or account.name, account.email or "")
        message["Date"] = format_datetime(datetime.fromtimestamp(notice.created_at / 1_000_000, UTC))
        message["Message-ID"] = f"<notice-{notice.id}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Freehold-Reason"] = notice.reason
        if notice.repo_id is None or notice.discussion_id is None:
            message["Subject"] = one_line(notice.title)
            link = f"{self.sender.base}{self._page_of(notice)}"
            message.set_content(f"{notice.title}\n\n{notice.excerpt}\n\n{link}\n")
            return message
        self._as_thread(message, notice, host)
        return message

    def _page_of(self, notice: Notice) -> str:
        """Where one looks after what a notice outside of discussions tells."""
        if notice.path:
            return f"/{notice.path}/access" if notice.reason == "request" else "/settings/gated-repos"
        if notice.repo_id is None:
            return PLACES.get(notice.reason, "/settings/webhooks")
        repo = self.repos.by_row_id(SYSTEM, notice.repo_id).repo.repo_id
        return f"/{repo.path}/access" if notice.reason == "request" else "/settings/gated-repos"

    def _as_thread(self, message: EmailMessage, notice: Notice, host: str) -> None:
        """What mail programs sort by, and the text."""
        repo = self.repos.by_row_id(SYSTEM, str(notice.repo_id)).repo.repo_id
        thread = f"<discussion-{notice.discussion_id}@{host}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
        message["List-Id"] = f"{repo.full} <{repo.name}.{repo.namespace}.{host}>"
        leave = self.threads.way_out(str(notice.discussion_id), notice.account_id)
        way_out = f"{self.sender.base}/notifications/leave/{leave}"
        message["List-Unsubscribe"] = f"<{way_out}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["Subject"] = one_line(f"[{repo.full}] {notice.title} (#{notice.num})")
        link = f"{self.sender.base}/{repo.path}/discussions/{notice.num}" + (
            f"#{notice.comment_id}" if notice.comment_id else ""
        )
        did = f"{notice.actor_name} {_VERBS.get(notice.reason, 'wrote in')} {repo.full}#{notice.num}: {notice.title}"
        text = f"\n\n{notice.excerpt}" if notice.excerpt else ""
        message.set_content(f"{did}{text}\n\n-- \n{link}\nHear no more of this discussion: {way_out}\n")


def address_of(name: str, address: str) -> Address:
    """A header's address: the name as one line, and the mail address."""
    user, _, domain = address.rpartition("@")
    return Address(one_line(name), user, domain)


def one_line(text: str) -> str:
    """`text` as one line of a header: a title must not become a second header."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200]

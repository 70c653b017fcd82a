"""Letters about accounts by electronic mail; printed to the log where no mail server is set."""

import smtplib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import structlog

from freehold.base.clock import Clock, now
from freehold.base.errors import NotReached
from freehold.core.accounts.signing_in.letters import Letters, Ready
from freehold.features.notices.mail import Sender, Server, address_of, one_line

log = structlog.get_logger("freehold")

_CHANGED = {
    "password": "The password of your account {name} was changed, and its sessions have ended.",
    "address": "Your account {name} has another mail address now. The hub will not write to this one any more.",
    "closed": "Your account {name} is deleted, and its repositories will be gone in a moment.",
    "totp": "Codes of an authenticator app are now asked for when {name} signs in.",
    "no-totp": "Codes of an authenticator app are no longer asked for when {name} signs in.",
    "passkey": "A passkey was added to your account {name}.",
    "no-passkey": "A passkey was removed from your account {name}.",
    "no-factors": "The operator of the hub has taken the second factors off your account {name}.",
    "recovery": "New recovery codes were made for your account {name}. The old ones no longer work.",
}
_NOT_YOU = "If this was not you, set a new password at {base}/login/reset and tell the operator of the hub."
_IGNORE = "If you did not ask for this, do nothing."


@dataclass(frozen=True, slots=True)
class LetterPost:
    """Does the job `account.letter {letter_id}`. Addresses are always those of `sender.base`, the hub's own setting."""

    server: Server | None
    sender: Sender
    letters: Letters
    clock: Clock = now

    def send(self, payload: dict[str, Any]) -> None:
        """Send one. A repeat, after a crash between the server's yes and ours, makes the first one's link worthless."""
        ready = self.letters.ready(str(payload["letter_id"]))
        if ready is None:
            return
        message = self._message(ready)
        if self.server is None:
            log.warning(
                "a letter was not mailed, because the setting smtp_url is empty",
                to=ready.letter.email,
                subject=message["Subject"],
                text=message.get_content(),
            )
            return
        try:
            self.server.send(message)
        except smtplib.SMTPRecipientsRefused as refused:
            if any(code < 500 for code, _ in refused.recipients.values()):
                raise NotReached("The mail server asks to come again later.") from refused
            log.warning("letter refused for its recipient", letter=ready.letter.id)
        except (smtplib.SMTPException, OSError) as error:
            raise NotReached(f"The mail server did not take a letter: {type(error).__name__}.") from error

    def _message(self, ready: Ready) -> EmailMessage:
        subject, text = self._words(ready)
        message = EmailMessage(policy=SMTP)
        host = urlsplit(self.sender.base).hostname or "localhost"
        message["From"] = address_of(self.sender.hub_name, self.sender.mail_from or f"hub@{host}")
        message["To"] = address_of(ready.letter.name, ready.letter.email)
        message["Date"] = format_datetime(datetime.fromtimestamp(self.clock() / 1_000_000, UTC))
        message["Message-ID"] = f"<letter-{ready.letter.id}@{host}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Subject"] = one_line(subject)
        message.set_content(text)
        return message

    def _words(self, ready: Ready) -> tuple[str, str]:
        """Subject and text."""
        hub, base, name, secret = self.sender.hub_name, self.sender.base, ready.letter.name, ready.secret
        match ready.kind:
            case "reset":
                return f"A new password for {name} at {hub}", (
                    f"Somebody, probably you, asked for a new password for the account {name} at {hub}.\n\n"
                    f"Set it here, within half an hour:\n{base}/login/reset/{secret}\n\n{_IGNORE}\n"
                )
            case "sign-up":
                return f"Your account {name} at {hub}", (
                    f"Somebody, probably you, asked for the account {name} at {hub}, with this mail address.\n\n"
                    f"Make it here, within a day:\n{base}/signup/confirm/{secret}\n\n{_IGNORE}\n"
                )
            case "taken":
                return f"You have an account at {hub} already", (
                    f"Somebody, probably you, asked for an account at {hub} with this mail address, which belongs to an"
                    f" account already.\n\nSign in: {base}/login\nSet a new password: {base}/login/reset\n\n{_IGNORE}\n"
                )
            case "invitation":
                return f"You are invited to {hub}", (
                    f"The operator of {hub} invites you to have an account there.\n\n"
                    f"Make it here, within a week:\n{base}/signup/{secret}\n\nThe hub: {base}/\n"
                )
            case "address":
                return f"Is this your mail address, {name}?", (
                    f"The account {name} at {hub} wants to be reached at this address.\n\n"
                    f"Confirm it here, within a day:\n{base}/settings/address/{secret}\n\n{_IGNORE}\n"
                )
        told = _CHANGED[str(ready.letter.detail["what"])].format(name=name)
        return f"Your account {name} at {hub} was changed", f"{told}\n\n{_NOT_YOU.format(base=base)}\n"

"""Carrying by mail: SMTP to the operator's server, by Django's own backend, one line a turn."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from gongbi.core.messages.letters import Letter, NotTaken, WayAway, id_of
from gongbi.core.models import Message

TIMEOUT_SECONDS = 20
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def backend_of(said: str) -> EmailBackend:
    """Django's backend for ``smtp://user:password@host:port``, ``smtp+starttls://``, ``smtps://``."""
    parts = urlsplit(said)
    return EmailBackend(
        host=parts.hostname or "",
        port=parts.port or SCHEMES[parts.scheme],
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+starttls",
        use_ssl=parts.scheme == "smtps",
        timeout=TIMEOUT_SECONDS,
        fail_silently=False,
    )


class MailCarrier:
    """An open line to the mail server."""

    def __init__(self, backend: EmailBackend) -> None:
        self.backend = backend

    def carry(self, letter: Letter, message: Message) -> int:
        """Send one letter. It counts as one part."""
        said = mail_of(letter, id_of(message))
        try:
            self._open()
            if not self.backend.send_messages([said]):
                raise NotTaken("no-recipient", for_good=True)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _words in error.recipients.values()]
            self._begin_anew()
            raise NotTaken(str(codes[0]), for_good=all(c >= 500 for c in codes)) from error
        except smtplib.SMTPSenderRefused as error:
            raise WayAway(f"sender-{error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            self._begin_anew()
            raise NotTaken(str(error.smtp_code), for_good=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            self._begin_anew()
            raise NotTaken(type(error).__name__) from error
        except ValueError:  # an address or a heading that is none, maybe half way through
            self._begin_anew()
            raise
        return 1

    def _open(self) -> None:
        """A line that cannot be opened is the way's fault, not the letter's."""
        try:
            self.backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise WayAway(type(error).__name__) from error

    def _begin_anew(self) -> None:
        self.backend.fail_silently = True
        try:
            self.backend.close()
        finally:
            self.backend.fail_silently = False


@contextmanager
def mail_line() -> Iterator[MailCarrier]:
    """A carrier whose line is closed in the end."""
    carrier = MailCarrier(backend_of(settings.GONGBI_MAIL_URL))
    try:
        yield carrier
    finally:
        carrier._begin_anew()


def mail_of(letter: Letter, id: str) -> EmailMessage:
    """The mail: plain text, with the id by which a second sending is known."""
    sender = settings.GONGBI_MAIL_FROM
    home = parseaddr(sender)[1].rpartition("@")[2]
    headers = {
        "Message-ID": f"<{id}@{home}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.language,
    }
    if letter.stop:
        headers |= {
            "List-Unsubscribe": f"<{letter.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    return EmailMessage(letter.title, letter.text, sender, [letter.to], headers=headers)

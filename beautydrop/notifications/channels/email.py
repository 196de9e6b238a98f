"""E-mail, over whatever MAILERS names; one connection a batch."""

import contextlib
import smtplib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from beautydrop.notifications.channels import Refused, Unreachable
from beautydrop.notifications.kinds import Mail
from beautydrop.notifications.models import OutboxMessage


class EmailSender:
    """Opened at the first mail, so that a batch that is all dropped asks no server."""

    def __init__(self) -> None:
        self._mailer: Any = None

    def send(self, message: OutboxMessage, content: Mail) -> None:
        """Raises Refused when the server says that this address does not exist (a 5xx answer to it), Unreachable when
        there is no server.
        """
        email = EmailMultiAlternatives(
            subject=" ".join(content.subject.split()),
            body=content.text,
            to=[message.recipient],
            headers={"Message-ID": message_id(message), **content.headers},
        )
        if content.html:
            email.attach_alternative(content.html, "text/html")
        if content.calendar:
            email.attach(content.calendar_name, content.calendar, "text/calendar; method=PUBLISH; charset=utf-8")
        self._open()
        try:
            self._mailer.send_messages([email])
        except smtplib.SMTPRecipientsRefused as error:
            self.close()
            answers = list(error.recipients.values())
            if answers and all(500 <= code < 600 for code, _words in answers):
                raise Refused(" ".join(f"{code} {words!r}" for code, words in answers)) from error
            raise
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        if self._mailer is not None:
            return
        self._mailer = mailers.default
        try:
            self._mailer.open()
        except OSError as error:  # smtplib's own errors are among them: busy, or it doesn't take our password
            self.close()
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        except BaseException:
            self.close()
            raise

    def flush(self) -> None:
        """A mail is out when `send` returns."""

    def close(self) -> None:
        """What is left of a broken connection is of no use to the next mail."""
        mailer, self._mailer = self._mailer, None
        if mailer is not None:
            with contextlib.suppress(OSError):
                mailer.close()


def message_id(message: OutboxMessage) -> str:
    """The same for every try: a mail that was taken, but whose taking was not recorded, is known for the same again."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{message.pk}.{message.copies}@{host}>"

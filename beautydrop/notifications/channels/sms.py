"""SMS: to Twilio over HTTPS when it is set up, otherwise into the demo's mailbox."""

import base64
import json
import logging
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from beautydrop.notifications import segments
from beautydrop.notifications.channels import Refused
from beautydrop.notifications.channels.http import post
from beautydrop.notifications.models import Channel, MailboxMessage, OutboxMessage, Suppression

logger = logging.getLogger(__name__)

# Twilio's codes for a number that takes nothing, now and later.
_STOPPED = 21610  # its owner answered STOP
_NO_SUCH_NUMBER = {21211, 21214, 21217, 21407, 21421, 21614}


class NotTaken(Exception):
    """Twilio answered, and did not take the message: it may next time."""


class SmsSender:
    """Nothing is kept open between messages."""

    def send(self, message: OutboxMessage, content: str) -> None:
        """Raises Refused for a number that takes no SMS, for good."""
        text = segments.plain(content)
        if settings.SMS_BY == "twilio":
            _to_twilio(message.recipient, text)
        elif settings.SMS_BY == "mailbox":
            MailboxMessage.objects.create(
                channel=Channel.SMS, recipient=message.recipient, subject=text[:500], text=text
            )
        else:
            raise NotTaken("nobody carries SMS: TWILIO_ACCOUNT_SID is not set")

    def flush(self) -> None:
        """A message is out when `send` returns."""

    def close(self) -> None:
        """Nothing was opened."""


def _to_twilio(number: str, text: str) -> None:
    sid = settings.TWILIO_ACCOUNT_SID
    sender = "MessagingServiceSid" if settings.TWILIO_FROM.startswith("MG") else "From"
    secret = base64.b64encode(f"{sid}:{settings.TWILIO_AUTH_TOKEN}".encode()).decode()
    answer = post(
        f"{settings.TWILIO_API_URL}/2010-04-01/Accounts/{quote(sid, safe='')}/Messages.json",
        urlencode({"To": number, sender: settings.TWILIO_FROM, "Body": text}).encode(),
        {"Authorization": f"Basic {secret}", "Content-Type": "application/x-www-form-urlencoded"},
    )
    if 200 <= answer.status < 300:
        return
    code = _code(answer.body)
    if code == _STOPPED:
        raise Refused(f"Twilio {code}: the number answered STOP", reason=Suppression.Reason.STOPPED)
    if code in _NO_SUCH_NUMBER:
        raise Refused(f"Twilio {code}: the number takes no SMS")
    # Without the answer's words: they repeat the number, and reach the log.
    raise NotTaken(f"Twilio answered {answer.status}, code {code or 'none'}")


def _code(body: bytes) -> int:
    try:
        read: Any = json.loads(body)
        return int(read["code"])
    except (ValueError, KeyError, TypeError):
        return 0

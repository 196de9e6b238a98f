"""The ways to people beside mail: SMS, and push to a browser. Each is off unless it is set up."""

import base64
import binascii
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from beautydrop.settings.messages import CONTACT_EMAIL
from beautydrop.settings.reading import env
from beautydrop.settings.safety import ALLOW_PLAIN_HTTP, DEBUG

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

# --- SMS -----------------------------------------------------------------------------------------

TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
# A number (+4930…), a sender's name, or a messaging service (MG…).
TWILIO_FROM = env.str("TWILIO_FROM", default="")
TWILIO_API_URL = env.str("TWILIO_API_URL", default="https://api.twilio.com").rstrip("/")
_twilio = {
    "TWILIO_ACCOUNT_SID": TWILIO_ACCOUNT_SID,
    "TWILIO_AUTH_TOKEN": TWILIO_AUTH_TOKEN,
    "TWILIO_FROM": TWILIO_FROM,
}
if any(_twilio.values()) and not all(_twilio.values()):
    _missing = ", ".join(name for name, value in _twilio.items() if not value)
    raise ImproperlyConfigured(f"{_missing}: expected as well, or none of {', '.join(_twilio)}")
_api = urlsplit(TWILIO_API_URL)
if _api.scheme != "https" and not (_api.scheme == "http" and _api.hostname in _LOOPBACK):
    raise ImproperlyConfigured(
        f"TWILIO_API_URL: expected an https address (or http on this machine), got {TWILIO_API_URL!r}"
    )
# Who carries SMS: Twilio, the demo's mailbox, or nobody ("": no SMS is offered or written).
SMS_BY = "twilio" if TWILIO_ACCOUNT_SID else "mailbox" if DEBUG or ALLOW_PLAIN_HTTP else ""

# --- Web push ------------------------------------------------------------------------------------

VAPID_PUBLIC_KEY = env.str("VAPID_PUBLIC_KEY", default="")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")
# Whom a push service may write to about our pushes.
VAPID_CONTACT = env.str("VAPID_CONTACT", default=f"mailto:{CONTACT_EMAIL}")
# Where subscriptions may lie: the browsers' own services. A leading dot stands for every name below.
PUSH_HOSTS: list[str] = [
    host.lower()
    for host in env.list(
        "PUSH_HOSTS",
        default=[
            "fcm.googleapis.com",
            "updates.push.services.mozilla.com",
            ".push.apple.com",
            ".notify.windows.com",
        ],
    )
]
if bool(VAPID_PUBLIC_KEY) != bool(VAPID_PRIVATE_KEY):
    raise ImproperlyConfigured(
        "VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY: expected both, as `manage.py vapid_keys` prints them, or neither"
    )


def _is_key(value: str, length: int) -> bool:
    try:
        return len(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)) == length
    except (binascii.Error, ValueError):
        return False


for _name, _value, _length in (
    ("VAPID_PUBLIC_KEY", VAPID_PUBLIC_KEY, 65),
    ("VAPID_PRIVATE_KEY", VAPID_PRIVATE_KEY, 32),
):
    if _value and not _is_key(_value, _length):
        raise ImproperlyConfigured(f"{_name}: expected a key as `manage.py vapid_keys` prints it")
if not VAPID_CONTACT.startswith(("mailto:", "https://")):
    raise ImproperlyConfigured(f"VAPID_CONTACT: expected mailto:somebody@… or an https address, got {VAPID_CONTACT!r}")

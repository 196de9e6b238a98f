"""Mail, and the other ways to people."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from beautydrop.settings.reading import env, number, switch
from beautydrop.settings.safety import ALLOW_PLAIN_HTTP, DEBUG

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="BeautyDrop <bookings@beautydrop.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who reads what salons write on the contact page.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="hello@beautydrop.example")
_email_host = env.str("EMAIL_HOST", default="")
if _email_host:
    MAILERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _email_host,
                "port": number("EMAIL_PORT", 587, lowest=1, highest=65_535),
                "username": env.str("EMAIL_HOST_USER", default=""),
                "password": env.str("EMAIL_HOST_PASSWORD", default=""),
                "use_tls": switch("EMAIL_USE_TLS", default=True),
                "timeout": 20,
            },
        }
    }
elif DEBUG or ALLOW_PLAIN_HTTP:
    # No mail server: messages land on the page /demo/mailbox/.
    MAILERS = {"default": {"BACKEND": "beautydrop.notifications.mailbox.MailboxBackend"}}
else:
    raise ImproperlyConfigured("EMAIL_HOST: expected the mail server's name when DEBUG is off")

# --- Web push (off without keys) -----------------------------------------------------------------

VAPID_PUBLIC_KEY = env.str("VAPID_PUBLIC_KEY", default="")
VAPID_PRIVATE_KEY = env.str("VAPID_PRIVATE_KEY", default="")

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

# --- What the mail service reports ---------------------------------------------------------------

# The service whose webhooks tell of bounces and complaints, and the "user:password" that they carry.
EMAIL_EVENTS_FROM = env.str("EMAIL_EVENTS_FROM", default="").lower()
EMAIL_EVENTS_SECRET = env.str("EMAIL_EVENTS_SECRET", default="")
_services = ("brevo", "mailjet", "postmark", "sendgrid", "sparkpost")
if EMAIL_EVENTS_FROM and EMAIL_EVENTS_FROM not in _services:
    raise ImproperlyConfigured(f"EMAIL_EVENTS_FROM: expected one of {', '.join(_services)}, got {EMAIL_EVENTS_FROM!r}")
if EMAIL_EVENTS_FROM and (":" not in EMAIL_EVENTS_SECRET or len(EMAIL_EVENTS_SECRET) < 20):
    raise ImproperlyConfigured(
        "EMAIL_EVENTS_SECRET: expected user:password of at least 20 characters, the same as in the webhook's address"
    )

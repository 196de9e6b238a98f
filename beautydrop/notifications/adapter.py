"""Sign-in mails go through the outbox too: never sent inside a request, retried when the mail server is down."""

import uuid

from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from beautydrop.accounts.adapter import AccountAdapter as BaseAccountAdapter
from beautydrop.notifications import outbox
from beautydrop.notifications.kinds import Audience, Kind, Mail, register
from beautydrop.notifications.models import OutboxMessage

KIND = "account.mail"
FAREWELL = "account.farewell"


class AccountAdapter(BaseAccountAdapter):
    """The project's allauth adapter, with mail by outbox."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        from allauth.core import context as allauth_context

        request: HttpRequest | None = allauth_context.request
        message = self.render_mail(template_prefix, email, {"request": request, "email": email, **context})
        html = next((str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), "")
        outbox.post(
            FAREWELL if template_prefix == "account/email/account_deleted" else KIND,
            subject_id=uuid.uuid4(),
            recipient=email,
            language=translation.get_language() or "en",
            now=timezone.now(),
            payload={"subject": message.subject, "text": str(message.body), "html": html},
        )


def account_mail(message: OutboxMessage, _subject: object) -> Mail:
    """Account mails are complete when they are written: their links hold a key that is not kept elsewhere."""
    return Mail(**message.payload)


register(Kind(KIND, gettext_lazy("Your account"), Audience.ACCOUNT, mail=account_mail, is_essential=True))
register(
    Kind(
        FAREWELL,
        gettext_lazy("Your account is deleted"),
        Audience.ACCOUNT,
        mail=account_mail,
        is_essential=True,
        is_forgotten=True,
    )
)

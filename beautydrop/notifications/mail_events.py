"""What the mail service reports by webhook: addresses that don't exist, and people who call our mail spam.

django-anymail reads each service's own words and checks the shared secret; here they become suppressions.
"""

import json
import logging
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import tracking
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from beautydrop.notifications import reports
from beautydrop.notifications.models import Suppression
from beautydrop.web.access import public

logger = logging.getLogger(__name__)

# Those whose webhooks carry the shared secret as basic authentication.
_READERS: dict[str, Any] = {
    "brevo": BrevoTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}
_REASONS = {
    "bounced": Suppression.Reason.BOUNCED,
    "complained": Suppression.Reason.COMPLAINED,
}


@public
@never_cache
@csrf_exempt  # the service proves itself by the shared secret
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """One report or several; 404 where no service is set, 400 for what is unsigned or can't be read."""
    reader = _READERS.get(settings.EMAIL_EVENTS_FROM)
    if reader is None:
        return HttpResponseNotFound("no mail service is set\n", content_type="text/plain")
    try:
        answer: HttpResponse = reader.as_view(basic_auth=[settings.EMAIL_EVENTS_SECRET])(request)
    except AnymailWebhookValidationFailure:
        return HttpResponseBadRequest("not signed with the shared secret\n", content_type="text/plain")
    except (ValueError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
        logger.warning("a report of the mail service can't be read: %s", type(error).__name__)
        return HttpResponseBadRequest("this report can't be read\n", content_type="text/plain")
    return answer


def _heard(sender: Any, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Deferred mail is tried again by the service; only what is final counts."""
    reason = _REASONS.get(event.event_type)
    if reason is None or not event.recipient or event.reject_reason in {"timed_out", "blocked"}:
        return
    detail = f"{esp_name}: {event.description or event.reject_reason or event.event_type}"
    reports.record(event.recipient, reason, detail=detail, now=timezone.now())


tracking.connect(_heard, dispatch_uid="beautydrop.mail_events")

"""What customers get from the salon, as it really looks: each mail and each text, and the switch for SMS."""

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from beautydrop.bookings.messages import example
from beautydrop.notifications import texting
from beautydrop.shops import actions
from beautydrop.shops.access import Level, Standing, at_shop


@at_shop(Level.OWNER)
@require_safe
def messages(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Every kind with its mail and its text, for a booking of the salon that nobody made, in the language asked for."""
    language = _language(request)
    context = {
        "section": "settings",
        "examples": example.examples(standing.shop, language=language, now=timezone.now()),
        "language": language,
        "is_sms_on": texting.is_on(),
        "is_sms_real": settings.SMS_BY == "twilio",
    }
    return render(request, "bookings/manage/messages.html", context)


@at_shop(Level.OWNER)
@xframe_options_sameorigin
@csp_override({"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "frame-ancestors": [CSP.SELF]})
@require_safe
def message_mail(request: HttpRequest, standing: Standing, kind: str) -> HttpResponse:
    """The HTML of one mail, for the frame on the page; 404 for a kind that customers don't get by mail."""
    try:
        mail = example.example_mail(standing.shop, kind, language=_language(request), now=timezone.now())
    except KeyError as unknown:
        raise Http404 from unknown
    if mail is None:
        raise Http404
    return HttpResponse(mail.html)


@at_shop(Level.OWNER)
@require_POST
def messages_sms(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The switch: from now on, customers who ask for it are texted, or nobody is."""
    if not texting.is_on():
        raise Http404
    is_on = request.POST.get("sends_sms") == "on"
    actions.update_shop(shop=standing.shop, sends_sms=is_on)
    if is_on:
        notices.success(request, _("SMS is on. Customers can ask for it when they book."))
    else:
        notices.success(request, _("SMS is off. Customers get mail only."))
    return redirect("manage:messages", standing.shop.slug)


def _language(request: HttpRequest) -> str:
    """The language of the preview: the one asked for, or the page's own."""
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else get_language() or settings.LANGUAGE_CODE

"""The demo's mailbox: what a mail server would have got. Routed with DEBUG only."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from beautydrop.notifications import segments
from beautydrop.notifications.models import Channel, MailboxMessage
from beautydrop.web import requests
from beautydrop.web.access import public


@public
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    page = Paginator(MailboxMessage.objects.defer("html", "calendar"), 30).get_page(
        requests.whole(request.GET.get("page"), 1)
    )
    return render(request, "notifications/mailbox.html", {"page": page})


@public
@never_cache
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: as HTML in a frame, as text, and its calendar. One SMS: its text, and how many segments it takes."""
    found = get_object_or_404(MailboxMessage, pk=pk)
    measured = segments.measure(found.text) if found.channel == Channel.SMS else None
    return render(request, "notifications/mail.html", {"mail": found, "segments": measured})


@public
@never_cache
@xframe_options_sameorigin
@csp_override({"default-src": [CSP.NONE], "style-src": [CSP.UNSAFE_INLINE], "frame-ancestors": [CSP.SELF]})
@require_safe
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML part alone; its own strict policy: inline styles as mails have them, nothing else."""
    html = get_object_or_404(MailboxMessage, pk=pk).html
    # Links leave the frame, as they would leave a mail program.
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))

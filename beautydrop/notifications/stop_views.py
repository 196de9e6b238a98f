"""The page behind "Stop mails like this one": nothing happens by opening it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from beautydrop.notifications import stopping
from beautydrop.notifications.kinds import kind_of
from beautydrop.web import limits
from beautydrop.web.access import public


@public
@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signed link is the right to do it
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop one kind of mail to one address, or have it again; the link in the mail says which."""
    wanted = stopping.read(token)
    if wanted is None:
        limits.check("guessing", request)
        raise Http404
    try:
        kind = kind_of(wanted.kind)
    except KeyError as gone:
        raise Http404 from gone
    if request.method == "POST":
        if request.POST.get("resume"):
            stopping.resume(wanted)
        else:
            stopping.stop(wanted, now=timezone.now())
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(status=204)
        return redirect("notifications:stop", token)
    context = {
        "kind": kind.label,
        "address": wanted.address,
        "is_stopped": stopping.is_stopped(wanted),
        "has_account": bool(wanted.user_id),
    }
    return render(request, "notifications/stop.html", context)

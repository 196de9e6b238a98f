"""The bell and the list behind it: what came for the signed-in person."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import User
from beautydrop.notifications import reading
from beautydrop.notifications.models import Notification
from beautydrop.shops.access import works_anywhere
from beautydrop.web import requests
from beautydrop.web.access import public

_PER_PAGE = 20
_NOTHING_NEW = 204


@signed_in
@never_cache
@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """Newest first; opening the list reads nothing, following a line or the button does."""
    user = request.user
    assert isinstance(user, User)
    pages = Paginator(Notification.objects.filter(user=user).order_by("-at", "-pk"), _PER_PAGE)
    page = pages.get_page(requests.whole(request.GET.get("page"), 1))
    lines = list(page.object_list)
    context = {
        "page": page,
        "lines": lines,
        "newest": lines[0].pk if lines and page.number == 1 else None,
        "unread": reading.unread(user),
        "is_salons": not lines and works_anywhere(user),
    }
    return render(request, "notifications/centre.html", context)


@public  # it answers by itself: a bell on a page whose session has ended must not be given a sign-in page
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell's count, for the header of every page; 204 when it is the one that is shown, and for strangers."""
    if not isinstance(request.user, User):
        return HttpResponse(status=_NOTHING_NEW)
    count = reading.unread(request.user)
    known = requests.whole(request.GET.get("known"), -1, lowest=0)
    if count == known:
        return HttpResponse(status=_NOTHING_NEW)
    context = {"count": count, "shown": "99+" if count > 99 else str(count), "is_more": 0 <= known < count}
    return render(request, "notifications/bell.html", context)


@public  # as the bell
@never_cache
@require_safe
def newer(request: HttpRequest) -> HttpResponse:
    """The lines that came since the newest that the open list shows; 204 when there are none, and for strangers."""
    known = requests.key(request.GET.get("newest"))
    lines = reading.newer(request.user, known) if isinstance(request.user, User) and known else []
    if not lines:
        return HttpResponse(status=_NOTHING_NEW)
    return render(request, "notifications/newer.html", {"lines": lines, "newest": lines[0].pk})


@signed_in
@never_cache
@require_POST
def open_line(request: HttpRequest, line_id: uuid.UUID) -> HttpResponse:
    """Mark one line as read and go where it leads; 404 for a line of somebody else."""
    assert isinstance(request.user, User)
    line = reading.open_line(user=request.user, line_id=line_id, now=timezone.now())
    if line is None:
        raise Http404
    return redirect(requests.own_address(line.path, default="/messages/"))


@signed_in
@never_cache
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Everything that has come is read."""
    assert isinstance(request.user, User)
    reading.read_all(user=request.user, now=timezone.now())
    messages.success(request, _("Everything is marked as read."))
    return redirect("notifications:centre")

"""My bookings."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import User
from beautydrop.bookings import rows
from beautydrop.bookings.models import Booking
from beautydrop.web import requests

_PAST_A_PAGE = 10
_COMING_AT_MOST = 50


@signed_in
@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The next one as a ticket, what is coming up, and the past by pages."""
    assert isinstance(request.user, User)
    now = timezone.now()
    own = Booking.objects.of(request.user).select_related("shop", "service", "staff_member")
    coming = list(own.upcoming(now)[:_COMING_AT_MOST])
    standing = [booking for booking in coming if rows.state_of(booking, now) != "expired"]
    page = Paginator(own.past(now), _PAST_A_PAGE).get_page(requests.whole(request.GET.get("page"), 1))
    first = standing[0] if standing and page.number == 1 else None
    context: dict[str, Any] = {
        "next": rows.next_booking(first, now) if first else None,
        "coming": [rows.coming_row(booking, now) for booking in standing if booking is not first]
        if page.number == 1
        else [],
        "past": [rows.past_row(booking, now) for booking in page.object_list],
        "pages": _pages(page),
        "empty": not standing and not page.object_list,
    }
    return render(request, "bookings/mine.html", context)


def _pages(page: Any) -> dict[str, str]:
    """Addresses of the neighbouring pages, and where one is; nothing for a single page."""
    if page.paginator.num_pages < 2:
        return {"previous_url": "", "next_url": "", "line": ""}
    base = reverse("bookings:mine")
    return {
        "previous_url": f"{base}?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"{base}?page={page.next_page_number()}" if page.has_next() else "",
        "line": _("%(first)s to %(last)s of %(total)s")
        % {"first": page.start_index(), "last": page.end_index(), "total": page.paginator.count},
    }

"""New booking: for a client on the phone, or for somebody who walks in.

Fields say what is wanted; the button says the whole act, and what it said is what is booked: when the fields no longer
say the same, the form comes back with the new words instead.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from beautydrop.bookings.manage.entry_base import BLOCK, CLIENT, REGIONS, WALK_IN
from beautydrop.bookings.manage.entry_client import ClientEntry
from beautydrop.bookings.manage.entry_walk_in import WalkInEntry
from beautydrop.bookings.manage.wanted import require_own_column
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.web.htmx import region_of


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_booking(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The form of a kind (client, walk-in); POST books, or shows the form anew for its smaller buttons."""
    data = request.POST if request.method == "POST" else request.GET
    kind = data.get("kind") or request.GET.get("kind") or CLIENT
    if kind == BLOCK:
        query = {name: request.GET[name] for name in ("start", "staff", "date") if name in request.GET}
        return redirect(f"{reverse('manage:block_new', args=[standing.shop.slug])}?{urlencode(query)}")
    if request.method == "POST":
        require_own_column(standing, data)
    page = WalkInEntry(request, standing, data) if kind == WALK_IN else ClientEntry(request, standing, data)
    # Only the big button books: a press of any other, and whatever asks for a region, shows the form.
    is_look = bool(data.get("do") or data.get("pick") or data.get("choose")) or bool(region_of(request, REGIONS))
    if request.method == "POST" and not is_look:
        return page.book()
    return page.show()

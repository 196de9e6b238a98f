"""One booking as the salon sees it, and what it may do with it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from beautydrop.shops.access import Level, Standing, at_shop


@at_shop(Level.STAFF)
@require_safe
def booking(request: HttpRequest, standing: Standing, booking_id: uuid.UUID) -> HttpResponse:
    return HttpResponse(standing.shop.name)


@at_shop(Level.STAFF)
@require_POST
def booking_act(request: HttpRequest, standing: Standing, booking_id: uuid.UUID, act: str) -> HttpResponse:
    return HttpResponse(standing.shop.name)

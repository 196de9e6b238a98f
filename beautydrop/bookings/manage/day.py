"""The calendar's day."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from beautydrop.shops.access import Level, Standing, at_shop


@at_shop(Level.STAFF)
@require_safe
def day(request: HttpRequest, standing: Standing) -> HttpResponse:
    return HttpResponse(standing.shop.name)

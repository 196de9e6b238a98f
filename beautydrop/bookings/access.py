"""Access to a booking: whoever holds its unguessable link. The salon's people come to it by shops/access.py."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from beautydrop.bookings.models import Booking
from beautydrop.web import limits


def by_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands the view the booking of the link's token; 404 for any other. Never cached, anywhere."""

    @wraps(view)
    def inner(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        booking = (
            Booking.objects.select_related("shop", "service__shop", "staff_member", "customer__user")
            .filter(token=token)
            .first()
        )
        if booking is None:
            limits.check("guessing", request)
            raise Http404
        return view(request, booking, *args, **kwargs)

    wrapped = never_cache(inner)
    wrapped.access = "by_token"  # type: ignore[attr-defined]
    return wrapped

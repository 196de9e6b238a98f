"""The way into /manage/: which salon, and where in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import User
from beautydrop.shops.access import Level, Standing, at_shop, shops_of


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight into the only salon, a choice of several, or the start for somebody who has none yet."""
    assert isinstance(request.user, User)
    shops = shops_of(request.user)
    if len(shops) == 1:
        return redirect("manage:shop", shops[0].slug)
    if not shops:
        return redirect("manage:start")
    return render(request, "shops/manage/home.html", {"shops": shops})


@at_shop(Level.STAFF)
@require_safe
def shop(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The day; for the owner of a salon that is not open yet, its set-up."""
    if not standing.shop.is_active and standing.level >= Level.OWNER:
        return redirect("manage:setup", standing.shop.slug)
    return redirect("manage:day", standing.shop.slug)

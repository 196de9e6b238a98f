"""The policy of a salon, with the sentence that customers read shown as it is typed."""

from datetime import timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beautydrop.bookings.policy import Policy, short_terms
from beautydrop.shops import actions
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.manage_forms import PolicyForm
from beautydrop.shops.models import Shop
from beautydrop.web.htmx import is_htmx, render_page


@at_shop(Level.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Saves on POST; the region `sentence` answers a GET with the form's fields in the query."""
    shop = standing.shop
    is_trial = is_htmx(request) and request.GET.get("region") == "sentence"
    data = request.POST if request.method == "POST" else (request.GET if is_trial else None)
    form = PolicyForm(data, instance=shop)
    if request.method == "POST" and form.is_valid():
        actions.settle_terms(shop=shop, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The policy is saved. Bookings made before keep the terms they were made under."))
        return redirect("manage:policy", shop.slug)
    if data is not None:
        form.is_valid()  # puts what can be read onto the instance
    context = {"form": form, "section": "settings", **_sentence(shop)}
    if request.method == "POST":
        context["managed_shop"] = Shop.objects.get(pk=shop.pk)
    status = 422 if request.method == "POST" and form.errors else 200
    return render_page(request, "marketplace/manage/policy.html", context, regions=("sentence",), status=status)


def _sentence(shop: Shop) -> dict[str, str]:
    """The terms for a booking three days ahead of the salon's dearest kind of price: what customers will read."""
    service = shop.services.filter(is_active=True).order_by("position", "name").first()
    price = service.price if service else Decimal(40)
    now = timezone.now()
    days = max(3, shop.cancellation_cutoff_hours // 24 + 2)
    start = (now + timedelta(days=days)).replace(minute=15, second=0, microsecond=0)
    terms = Policy.of_shop(shop, starts_at=start, price=price)
    return {
        "sentence_strong": terms.headline(now),
        "sentence_rest": terms.rest(now),
        "short": short_terms(shop),
        "example": service.name if service else "",
    }

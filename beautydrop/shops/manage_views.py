"""The way into /manage/: which salon, the first steps, and what a salon says about itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from beautydrop.accounts import actions as people
from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import Client, User
from beautydrop.shops import actions
from beautydrop.shops.access import Level, Standing, at_shop, shops_of
from beautydrop.shops.guessing import guesses
from beautydrop.shops.manage_forms import BusinessForm, ShopForm
from beautydrop.web.access import public


@signed_in
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Straight into the only salon, a choice of several, or the start for somebody who has none yet."""
    assert isinstance(request.user, User)
    page = Paginator(shops_of(request.user), 50).get_page(request.GET.get("page"))
    shops = list(page)
    if page.paginator.count == 1:
        return redirect("manage:shop", shops[0].slug)
    if not shops:
        return redirect("manage:start")
    is_client = Client.objects.filter(user=request.user).exists()
    return render(request, "shops/manage/home.html", {"shops": shops, "page": page, "is_client": is_client})


@at_shop(Level.STAFF)
@require_safe
def shop(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The day; for the owner of a salon that is not open yet, its set-up."""
    if not standing.shop.is_active and standing.level >= Level.OWNER:
        return redirect("manage:setup", standing.shop.slug)
    return redirect("manage:day", standing.shop.slug)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """For salons: what it is, and the first step. Signed in, the business gets its name here."""
    if not isinstance(request.user, User):
        return render(request, "shops/manage/for_salons.html")
    client = Client.objects.filter(user=request.user).first()
    initial = {"business_name": client.business_name, "phone": client.phone} if client else None
    form = BusinessForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        people.become_client(user=request.user, **form.cleaned_data)
        return redirect("manage:new_shop")
    return render(request, "shops/manage/start.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_shop(request: HttpRequest) -> HttpResponse:
    """A salon of the signed-in client: closed for booking until it is published."""
    assert isinstance(request.user, User)
    client = Client.objects.filter(user=request.user).first()
    if client is None:
        return redirect("manage:start")
    known = {"name": client.business_name, "phone": client.phone}
    guessed = guesses(client, languages=request.headers.get("Accept-Language", ""), now=timezone.now())
    form = ShopForm(request.POST or None, initial=known | guessed)
    if request.method == "POST" and form.is_valid():
        made = actions.create_shop(client=client, is_active=False, **form.cleaned_data)
        messages.success(request, _("%(shop)s is made. Six short steps and it can be booked.") % {"shop": made.name})
        return redirect("manage:setup", made.slug)
    return render(request, "shops/manage/new_shop.html", {"form": form}, status=422 if form.errors else 200)


@at_shop(Level.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What a salon says about itself: name, place, zone, currency."""
    found = standing.shop
    form = ShopForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        actions.update_shop(shop=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("manage:settings", found.slug)
    if form.errors:
        found.refresh_from_db()  # the shell shows the salon as it is, the form what was typed
    context = {"form": form, "section": "settings"}
    return render(request, "shops/manage/settings.html", context, status=422 if form.errors else 200)

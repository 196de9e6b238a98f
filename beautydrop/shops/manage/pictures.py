"""The salon's pictures: add, describe, order, remove. What may come in is decided in shops/pictures.py."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from beautydrop.shops import pictures as store
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.manage.forms import NewPictureForm, PictureForm
from beautydrop.shops.manage.rows import moved
from beautydrop.shops.models import ShopPicture
from beautydrop.web import uploads


@at_shop(Level.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: HttpRequest, standing: Standing) -> HttpResponse:
    """All of them, and a place for one more."""
    form = NewPictureForm(request.POST, request.FILES) if request.method == "POST" else NewPictureForm()
    if request.method == "POST" and _is_added(request, standing, form):
        messages.success(request, _("The picture is added."))
        return redirect("manage:pictures", standing.shop.slug)
    found = list(standing.shop.pictures.all())
    context = {"section": "settings", "form": form, "pictures": found, "is_full": len(found) >= store.MAX_PICTURES}
    return render(request, "shops/manage/pictures.html", context, status=422 if form.errors else 200)


@at_shop(Level.OWNER)
@require_POST
def picture_describe(request: HttpRequest, standing: Standing, picture_id: UUID) -> HttpResponse:
    """Say what it shows."""
    found = _picture(standing, picture_id)
    form = PictureForm(request.POST)
    if form.is_valid():
        store.describe_picture(picture=found, alt=form.cleaned_data["alt"])
        messages.success(request, _("The description is saved."))
    else:
        messages.error(request, " ".join(str(words) for words in form.errors["alt"]))
    return redirect("manage:pictures", standing.shop.slug)


@at_shop(Level.OWNER)
@require_POST
def picture_move(request: HttpRequest, standing: Standing, picture_id: UUID) -> HttpResponse:
    """One place earlier (`to=up`) or later."""
    found = _picture(standing, picture_id)
    ids = [one.pk for one in standing.shop.pictures.all()]
    store.arrange_pictures(shop=standing.shop, ids=moved(ids, found.pk, request.POST.get("to", "")))
    return redirect("manage:pictures", standing.shop.slug)


@at_shop(Level.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def picture_remove(request: HttpRequest, standing: Standing, picture_id: UUID) -> HttpResponse:
    """A page of its own with the picture that goes."""
    found = _picture(standing, picture_id)
    if request.method == "POST":
        store.remove_picture(picture=found)
        messages.success(request, _("The picture is removed."))
        return redirect("manage:pictures", standing.shop.slug)
    context = {
        "section": "settings",
        "back": (reverse("manage:pictures", args=[standing.shop.slug]), _("Pictures")),
        "heading": _("Remove this picture?"),
        "words": _("Customers don’t see it any more, and its files are deleted."),
        "picture": found,
        "button": _("Remove the picture"),
        "keep": _("Keep it"),
    }
    return render(request, "shops/manage/farewell.html", context)


def _picture(standing: Standing, picture_id: UUID) -> ShopPicture:
    return get_object_or_404(standing.shop.pictures, pk=picture_id)


def _is_added(request: HttpRequest, standing: Standing, form: NewPictureForm) -> bool:
    """True once it is kept; otherwise the form says why not."""
    if uploads.is_too_large(request):
        form.errors["picture"] = form.error_class([*store.too_large().messages])
        return False
    if not form.is_valid():
        return False
    file = form.cleaned_data["picture"]
    try:
        store.add_picture(shop=standing.shop, source=file, size=file.size, alt=form.cleaned_data["alt"])
    except ValidationError as error:
        form.add_error("picture", ValidationError(error.messages))
        return False
    return True

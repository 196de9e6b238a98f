"""A superuser may look at the site as another person sees it: look only, with a banner, and every time is on record.

The session keeps who is looked as; the middleware puts that person on the request and refuses everything that
is not a look (any method but GET and HEAD), so nothing can be booked, changed or paid in somebody's name. What is for
the person's own eyes under /account/ stays closed.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from beautydrop.accounts import audit
from beautydrop.accounts.models import LookAs, User
from beautydrop.web.access import public

_SESSION = "look_as"


@transaction.atomic
def begin(request: HttpRequest, *, person: User, now: datetime) -> None:
    """From the next request on, the signed-in superuser sees what `person` sees. Raises PermissionDenied."""
    admin = request.user
    if not isinstance(admin, User) or not _may_look(admin, person):
        raise PermissionDenied
    look = LookAs.objects.create(admin=admin, person=person, began_at=now)
    audit.record(audit.Kind.LOOKED_AS, subject=person, by=admin, now=now)
    request.session[_SESSION] = look.pk


def end(request: HttpRequest, *, now: datetime) -> None:
    """Back to oneself."""
    look_id = request.session.pop(_SESSION, None)
    LookAs.objects.filter(pk=look_id, ended_at=None).update(ended_at=now)


def _may_look(admin: User | AnonymousUser, person: User) -> bool:
    """Asked again at each request: either may have changed since the look began."""
    return admin.is_superuser and person.is_active and not person.is_superuser


class LookAsMiddleware:
    """Puts the person who is looked as on the request (`request.looking` says so), and keeps it to looking."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Pictures are nobody's: their answers stay free of sessions and cookies.
        look_id = None if request.path.startswith(settings.MEDIA_URL) else request.session.get(_SESSION)
        if look_id is not None:
            look = LookAs.objects.select_related("person", "admin").filter(pk=look_id, ended_at=None).first()
            admin = request.user
            if look is None or look.admin_id != admin.pk or not _may_look(admin, look.person):
                request.session.pop(_SESSION, None)
            elif request.path.startswith(reverse("admin:index")):
                pass  # the admin stays the admin's own
            else:
                if request.method not in {"GET", "HEAD"} and request.path != reverse("accounts:stop_looking"):
                    raise PermissionDenied
                if _is_private(request.path):
                    raise PermissionDenied
                request.looking = look  # type: ignore[attr-defined]
                request.user = look.person
        return self.get_response(request)


def _is_private(path: str) -> bool:
    """True for what is for the person's own eyes: where they are signed in, their codes, their file."""
    index = reverse("accounts:index")
    shown = {index, reverse("accounts:profile"), reverse("accounts:stop_looking")}
    return path.startswith(index) and path not in shown


@public
@require_POST
def stop_looking(request: HttpRequest) -> HttpResponse:
    """The banner's button."""
    end(request, now=timezone.now())
    return redirect("admin:accounts_user_changelist")

"""Moving a booking: by the form, and by dragging, which sends the same form."""

import uuid
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beautydrop.bookings import actions
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import facts, offers
from beautydrop.bookings.manage.forms import WhenForm
from beautydrop.bookings.manage.toast import by_of, may_see
from beautydrop.bookings.manage.wanted import Wanted, own_column, require_own_column
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Openings
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import StaffMember
from beautydrop.web import formats
from beautydrop.web.htmx import is_htmx, region_of, render_page

_REGIONS = ("panel", "choice", "moved")


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def booking_move(request: HttpRequest, standing: Standing, booking_id: uuid.UUID) -> HttpResponse:
    """Day, start and person in a form; POST moves. Dragging (HX-Request, no region) gets words and an Undo, or 409."""
    shop, now = standing.shop, timezone.now()
    booking = Booking.objects.select_related("service", "staff_member").filter(pk=booking_id, shop=shop).first()
    if booking is None:
        raise Http404
    if not may_see(standing, booking):
        raise PermissionDenied
    booking.shop = booking.service.shop = shop
    data = request.POST if request.method == "POST" else request.GET
    require_own_column(standing, data)
    wanted = Wanted.read(data, standing)
    if not wanted.day_typed and not wanted.time_typed and "start" not in data:
        local = booking.starts_at.astimezone(shop.zone)
        wanted = Wanted(None, wanted.staff_id, local.date(), local.time(), local.date().isoformat(), f"{local:%H:%M}")
    page = _Move(request, standing, booking, wanted, now)
    if request.method != "POST" or data.get("do") or data.get("pick") or region_of(request, ("panel", "choice")):
        return page.show()
    return page.move()


class _Move:
    def __init__(
        self, request: HttpRequest, standing: Standing, booking: Booking, wanted: Wanted, now: datetime
    ) -> None:
        self.request, self.standing, self.booking, self.now = request, standing, booking, now
        self.shop = standing.shop
        self.wanted = wanted
        self.people = self._people()
        # Whoever it is booked with, unless somebody else is asked for.
        self.staff_id = wanted.staff_id or booking.staff_member_id
        self.form: WhenForm | None = None

    def _people(self) -> list[StaffMember]:
        """Who does the service, and who has the booking now: one query."""
        own = own_column(self.standing)
        if own:
            return [own]
        does = StaffMember.objects.filter(shop=self.shop, is_active=True, assignments__service=self.booking.service)
        found = list(does)
        if self.booking.staff_member_id not in {one.pk for one in found}:
            found.insert(0, self.booking.staff_member)
        return found

    def _load(self, day: date) -> Openings:
        own = own_column(self.standing)
        return openings.load(
            self.booking.service,
            now=self.now,
            first=day,
            last=day,
            staff_id=own.pk if own else None,
            own_claim=self.booking.pk,
            duration_minutes=self.booking.duration_minutes,
            is_shop=True,
        )

    def _make_form(self, *, is_bound: bool) -> WhenForm:
        is_sent = self.request.method == "POST"
        values = {
            "staff": str(self.staff_id),
            "date": self.wanted.day_typed,
            "time": self.wanted.time_typed,
            "tell": self.request.POST.get("tell") == "on" if is_sent else bool(self.booking.contact_email),
        }
        return WhenForm(
            **({"data": values} if is_bound else {"initial": values}), people=self.people, with_anyone=False
        )

    def show(self, *, status: int = 200) -> HttpResponse:
        form = self.form or self._make_form(is_bound=False)
        booking, day, zone = self.booking, self.wanted.day, self.shop.zone
        start = self.wanted.start(self.shop)
        context: dict[str, Any] = {
            "section": "calendar",
            "booking": booking,
            "form": form,
            "people": self.people,
            "staff_value": str(self.staff_id),
            "is_movable": booking.status == State.CONFIRMED,
            "status_words": booking.get_status_display(),
            "old": {
                "moment": formats.moment(booking.starts_at, zone),
                "who": booking.staff_member.short_name,
                "minutes": formats.minutes(booking.duration_minutes),
            },
            "form_action": reverse("manage:booking_move", args=[self.shop.slug, booking.pk]),
            "back_url": reverse("manage:booking", args=[self.shop.slug, booking.pk]),
            "back_words": _("Back to the booking"),
            "zone_note": formats.zone_label(start or booking.starts_at, zone),
            "act": _("Move this booking"),
            "is_picked": bool(self.request.POST.get("pick")),
            "near_heading": _("Nearest free"),
        }
        if day and booking.status == State.CONFIRMED:
            loaded = self._load(day)
            chosen = loaded.at(start, self.staff_id) if start else None
            is_same = start == booking.starts_at and self.staff_id == booking.staff_member_id
            if chosen and not is_same:
                context["act"] = _("Move to %(moment)s with %(who)s") % {
                    "moment": formats.moment(chosen.start, zone),
                    "who": chosen.performer.staff.short_name,
                }
            elif start and not chosen and not is_same and not form.is_bound:
                reason = loaded.refusal(start, self.staff_id)
                if reason:
                    context["refused"] = facts.refused_words(loaded, start, self.staff_id, reason, now=self.now)
            near = offers.near(loaded, day=day, wanted=start, staff_id=self.staff_id, now=self.now)
            on_day = offers.of_day(loaded, day, self.staff_id)
            context |= {
                "near": [offers.offer(one, self.shop, day=day, is_chosen=one == chosen) for one in near],
                "all_times": [offers.offer(one, self.shop, day=day, is_chosen=one == chosen) for one in on_day],
                "day_words": formats.day_short(day),
                "is_full": not on_day,
            }
        return render_page(
            self.request, "bookings/manage/move.html", context, regions=("panel", "choice"), status=status
        )

    def move(self) -> HttpResponse:
        form = self.form = self._make_form(is_bound=True)
        if self.staff_id not in {one.pk for one in self.people} and (words := self._not_theirs()):
            form.add_error("staff", words)
            return self._refused(words, 409)
        if not form.is_valid():
            return self._refused(str(next(iter(form.errors.values()))[0]), 422)
        start = self.wanted.start(self.shop)
        assert start is not None
        old_start, old_staff = self.booking.starts_at, self.booking.staff_member_id
        tell = form.cleaned_data["tell"]
        try:
            moved = actions.reschedule(
                booking_id=self.booking.pk,
                staff_id=self.staff_id,
                start=start,
                by=by_of(self.request, self.standing),
                now=self.now,
                tell=tell,
            )
        except BookingError as error:
            words = self._why_not(error, start)
            form.add_error("time", words)
            return self._refused(words, 409)
        is_changed = (moved.starts_at, moved.staff_member_id) != (old_start, old_staff)
        words = self._moved_words(moved, tell=tell and bool(moved.contact_email)) if is_changed else self._same_words()
        if is_htmx(self.request):
            context = {
                "words": words,
                "form_action": reverse("manage:booking_move", args=[self.shop.slug, moved.pk]),
                "old_start": iso(old_start),
                "old_staff": old_staff,
                "tell": tell,
                "is_changed": is_changed,
            }
            return render_page(self.request, "bookings/manage/moved.html", context)
        messages.success(self.request, words)
        return redirect("manage:booking", self.shop.slug, moved.pk)

    def _not_theirs(self) -> str:
        """`Jonas doesn’t do Gel manicure`; empty for somebody who is not of this shop."""
        other = StaffMember.objects.filter(shop=self.shop, pk=self.staff_id).first()
        if other is None:
            return ""
        return _("%(who)s doesn’t do %(service)s") % {"who": other.short_name, "service": self.booking.service.name}

    def _refused(self, words: str, status: int) -> HttpResponse:
        if is_htmx(self.request):
            return render_page(self.request, "bookings/manage/moved.html", {"refused": words}, status=status)
        return self.show(status=status)

    def _why_not(self, error: BookingError, start: datetime) -> str:
        if self.wanted.day is None or error.code in {"conflict", "too_late", "expired"}:
            return error.message
        loaded = self._load(self.wanted.day)
        reason = loaded.refusal(start, self.staff_id)
        if reason is None:
            return error.message
        return facts.refused_words(loaded, start, self.staff_id, reason, now=self.now)

    def _moved_words(self, booking: Booking, *, tell: bool) -> str:
        words = {
            "client": booking.contact_name,
            "moment": formats.moment(booking.starts_at, self.shop.zone),
            "who": booking.staff_member.short_name,
        }
        if tell:
            return _("Moved: %(client)s, %(moment)s with %(who)s. An e-mail is on its way.") % words
        return _("Moved: %(client)s, %(moment)s with %(who)s. Nobody was told.") % words

    def _same_words(self) -> str:
        return _("%(client)s stays on %(moment)s.") % {
            "client": self.booking.contact_name,
            "moment": formats.moment(self.booking.starts_at, self.shop.zone),
        }

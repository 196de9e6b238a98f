"""New booking for somebody at the counter."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from beautydrop.availability import minutes_of, to_datetime
from beautydrop.bookings import actions
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import offers
from beautydrop.bookings.manage.entry_base import WALK_IN, Entry
from beautydrop.bookings.manage.toast import by_of
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import SHOP_GRID_MINUTES, Opening, Openings
from beautydrop.shops.access import Standing
from beautydrop.shops.models import Service
from beautydrop.web import formats

# A walk-in is somebody who stands at the counter: what can't begin within the hour is no use to them.
_WITHIN_MINUTES = 60


class WalkInEntry(Entry):
    """Somebody at the counter: what can begin within the hour, soonest person first, one press to book."""

    kind = WALK_IN
    template = "bookings/manage/walk_in.html"

    def __init__(self, request: HttpRequest, standing: Standing, data: QueryDict) -> None:
        super().__init__(request, standing, data)
        minute = minutes_of(self.now)
        self.first_minute = minute - minute % SHOP_GRID_MINUTES
        last = (self.now + timedelta(minutes=_WITHIN_MINUTES)).astimezone(self.shop.zone).date()
        self.loaded = openings.load_many(
            self.menu.services,
            now=self.now,
            first=self.today,
            last=last,
            staff_id=self.own.pk if self.own else None,
            is_shop=True,
        )
        self.fitting = {
            service.pk: soonest for service in self.menu.services if (soonest := self._soonest(self.loaded[service.pk]))
        }

    def _soonest(self, loaded: Openings) -> list[Opening]:
        """The first start within the hour of each person who has one, soonest first."""
        to = self.first_minute + _WITHIN_MINUTES + 1
        found = []
        for performer in loaded.performers:
            found += loaded.first_free(performer.staff.pk, frm=self.first_minute, to=to)
        return sorted(found, key=lambda one: (one.start, not one.performer.is_primary, one.performer.staff.position))

    def show(self, *, status: int = 200) -> HttpResponse:
        form = self.form or self.make_form(is_bound=False)
        services = [one for one in self.menu.services if one.pk in self.fitting]
        service = next((one for one in services if one.pk == self.wanted.service_id), services[0] if services else None)
        takers = self.fitting[service.pk] if service else []
        start = self.wanted.start(self.shop) if service and service.pk == self.wanted.service_id else None
        chosen = next(
            (one for one in takers if one.start == start and one.performer.staff.pk == self.wanted.staff_id),
            takers[0] if takers else None,
        )
        context: dict[str, Any] = {
            "form": form,
            "service": service,
            "services": [
                {
                    "value": str(one.pk),
                    "name": one.name,
                    "category": one.category,
                    "facts": f"{formats.minutes(self.fitting[one.pk][0].performer.duration_minutes)} · "
                    f"{formats.money(self.fitting[one.pk][0].performer.price, self.shop.currency)}",
                    "selected": one is service,
                }
                for one in services
            ],
            "takers": [self._taker(one, is_chosen=one is chosen) for one in takers],
            "act": _("Book"),
        }
        if service and chosen:
            local = chosen.start.astimezone(self.shop.zone)
            context |= {
                "act": self.act_words(service, chosen),
                "date": local.date().isoformat(),
                "time": f"{local:%H:%M}",
                "staff": str(chosen.performer.staff.pk),
                "said": f"{service.pk}/{iso(chosen.start)}/{chosen.performer.staff.pk}/{chosen.performer.staff.pk}",
                "room": self._room(service, chosen),
            }
        return self.page(context, status)

    def _taker(self, opening: Opening, *, is_chosen: bool) -> offers.Offer:
        waits = minutes_of(opening.start) - minutes_of(self.now)
        name = opening.performer.staff.short_name
        who = (
            _("%(who)s, now") % {"who": name}
            if waits <= 0
            else _("%(who)s, in %(wait)s") % {"who": name, "wait": formats.minutes(waits)}
        )
        shown = offers.offer(opening, self.shop, day=opening.start.astimezone(self.shop.zone).date())
        return offers.Offer(shown.value, shown.time, who, shown.label, is_chosen)

    def _room(self, service: Service, opening: Opening) -> str:
        """`Jonas has until 14:15. Men’s cut takes 30 min.`"""
        performer = opening.performer
        end = minutes_of(opening.end)
        limits = [start for start, _end in performer.busy.intervals if start >= end]
        limits += [window.end for window in performer.windows if window.start <= minutes_of(opening.start) < window.end]
        names = {"service": service.name, "takes": formats.minutes(performer.duration_minutes)}
        if not limits:
            return _("%(service)s takes %(takes)s.") % names
        until = formats.clock(to_datetime(min(limits)), self.shop.zone)
        return _("%(who)s has until %(until)s. %(service)s takes %(takes)s.") % {
            "who": performer.staff.short_name,
            "until": until,
            **names,
        }

    def book(self) -> HttpResponse:
        is_kept, _named = self.promised()
        if not is_kept:
            self.notice = _("You changed what the button says. Read it again, then book.")
            return self.show()
        form = self.form = self.make_form(is_bound=True)
        if not form.is_valid():
            return self.show(status=422)
        try:
            booking = self.write(form, self.wanted.staff_id, name=form.cleaned_data["name"] or _("Walk-in"))
        except BookingError as error:
            form.add_error("service", error.message)
            return self.show(status=409)
        return self.done(self._seated(booking))

    def _seated(self, booking: Booking) -> Booking:
        """Who starts now is here; one who waits is not marked yet."""
        if booking.status != State.CONFIRMED or booking.starts_at > self.now:
            return booking
        try:
            return actions.mark_arrived(booking_id=booking.pk, by=by_of(self.request, self.standing), now=self.now)
        except BookingError:  # somebody changed it in this very moment: the booking stands
            return booking

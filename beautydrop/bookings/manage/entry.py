"""New booking: for a client on the phone, or for somebody who walks in.

Fields say what is wanted; the button says the whole act, and what it said is what is booked: when the fields no longer
say the same, the form comes back with the new words instead.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beautydrop.availability import minutes_of, to_datetime
from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.choosing import ANYONE, iso
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import contacts, facts, offers
from beautydrop.bookings.manage.contacts import Known
from beautydrop.bookings.manage.forms import EntryForm
from beautydrop.bookings.manage.toast import by_of, may_see
from beautydrop.bookings.manage.wanted import Wanted, own_column, require_own_column
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import SHOP_GRID_MINUTES, Opening, Openings
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Service, StaffMember, StaffServiceAssignment
from beautydrop.web import formats, requests
from beautydrop.web.htmx import region_of, render_page

CLIENT, WALK_IN, BLOCK = "client", "walk-in", "block"
_REGIONS = ("entry", "choice", "found", "panel")
# A walk-in is somebody who stands at the counter: what can't begin within the hour is no use to them.
_WITHIN_MINUTES = 60


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def new_booking(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The form of a kind (client, walk-in); POST books, or shows the form anew for its smaller buttons."""
    data = request.POST if request.method == "POST" else request.GET
    kind = data.get("kind") or request.GET.get("kind") or CLIENT
    if kind == BLOCK:
        query = {name: request.GET[name] for name in ("start", "staff", "date") if name in request.GET}
        return redirect(f"{reverse('manage:block_new', args=[standing.shop.slug])}?{urlencode(query)}")
    if request.method == "POST":
        require_own_column(standing, data)
    page = _WalkIn(request, standing, data) if kind == WALK_IN else _Client(request, standing, data)
    # Only the big button books: a press of any other, and whatever asks for a region, shows the form.
    is_look = bool(data.get("do") or data.get("pick") or data.get("choose")) or bool(region_of(request, _REGIONS))
    if request.method == "POST" and not is_look:
        return page.book()
    return page.show()


@dataclass(frozen=True, slots=True)
class Menu:
    """What the shop sells and who does it, as far as the person may book it: three queries."""

    services: list[Service]
    staff: list[StaffMember]
    does: dict[uuid.UUID, set[uuid.UUID]]

    @classmethod
    def load(cls, standing: Standing, *, is_whole: bool = False) -> "Menu":
        """`is_whole`: with what is switched off and, for a manager, what nobody does."""
        own = own_column(standing)
        staff = [own] if own else list(StaffMember.objects.filter(shop=standing.shop, is_active=True))
        does: dict[uuid.UUID, set[uuid.UUID]] = {}
        pairs = StaffServiceAssignment.objects.filter(staff_member__in=[one.pk for one in staff])
        for service_id, staff_id in pairs.values_list("service_id", "staff_member_id"):
            does.setdefault(service_id, set()).add(staff_id)
        found = standing.shop.services.all() if is_whole else standing.shop.services.filter(is_active=True)
        services = [one for one in found if one.pk in does or (is_whole and own is None)]
        for service in services:
            service.shop = standing.shop
        return cls(services, staff, does)

    def service(self, key: uuid.UUID | None) -> Service | None:
        return next((one for one in self.services if one.pk == key), None)

    def member(self, key: uuid.UUID | None) -> StaffMember | None:
        return next((one for one in self.staff if one.pk == key), None)


class _Entry:
    """What both kinds share: the menu, the wanted time, the button's words and what they promise."""

    kind = ""
    template = ""

    def __init__(self, request: HttpRequest, standing: Standing, data: QueryDict) -> None:
        self.request, self.standing, self.data = request, standing, data
        self.shop, self.now = standing.shop, timezone.now()
        self.today = self.now.astimezone(self.shop.zone).date()
        self.menu = Menu.load(standing)
        self.wanted = Wanted.read(data, standing).on(self.today)
        self.own = own_column(standing)
        self.known: Known | None = None
        self.form: EntryForm | None = None
        self.notice = ""

    # The form

    def make_form(self, *, is_bound: bool) -> EntryForm:
        values: dict[str, Any] = {
            "form_token": self.data.get("form_token") or uuid.uuid4().hex,
            "name": self.data.get("name", ""),
            "phone": self.data.get("phone", ""),
            "email": self.data.get("email", ""),
            "service": str(self.wanted.service_id or ""),
            "staff": self.wanted.staff_value,
            "date": self.wanted.day_typed,
            "time": self.wanted.time_typed,
            # Ticked until somebody unticks it: a form that was sent says so by leaving it out.
            "tell": self.data.get("tell") == "on" or "form_token" not in self.data,
        }
        if self.known:
            values |= {"name": self.known.name, "phone": self.known.phone, "email": self.known.email}
        return EntryForm(
            **({"data": values} if is_bound else {"initial": values}),
            people=self.menu.staff,
            with_anyone=self.own is None,
            services=self.menu.services,
            region=self.shop.country,
            is_name_needed=self.kind == CLIENT,
        )

    def said(self, service: Service, opening: Opening) -> str:
        """What the button promised: the choice as it stood, and who would do it."""
        return f"{service.pk}/{iso(opening.start)}/{self.wanted.staff_value}/{opening.performer.staff.pk}"

    def promised(self) -> tuple[bool, uuid.UUID | None]:
        """(whether the fields still say what the button said, the person it named)."""
        said = str(self.data.get("said") or "")
        if not said:
            return True, None
        start = self.wanted.start(self.shop)
        fields = f"{self.wanted.service_id}/{iso(start) if start else ''}/{self.wanted.staff_value}/"
        return said.startswith(fields), requests.key(said.rpartition("/")[2])

    def act_words(self, service: Service, opening: Opening) -> str:
        return _("Book %(service)s, %(time)s with %(who)s") % {
            "service": service.name,
            "time": formats.clock(opening.start, self.shop.zone),
            "who": opening.performer.staff.short_name,
        }

    # Booking

    def write(self, form: EntryForm, staff_id: uuid.UUID | None, *, name: str) -> Booking:
        """Through the one action; raises BookingError."""
        start = self.wanted.start(self.shop)
        assert start is not None and self.wanted.service_id is not None
        email = form.cleaned_data["email"]
        return actions.book(
            service_id=self.wanted.service_id,
            staff_id=staff_id,
            start=start,
            contact=Contact(name, email, form.cleaned_data["phone"], get_language() or "en"),
            by=by_of(self.request, self.standing),
            now=self.now,
            idempotency_key=form.cleaned_data["form_token"],
            tell=form.cleaned_data["tell"] and bool(email),
            client_id=uuid.UUID(self.known.key) if self.known else None,
            is_client_added=self.kind == CLIENT,
        )

    def done(self, booking: Booking) -> HttpResponse:
        words = _("Booked: %(service)s for %(client)s, %(moment)s with %(who)s.") % {
            "service": booking.service_name,
            "client": booking.contact_name,
            "moment": formats.moment(booking.starts_at, self.shop.zone),
            "who": booking.staff_member.short_name,
        }
        messages.success(self.request, words)
        day = booking.starts_at.astimezone(self.shop.zone).date()
        return redirect(f"{reverse('manage:day', args=[self.shop.slug])}?{urlencode({'date': day.isoformat()})}")

    def show(self, *, status: int = 200) -> HttpResponse:
        raise NotImplementedError

    def book(self) -> HttpResponse:
        raise NotImplementedError

    def page(self, context: dict[str, Any], status: int) -> HttpResponse:
        start = self.wanted.start(self.shop)
        query = {"start": iso(start)} if start else {"date": self.wanted.day_typed}
        if self.wanted.staff_id:
            query["staff"] = str(self.wanted.staff_id)
        here = reverse("manage:new_booking", args=[self.shop.slug])
        blocks = reverse("manage:block_new", args=[self.shop.slug])
        context |= {
            "section": "calendar",
            "shop": self.shop,
            "kind": self.kind,
            "kinds": [
                (_("Client"), f"{here}?{urlencode({**query, 'kind': CLIENT})}", self.kind == CLIENT),
                (_("Walk-in"), f"{here}?{urlencode({'kind': WALK_IN})}", self.kind == WALK_IN),
                (_("Block time"), f"{blocks}?{urlencode(query)}", False),
            ],
            "form_action": here,
            "back_url": _day_url(self.standing, self.wanted),
            "notice": self.notice,
            "is_picked": bool(self.data.get("pick")),
            "zone_note": formats.zone_label(self.wanted.start(self.shop) or self.now, self.shop.zone),
        }
        return render_page(self.request, self.template, context, regions=_REGIONS, status=status)


class _Client(_Entry):
    """Found among those who were here before, or added; then what, with whom, when."""

    kind = CLIENT
    template = "bookings/manage/new_booking.html"

    def __init__(self, request: HttpRequest, standing: Standing, data: QueryDict) -> None:
        super().__init__(request, standing, data)
        do = data.get("do", "")
        self.query = requests.text(data.get("q"), 80)
        self.is_new = do == "new" or (data.get("mode") == "new" and do != "again" and "choose" not in data)
        key = None if do in {"again", "new"} else requests.key(data.get("choose") or data.get("client"))
        self.known = contacts.get(standing, key)
        self.again: Booking | None = None
        if again := requests.key(request.GET.get("again")):
            self._book_again(again)
        if self.known:
            self.is_new = False

    def _book_again(self, booking_id: uuid.UUID) -> None:
        """The client and the service of an earlier booking, to begin with."""
        booking = Booking.objects.filter(shop=self.shop, pk=booking_id).select_related("staff_member").first()
        if booking is None or not may_see(self.standing, booking):
            return
        self.known = self.known or contacts.get(self.standing, booking.shop_client_id)
        self.is_new = self.known is None
        self.again = booking
        self.wanted = replace(self.wanted, service_id=self.wanted.service_id or booking.service_id)

    def show(self, *, status: int = 200) -> HttpResponse:
        form = self.form or self.make_form(is_bound=False)
        if self.is_new and not form.is_bound and not form.initial["name"]:
            form.initial["name"] = self.again.contact_name if self.again else _as_name(self.query)
        is_searching = not self.is_new and not self.known
        found = contacts.find(self.standing, self.query) if is_searching else []
        words = ""
        if self.request.POST.get("region") or region_of(self.request, ("found",)):
            words = _("%(count)s found") % {"count": len(found)}
        context = {
            "form": form,
            "query": self.query,
            "known": self.known,
            "is_new": self.is_new,
            "found": found,
            "found_words": words,
            "is_searched": len(self.query) >= 2,
            "tell": self.known is None or bool(self.known.email),
            **self.choice(form),
        }
        return self.page(context, status)

    def choice(self, form: EntryForm) -> dict[str, Any]:
        """Service, people, free times, the button: as the engine sees the wanted time now."""
        wanted, service = self.wanted, self.menu.service(self.wanted.service_id)
        does = self.menu.does.get(service.pk, set()) if service else {one.pk for one in self.menu.staff}
        context: dict[str, Any] = {
            "services": self._services(),
            "service": service,
            "people": self._people(service, does),
            "who_not": self._who_not(does) if service else "",
            "near": [],
            "near_heading": _("Next free"),
            "all_times": [],
            "act": _("Book"),
            "said": "",
            "refused": "",
        }
        if service is None or wanted.day is None:
            return context
        loaded = openings.load(service, now=self.now, first=wanted.day, last=wanted.day, is_shop=True)
        if self.own:
            loaded.performers = [one for one in loaded.performers if one.staff.pk == self.own.pk]
        staff_id = wanted.staff_id if wanted.staff_id in does else None
        start = wanted.start(self.shop)
        chosen = loaded.at(start, staff_id) if start else None
        if start and chosen:
            context |= {"act": self.act_words(service, chosen), "said": self.said(service, chosen)}
        elif start and (reason := loaded.refusal(start, staff_id)):
            context["refused"] = facts.refused_words(loaded, start, staff_id, reason, now=self.now)
            context["near_heading"] = _("Nearest free")
        if start and form.is_bound and chosen is None:
            context["refused"] = ""  # the form's own error says it already
        if start:
            asked = {"service": str(service.pk), "staff": wanted.staff_value}
            asked |= {"date": wanted.day_typed, "time": wanted.time_typed}
            context["why_url"] = f"{reverse('manage:why_not', args=[self.shop.slug])}?{urlencode(asked)}"
        near = offers.near(loaded, day=wanted.day, wanted=start, staff_id=staff_id, now=self.now)
        on_day = offers.of_day(loaded, wanted.day, staff_id)
        context["near"] = [self._offer(one, chosen) for one in near]
        context["all_times"] = [self._offer(one, chosen) for one in on_day]
        context["day_words"] = formats.day_short(wanted.day, self.today)
        context["is_full"] = not on_day
        return context

    def _offer(self, opening: Opening, chosen: Opening | None) -> offers.Offer:
        is_chosen = chosen is not None and opening.start == chosen.start and opening.performer is chosen.performer
        assert self.wanted.day is not None
        return offers.offer(opening, self.shop, day=self.wanted.day, is_chosen=is_chosen)

    def _services(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """By section of the menu, in the order of the menu."""
        sections: dict[str, list[dict[str, Any]]] = {}
        for one in self.menu.services:
            price = formats.money(one.price, self.shop.currency)
            words = f"{one.name} · {formats.minutes(one.duration_minutes)} · {price}"
            row = {"value": str(one.pk), "words": words, "selected": one.pk == self.wanted.service_id}
            sections.setdefault(one.menu_section or str(one.get_category_display()), []).append(row)
        return list(sections.items())

    def _people(self, service: Service | None, does: set[uuid.UUID]) -> list[dict[str, Any]]:
        category = service.category if service else ""
        chosen = self.wanted.staff_id if self.wanted.staff_id in does else None
        people = [
            {
                "value": str(one.pk),
                "name": one.short_name,
                "full_name": one.name,
                "category": category or "hair",
                "selected": chosen == one.pk,
            }
            for one in self.menu.staff
            if one.pk in does
        ]
        if self.own:
            return people
        anyone = {"value": ANYONE, "name": _("Anyone free"), "full_name": "", "category": "", "selected": not chosen}
        return [anyone, *people]

    def _who_not(self, does: set[uuid.UUID]) -> str:
        """`Jonas, Élodie and Linh don’t do this service.`"""
        names = [one.short_name for one in self.menu.staff if one.pk not in does]
        if not names:
            return ""
        if len(names) == 1:
            return _("%(who)s doesn’t do this service.") % {"who": names[0]}
        several = _("%(several)s and %(last)s") % {"several": ", ".join(names[:-1]), "last": names[-1]}
        return _("%(who)s don’t do this service.") % {"who": several}

    def book(self) -> HttpResponse:
        is_kept, named = self.promised()
        if not is_kept:
            self.notice = _("You changed what the button says. Read it again, then book.")
            return self.show()
        form = self.form = self.make_form(is_bound=True)
        is_valid = form.is_valid()
        if not self.known and not self.is_new and form["name"].errors:
            form.errors["name"] = form.error_class(
                [
                    _("Choose a client from the list, or add “%(name)s” as a new one") % {"name": self.query}
                    if self.query
                    else _("Enter a name, phone or e-mail to find the client")
                ]
            )
        if not is_valid:
            return self.show(status=422)
        staff_id = self.wanted.staff_id or named
        try:
            booking = self.write(form, staff_id, name=form.cleaned_data["name"])
        except BookingError as error:
            form.add_error("time", self._why_not(error, staff_id))
            return self.show(status=409)
        return self.done(booking)

    def _why_not(self, error: BookingError, staff_id: uuid.UUID | None) -> str:
        """The refusal with what is in the way, as the database has it now."""
        service, start = self.menu.service(self.wanted.service_id), self.wanted.start(self.shop)
        if service is None or start is None or self.wanted.day is None:
            return error.message
        loaded = openings.load(service, now=self.now, first=self.wanted.day, last=self.wanted.day, is_shop=True)
        reason = loaded.refusal(start, staff_id)
        return facts.refused_words(loaded, start, staff_id, reason, now=self.now) if reason else error.message


class _WalkIn(_Entry):
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


def _day_url(standing: Standing, wanted: Wanted) -> str:
    query = f"?{urlencode({'date': wanted.day.isoformat()})}" if wanted.day else ""
    return reverse("manage:day", args=[standing.shop.slug]) + query


def _as_name(typed: str) -> str:
    """What was typed to find somebody, as the start of a name; nothing when it was a number or an address."""
    if "@" in typed or any(char.isdigit() for char in typed):
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in typed.split())

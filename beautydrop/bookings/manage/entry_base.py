"""What the kinds of new booking share: the menu, the wanted time, the button's words and what they promise."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.manage.contacts import Known
from beautydrop.bookings.manage.forms import EntryForm
from beautydrop.bookings.manage.menu import Menu
from beautydrop.bookings.manage.toast import by_of
from beautydrop.bookings.manage.wanted import Wanted, own_column
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.access import Standing
from beautydrop.shops.models import Service
from beautydrop.web import formats, requests
from beautydrop.web.htmx import render_page

CLIENT, WALK_IN, BLOCK = "client", "walk-in", "block"
REGIONS = ("entry", "choice", "found", "panel")


class Entry:
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
            "back_url": day_url(self.standing, self.wanted),
            "notice": self.notice,
            "is_picked": bool(self.data.get("pick")),
            "zone_note": formats.zone_label(self.wanted.start(self.shop) or self.now, self.shop.zone),
        }
        return render_page(self.request, self.template, context, regions=REGIONS, status=status)


def day_url(standing: Standing, wanted: Wanted) -> str:
    query = f"?{urlencode({'date': wanted.day.isoformat()})}" if wanted.day else ""
    return reverse("manage:day", args=[standing.shop.slug]) + query

"""New booking for a client: found among those who were here before, or added."""

import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from beautydrop.bookings.choosing import ANYONE
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import contacts, facts, offers
from beautydrop.bookings.manage.entry_base import CLIENT, Entry
from beautydrop.bookings.manage.forms import EntryForm
from beautydrop.bookings.manage.toast import may_see
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.access import Standing
from beautydrop.shops.models import Service
from beautydrop.web import formats, requests
from beautydrop.web.htmx import region_of


class ClientEntry(Entry):
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


def _as_name(typed: str) -> str:
    """What was typed to find somebody, as the start of a name; nothing when it was a number or an address."""
    if "@" in typed or any(char.isdigit() for char in typed):
        return ""
    return " ".join(word[:1].upper() + word[1:] for word in typed.split())

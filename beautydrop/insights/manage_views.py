"""Figures: today, what needs somebody, and a period with its comparison."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beautydrop.insights import attention, charts, figures
from beautydrop.insights.figures import Period, Totals, Work
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import formats
from beautydrop.web.art.tones import LETTERS

_DAY = timedelta(days=1)
PERIODS = {"7": 7, "28": 28, "91": 91, "364": 364}


@at_shop(Level.MANAGER)
@require_safe
def show(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Tiles, charts with their tables, top services and people."""
    shop, now = standing.shop, timezone.now()
    chosen = request.GET.get("days", "28")
    days = PERIODS.get(chosen, 28)
    yesterday = now.astimezone(shop.zone).date() - _DAY
    period = Period(shop, yesterday - (days - 1) * _DAY, yesterday)
    staff = list(shop.staff_members.filter(is_active=True))
    worked, worked_before = figures.work(period, staff), figures.work(period.before(), staff)
    current, before = figures.totals(period, worked), figures.totals(period.before(), worked_before)
    context = {
        "section": "figures",
        "today": attention.today(shop, staff, now=now),
        "now_line": f"{formats.day_long(now.astimezone(shop.zone).date())}, {formats.clock(now, shop.zone)}",
        "zone": formats.zone_label(now, shop.zone),
        "tasks": attention.tasks(shop, staff, now=now),
        "periods": [
            {"value": value, "label": label, "selected": int(value) == days}
            for value, label in (
                ("7", _("7 days")),
                ("28", _("28 days")),
                ("91", _("3 months")),
                ("364", _("12 months")),
            )
        ],
        "period_heading": _("%(first)s to %(last)s")
        % {"first": formats.day_month(period.first), "last": formats.day_month(period.last)},
        "compared_words": _("Completed work, compared with the %(days)s days before") % {"days": days},
        "tiles": _tiles(shop, current, before),
        "is_empty": not current.appointments and not current.missed_of,
        "people": _people(shop, period, staff, worked),
        "services": _services(shop, period),
        "new_clients": current.new_clients,
        "returning_clients": current.clients - current.new_clients,
        "new_width": round(100 * current.new_clients / current.clients) if current.clients else 0,
        **_revenue_chart(shop, period),
        **_heat(shop, period, worked),
    }
    return render(request, "insights/manage/show.html", context)


def _tile(title: str, value: str, definition: str, change: str, direction: str = "") -> dict[str, str]:
    return {"title": title, "value": value, "definition": definition, "change": change, "direction": direction}


def _change(
    now: Decimal | float | None, before: Decimal | float | None, words: str, *, is_good_up: bool | None = True
) -> tuple[str, str]:
    """(words, "up good" | "up bad" | "down good" | "down bad" | "") of a comparison."""
    if now is None or before is None or now == before:
        return (_("as before") if now is not None and now == before else "", "")
    is_up = float(now) > float(before)
    tone = "" if is_good_up is None else (" good" if is_up == is_good_up else " bad")
    return words, ("up" if is_up else "down") + tone


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} %"


def _tiles(shop: Shop, current: Totals, before: Totals) -> list[dict[str, str]]:
    def money(amount: Decimal) -> str:
        return formats.money(amount.quantize(Decimal("0.01")) if amount % 1 else amount, shop.currency)

    def more(amount: str, is_up: bool) -> str:
        return (_("%(amount)s more") if is_up else _("%(amount)s less")) % {"amount": amount}

    revenue = _change(
        current.revenue,
        before.revenue,
        more(money(abs(current.revenue - before.revenue)), current.revenue > before.revenue),
    )
    appointments = _change(
        current.appointments,
        before.appointments,
        more(
            formats.whole(abs(current.appointments - before.appointments)), current.appointments > before.appointments
        ),
    )
    occupancy = _change(
        current.occupancy, before.occupancy, _("from %(before)s") % {"before": _percent(before.occupancy)}
    )
    missed = _change(
        current.missed_share,
        before.missed_share,
        _("%(count)s of %(total)s, from %(before)s")
        % {"count": current.missed, "total": current.missed_of, "before": _percent(before.missed_share)},
        is_good_up=False,
    )
    new = _change(
        current.new_share,
        before.new_share,
        _("%(count)s of %(total)s, from %(before)s")
        % {"count": current.new_clients, "total": current.clients, "before": _percent(before.new_share)},
        is_good_up=None,
    )
    ticket_now, ticket_before = current.average_ticket, before.average_ticket
    ticket = _change(
        ticket_now, ticket_before, _("from %(before)s") % {"before": money(ticket_before) if ticket_before else "–"}
    )
    return [
        _tile(_("Revenue"), money(current.revenue), _("Prices of completed appointments, as sold"), *revenue),
        _tile(_("Appointments"), formats.whole(current.appointments), _("Completed, walk-ins included"), *appointments),
        _tile(_("Occupancy"), _percent(current.occupancy), _("Booked minutes ÷ working minutes"), *occupancy),
        _tile(
            _("No-shows and late cancels"),
            _percent(current.missed_share),
            _("Share of appointments missed or cancelled after the free time"),
            *missed,
        ),
        _tile(_("New clients"), _percent(current.new_share), _("First visit in the period ÷ all clients of it"), *new),
        _tile(_("Average ticket"), money(ticket_now) if ticket_now else "–", _("Revenue ÷ appointments"), *ticket),
    ]


def _revenue_chart(shop: Shop, period: Period) -> dict[str, Any]:
    """Revenue by day (by week beyond a month), the period before as ticks, and the same as a table."""
    current, before = figures.by_day(period), figures.by_day(period.before())
    step = 1 if period.days <= 31 else 7
    values, compared, labels, words, table = [], [], [], [], []
    for offset in range(0, period.days, step):
        first = period.first + offset * _DAY
        days = [first + more * _DAY for more in range(min(step, period.days - offset))]
        value = sum((current[day][0] for day in days if day in current), Decimal(0))
        other = sum(
            (before[day - period.days * _DAY][0] for day in days if day - period.days * _DAY in before), Decimal(0)
        )
        count = sum(current[day][1] for day in days if day in current)
        name = formats.day_short(first) if step == 1 else _("Week of %(day)s") % {"day": formats.day_month(first)}
        values.append(value)
        compared.append(other)
        labels.append(
            formats.weekday_short(first)[:2]
            if step == 1 and period.days <= 7
            else (str(first.day) if step == 1 else "")
        )
        amount = formats.money(value, shop.currency)
        words.append(f"{name}: {amount}")
        table.append({"name": name, "count": count, "revenue": amount, "before": formats.money(other, shop.currency)})
    bars, top = charts.bars(values, compared, labels, words)
    return {
        "bars": bars,
        "chart_height": charts.HEIGHT,
        "chart_top": formats.money(Decimal(top), shop.currency),
        "chart_half": formats.money(Decimal(top) / 2, shop.currency),
        "chart_by": _("Revenue by day") if step == 1 else _("Revenue by week"),
        "revenue_table": table,
    }


def _services(shop: Shop, period: Period) -> list[dict[str, Any]]:
    rows = figures.top_services(period)
    most = max((revenue for _name, _kind, _count, revenue in rows), default=Decimal(1)) or Decimal(1)
    return [
        {
            "name": name,
            "tone": LETTERS[kind],
            "count": count,
            "revenue": formats.money(revenue, shop.currency),
            "width": round(100 * revenue / most),
        }
        for name, kind, count, revenue in rows
    ]


def _people(shop: Shop, period: Period, staff: list[StaffMember], worked: Work) -> list[dict[str, Any]]:
    found = figures.by_person(period)
    rows = []
    for member in staff:
        count, revenue, minutes = found.get(member.pk, (0, Decimal(0), 0))
        working = worked.by_person.get(member.pk, 0)
        rows.append(
            {
                "name": member.name,
                "count": count,
                "booked": _percent(100 * minutes / working if working else None),
                "revenue": formats.money(revenue, shop.currency),
                "order": revenue,
            }
        )
    return sorted(rows, key=lambda row: (-row["order"], row["name"]))


def _heat(shop: Shop, period: Period, worked: Work) -> dict[str, Any]:
    """Weekday × hour: booked share of working time. The map is a table."""
    booked = figures.by_hour(period)
    hours = sorted({hour for (_weekday, hour), minutes in worked.by_hour.items() if minutes})
    if not hours:
        return {"heat_hours": [], "heat_rows": []}
    monday = date(2026, 1, 5)
    span = range(hours[0], hours[-1] + 1)
    rows = []
    for weekday in range(7):
        cells = []
        for hour in span:
            working = worked.by_hour.get((weekday, hour), 0)
            share = min(100, round(100 * booked.get((weekday, hour), 0) / working)) if working else None
            cells.append({"share": share, "step": "" if share is None else min(4, share // 20)})
        if any(cell["share"] is not None for cell in cells):
            rows.append({"day": formats.weekday_short(monday + weekday * _DAY), "cells": cells})
    return {"heat_hours": list(span), "heat_rows": rows}

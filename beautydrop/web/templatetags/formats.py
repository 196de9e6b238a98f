"""`{% load formats %}`: filters over beautydrop.web.formats for templates that get raw values."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template

from beautydrop.web import formats

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return formats.money(amount, currency)


@register.filter
def moment(at: datetime, zone: ZoneInfo) -> str:
    return formats.moment(at, zone)

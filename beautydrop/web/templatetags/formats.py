"""`{% load formats %}`: filters over beautydrop.web.formats for templates that get raw values."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from beautydrop.web import formats

register = template.Library()


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return formats.money(amount, currency)


@register.filter
def moment(at: datetime, zone: ZoneInfo) -> str:
    return formats.moment(at, zone)


@register.filter
def ago(at: datetime) -> str:
    return formats.ago(at, timezone.now())

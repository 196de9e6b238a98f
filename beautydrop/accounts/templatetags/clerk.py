"""The link to sign in by Clerk, for pages that offer it."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse

from beautydrop.accounts.clerk import config
from beautydrop.web import requests

register = template.Library()


@register.simple_tag(takes_context=True)
def clerk_address(context: Context, is_new: str = "") -> str:
    """Where "Sign in with Clerk" leads (sign up, with `is_new`), with the page's own `next`; "" while Clerk is off."""
    if not config.is_on():
        return ""
    request: Any = context["request"]
    target = requests.own_address(request.POST.get("next") or request.GET.get("next"), default="")
    query = {**({"new": "1"} if is_new else {}), **({"next": target} if target else {})}
    return reverse("accounts:clerk_start") + (f"?{urlencode(query)}" if query else "")

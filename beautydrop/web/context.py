"""What every page knows besides its own context."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """`theme` is "light", "dark" or "" (as the device); `languages` are (code, name in that language)."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in THEMES else "",
        "languages": settings.LANGUAGES,
        "is_debug": settings.DEBUG,
    }

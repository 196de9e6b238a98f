"""What every page under /manage/ knows besides its own context."""

from typing import Any

from django.http import HttpRequest

from beautydrop.shops.access import Level, Standing, shops_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """The shop at hand, the others to switch to, and what the person may open; empty elsewhere on the site."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    return {
        "standing": standing,
        "managed_shop": standing.shop,
        "managed_shops": shops_of(request.user),  # type: ignore[arg-type]
        "may_manage": standing.level >= Level.MANAGER,
        "may_own": standing.level >= Level.OWNER,
    }

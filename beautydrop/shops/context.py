"""What every page under /manage/ knows besides its own context."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from beautydrop.accounts.models import User
from beautydrop.shops.access import Level, Standing, shops_of

# What the switcher lists; whoever has more finds them on the page of all.
_SWITCHED = 20


def shell(request: HttpRequest) -> dict[str, Any]:
    """The shop at hand, the others to switch to, and what the person may open; empty elsewhere on the site."""
    standing: Standing | None = getattr(request, "standing", None)
    if standing is None:
        return {}
    return {
        "standing": standing,
        "managed_shop": standing.shop,
        # Asked only where it is shown: a part of a page that is fetched alone has no switcher.
        "managed_shops": SimpleLazyObject(lambda: _switcher(request.user)),  # type: ignore[arg-type]
        "may_manage": standing.level >= Level.MANAGER,
        "may_own": standing.level >= Level.OWNER,
    }


def _switcher(user: User) -> dict[str, Any]:
    found = list(shops_of(user).only("name", "slug", "is_active")[: _SWITCHED + 1])
    return {"shown": found[:_SWITCHED], "has_more": len(found) > _SWITCHED}

"""What the web server runs."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beautydrop.settings")

_CHARSET = re.compile(r";\s*charset\*?\s*=\s*(\"[^\"]*\"|[^;]*)", re.IGNORECASE)

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's, which is always sent UTF-8."""
    return _django(without_charset(environ), start_response)


def without_charset(environ: dict[str, Any]) -> dict[str, Any]:
    """The request without the charset that its content type names: pages are UTF-8, so forms are, and JSON is.

    Django reads the whole query by it before anything could answer for what goes wrong there: `charset=zlib` and,
    with any charset, a query of too many fields would be faults of ours.
    """
    if content_type := environ.get("CONTENT_TYPE"):
        environ["CONTENT_TYPE"] = _CHARSET.sub("", content_type)
    return environ

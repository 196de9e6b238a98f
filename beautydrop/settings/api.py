"""The REST API: who may ask, how answers look, its schema."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from beautydrop.settings.reading import switch
from beautydrop.settings.safety import DEBUG

# Believes the header X-Clerk-User-ID without any proof, to try the API from a console.
ALLOW_CLERK_USER_ID_HEADER = switch("ALLOW_CLERK_USER_ID_HEADER", default=False)
if ALLOW_CLERK_USER_ID_HEADER and not DEBUG:
    raise ImproperlyConfigured("ALLOW_CLERK_USER_ID_HEADER: expected false when DEBUG is off: anybody could be anybody")

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "beautydrop.api.authentication.ClerkToken",
        "beautydrop.api.authentication.ClerkUserIdHeader",
        "beautydrop.api.authentication.SiteSession",
    ],
    # Closed until the view's access marker opens it (beautydrop/api/access.py).
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["beautydrop.api.throttling.SiteLimits"],
    "DEFAULT_PARSER_CLASSES": ["beautydrop.api.parsing.Json"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "beautydrop.api.parsing.AlwaysJson",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "beautydrop.api.problems.answer",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "BeautyDrop",
    "DESCRIPTION": "Salons, services, free times and bookings, for mobile apps and partners.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "OAS_VERSION": "3.1.0",
    # What is sent and what is answered are different shapes where fields are read only.
    "COMPONENT_SPLIT_REQUEST": True,
}

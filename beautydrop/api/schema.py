"""The API described: OpenAPI at /api/schema/, to try out at /api/docs/."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from beautydrop.api.authentication import USER_ID_HEADER, is_header_believed
from beautydrop.api.problems import MEDIA_TYPE, PLAIN
from beautydrop.web.access import public

_METHODS = ("get", "post", "put", "patch", "delete")


class ProblemSerializer(serializers.Serializer):
    """A refusal (RFC 9457)."""

    type = serializers.CharField(help_text="Always about:blank: `code` says what kind it is.")
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What to do, in the language of Accept-Language.")
    code = serializers.CharField(help_text="The reason, for programs.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a member of that name, here and on the wire
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="With `invalid`: messages by field; by `non_field_errors` what belongs to none.",
    )


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """For `extend_schema(responses=…)`: the refusals that an address answers with."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description=f"`{PLAIN[status][0]}`")
        for status in statuses
    }


class ClerkTokenScheme(OpenApiAuthenticationExtension):
    target_class = "beautydrop.api.authentication.ClerkToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        words = "A Clerk session token. It lives for a minute."
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": words}


class SiteSessionScheme(OpenApiAuthenticationExtension):
    target_class = "beautydrop.api.authentication.SiteSession"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        words = "The session of somebody signed in on the site. What changes something also needs X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}


class ClerkUserIdHeaderScheme(OpenApiAuthenticationExtension):
    """Listed only where the header is believed."""

    target_class = "beautydrop.api.authentication.ClerkUserIdHeader"

    @property
    def name(self) -> list[str]:  # type: ignore[override]
        return ["userId"] if is_header_believed() else []

    def get_security_requirement(self, auto_schema: AutoSchema) -> Any:
        return {name: [] for name in self.name} or None

    def get_security_definition(self, auto_schema: AutoSchema) -> Any:
        words = "Development only: believed without proof."
        return [{"type": "apiKey", "in": "header", "name": USER_ID_HEADER, "description": words}]


@cache
def _description() -> dict[str, Any]:
    """The OpenAPI document, made once a process: it changes only with the code."""
    with override("en"):
        document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
        return document


@public
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as JSON."""
    text = json.dumps(_description(), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json")


@public
@ensure_csrf_cookie
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI, which sends the CSRF token along for the session of the site; without scripts, a plain list."""
    addresses = [
        {"method": method.upper(), "path": path, "summary": operation.get("summary", "")}
        for path, operations in _description()["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]
    return render(request, "api/docs.html", {"addresses": addresses})

"""Every refusal of the API: `application/problem+json` (RFC 9457) with a `code` for programs and words for people."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from beautydrop.web import limits
from beautydrop.web.access import public
from beautydrop.web.limits import TooManyRequests

MEDIA_TYPE = "application/problem+json"
# Answers that say when to try again, and when that is unless somebody knew better.
_WAITING, _WAIT_SECONDS = {429, 503}, 60


class Problem(exceptions.APIException):
    """A refusal with a code of its own, such as 409 `slot_taken`; `more` stands beside the usual members."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail, code)
        self.status_code, self.code, self.more = status, code, more


def plain(status: int) -> Problem:
    """The refusal that needs no more words than its status."""
    code, words = PLAIN[status]
    return Problem(status, code, str(words))


def body(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The members of a problem."""
    # The code says what kind it is, so `type` needs no address, and `title` is the status in words.
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code, **more}


# Status → code, and what is said where nobody said more.
PLAIN = {
    400: ("invalid", _("This request can’t be read.")),
    401: ("not_authenticated", _("Send the session token as Authorization: Bearer.")),
    403: ("permission_denied", _("This is not yours to see or to change.")),
    404: ("not_found", _("There is nothing here. Addresses end with a slash.")),
    405: ("method_not_allowed", _("This address takes other methods. See Allow.")),
    411: ("length_required", _("Send the body with Content-Length.")),
    413: ("too_large", _("Send less at once.")),
    415: ("unsupported_media_type", _("Send the body as application/json.")),
    429: ("too_many_requests", _("That was a lot at once. Wait, then try again.")),
    503: ("unavailable", _("This can’t be answered just now. Try again in a minute.")),
    500: ("internal_error", _("Something broke on our side. Try again later.")),
}


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The framework's exception handler. None for what is no refusal: see ProblemMiddleware."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        # Refused before the framework counts requests (throttling.py): trying tokens counts all the same.
        try:
            limits.check("api", context["request"])
        except TooManyRequests as refused:
            error = refused
    if isinstance(error, TooManyRequests):
        error = exceptions.Throttled(error.retry_after)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if error.status_code in _WAITING:
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or _WAIT_SECONDS))
    members = _members(error)
    return Response(members, status=error.status_code, headers=headers, content_type=MEDIA_TYPE)


def _members(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, Problem):
        return body(error.status_code, error.code, str(error.detail), **error.more)
    if isinstance(error, exceptions.ValidationError):
        words = gettext("Some of what was sent can’t be used. See errors.")
        return body(400, "invalid", words, errors=by_field(error.detail))
    code, plain = PLAIN[error.status_code]
    # The framework's own words are for developers in English; ours, where a view gave some, are for people.
    has_own_words = error.detail != error.default_detail and not isinstance(
        error, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType | exceptions.Throttled
    )
    return body(error.status_code, code, str(error.detail if has_own_words else plain))


def by_field(detail: Any) -> dict[str, list[str]]:
    """Messages by field; what lies deeper has its path as name: `hours.0.start_time`."""
    found: dict[str, list[str]] = {}

    def collect(part: Any, path: str) -> None:
        if isinstance(part, Mapping):
            for name, inner in part.items():
                collect(inner, f"{path}.{name}" if path else str(name))
        elif isinstance(part, list):
            for index, inner in enumerate(part):
                is_message = not isinstance(inner, Mapping | list)
                collect(inner, path if is_message else f"{path}.{index}" if path else str(index))
        else:
            found.setdefault(path or "non_field_errors", []).append(str(part))

    collect(detail, "")
    return found


# --- Where no view of the API was reached ------------------------------------------------------------


class ProblemMiddleware:
    """Error pages for addresses of the API become problems: of other middleware, of Django, of faults of ours.

    Headers stay, so that Allow and Retry-After say what they said.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        # Of a body whose length nobody says, nothing would be read: better refused than overlooked.
        has_no_length = "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH")
        response = HttpResponse(status=411) if has_no_length else self.get_response(request)
        status = response.status_code
        if status >= 400 and not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            code, words = PLAIN.get(status) or PLAIN[400 if status < 500 else 500]
            response.content = json.dumps(body(status, code, str(words)), ensure_ascii=False).encode()
            response.headers["Content-Type"] = MEDIA_TYPE
            if status in _WAITING:
                response.headers.setdefault("Retry-After", str(_WAIT_SECONDS))
        return response


@public
@csrf_exempt
def nothing_here(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Any address below /api/ that nothing else answers, by any method."""
    return HttpResponse(status=404)

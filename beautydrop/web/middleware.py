"""What holds for every answer: headers that Django has no setting for, who may be cached, and how limits answer."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import patch_vary_headers

from beautydrop.web import errors
from beautydrop.web.limits import TooManyRequests
from beautydrop.web.requests import came_by_proxy

Next = Callable[[HttpRequest], HttpResponse]

# The page may ask where the visitor is (near me), nothing else.
_PERMISSIONS = ", ".join(
    [
        "geolocation=(self)",
        *(
            f"{name}=()"
            for name in (
                "accelerometer",
                "autoplay",
                "bluetooth",
                "browsing-topics",
                "camera",
                "display-capture",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "serial",
                "usb",
            )
        ),
    ]
)


class ProxyMiddleware:
    """Drops what only a proxy may say from everything that comes from elsewhere (see TRUSTED_PROXIES)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not came_by_proxy(request):
            for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR"):
                request.META.pop(name, None)
        return self.get_response(request)


class HeadersMiddleware:
    """Headers of every answer, also of those that Django's own security middleware does not reach."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Permissions-Policy", _PERMISSIONS)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        headers.setdefault("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
        # Salons' pictures are for everybody, wherever they are shown; nothing else is.
        is_picture = request.path_info.startswith(settings.MEDIA_URL)
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_picture else "same-origin")
        _keep_private(request, response)
        return response


def _keep_private(request: HttpRequest, response: HttpResponse) -> None:
    """Pages differ by cookies, language and whether htmx asks; no cache shared by people may keep them."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        patch_vary_headers(response, ["Cookie", "HX-Request", "Accept-Language"])
    if "Cache-Control" not in response.headers:
        # A session that was not looked at has left nothing in the answer.
        session = getattr(request, "session", None)
        is_personal = session is not None and session.accessed and SESSION_KEY in session
        response.headers["Cache-Control"] = "private, no-store" if is_personal else "private, no-cache"


class BodyMiddleware:
    """Refuses what is larger than anybody may send, before any of it is read."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        # More digits than the bound has are more than it, and not worth reading.
        is_number = length.isascii() and length.isdigit()
        if is_number and (len(length) > 15 or int(length) > settings.MAX_BODY_BYTES):
            return errors.too_large(request)
        return self.get_response(request)


class LimitsMiddleware:
    """Answers TooManyRequests, wherever a view raised it, with a page that says when to try again."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, TooManyRequests):
            return errors.too_many_requests(request, retry_after=exception.retry_after)
        return None


class FriendlyNotFoundMiddleware:
    """With DEBUG the site's own 404 too: Django would list every address of the site to who tries out the demo."""

    def __init__(self, get_response: Next) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Pages of ours that answer 404 are rendered, and so of another class.
        return errors.not_found(request) if isinstance(response, HttpResponseNotFound) else response

"""What keeps the site safe: its key and names, headers, cookies, bounds of what is sent; an unsafe start is refused."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from beautydrop.settings.reading import env, switch

DEBUG = switch("DEBUG", default=False)

_DEVELOPMENT_KEY = "development-only-key-do-not-use-it-where-anyone-can-reach-the-site"
SECRET_KEY = env.str("SECRET_KEY", default=_DEVELOPMENT_KEY if DEBUG else "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
SITE_URL = env.str("SITE_URL", default="http://localhost:8002" if DEBUG else "").rstrip("/")
# Plain HTTP with DEBUG off is for tests and load runs on loopback only.
ALLOW_PLAIN_HTTP = switch("ALLOW_PLAIN_HTTP", default=False)
# See beautydrop/web/limits.py. Load, race and fuzz runs measure something else and switch them off.
RATE_LIMITS_ENABLED = switch("RATE_LIMITS_ENABLED", default=True)


def _networks(parts: list[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    networks = []
    for part in parts:
        try:
            network = ipaddress.ip_network(part)
        except ValueError as error:
            raise ImproperlyConfigured(
                "TRUSTED_PROXIES: expected networks such as 10.0.0.0/8, or unix for a socket, comma-separated, "
                f"got {part!r}"
            ) from error
        if network.prefixlen == 0:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES: expected the proxies’ own networks; {part} would trust everybody"
            )
        networks.append(network)
    return networks


# The proxies in front: only what comes from them may say who the visitor is and that they came by https
# (beautydrop/web/requests.py, beautydrop/web/middleware.py).
_proxies = [part.strip() for part in env.list("TRUSTED_PROXIES", default=[]) if part.strip()]
TRUSTED_PROXIES = _networks([part for part in _proxies if part != "unix"])
TRUSTS_UNIX_SOCKET = "unix" in _proxies


def _refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured for a production set-up that must not run."""
    parts = urlsplit(SITE_URL)
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "SECRET_KEY: expected a long random string. For development, set DEBUG=true (see .env.example) instead."
        )
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(
            f"SITE_URL: expected the site's address, such as https://beauty.example, got {SITE_URL!r}"
        )
    if DEBUG:
        return
    if SECRET_KEY == _DEVELOPMENT_KEY or len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("SECRET_KEY: expected at least 50 random characters when DEBUG is off")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS: expected the site's host names (no *) when DEBUG is off")
    if parts.scheme != "https" and not (
        ALLOW_PLAIN_HTTP and parts.hostname in {"localhost", "127.0.0.1", "testserver"}
    ):
        raise ImproperlyConfigured("SITE_URL: expected an https address when DEBUG is off")
    if not RATE_LIMITS_ENABLED and not ALLOW_PLAIN_HTTP:
        raise ImproperlyConfigured("RATE_LIMITS_ENABLED: expected true when DEBUG is off")


_refuse_unsafe_start()
IS_HTTPS = SITE_URL.startswith("https://")

SECURE_SSL_REDIRECT = not DEBUG and IS_HTTPS
# Asked from inside, where there is no TLS (README, "Production").
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# The header counts only when a trusted proxy sent it: others' are dropped before anything reads them.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES or TRUSTS_UNIX_SOCKET else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# With https, browsers take these two cookies only from this very host and only over https.
_HOST_ONLY = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{_HOST_ONLY}sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_NAME = f"{_HOST_ONLY}csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "beautydrop.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# Who does what: two fields for each service of a long menu.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# Files go through a bound on the whole request first (beautydrop/web/uploads.py).
MAX_UPLOAD_BYTES = 10_000_000
# Nobody waits for more than this: such a request is refused before any of it is read.
MAX_BODY_BYTES = 50_000_000
FILE_UPLOAD_HANDLERS = [
    "beautydrop.web.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SECURE_CSP: dict[str, Any] = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
    **({"upgrade-insecure-requests": True} if IS_HTTPS else {}),
}
# Error pages with DEBUG hide what may not be seen over a shoulder either.
DEFAULT_EXCEPTION_REPORTER_FILTER = "beautydrop.web.redaction.ReporterFilter"

"""Every setting, read from the environment once (a `.env` file beside manage.py is honoured).

A wrong value stops the start with the variable's name and what is expected; so does a production
set-up (DEBUG off) that would be unsafe. The table in README.md lists every name.
"""

import zoneinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

# Zone rules come from the pinned tzdata package, not from whatever the machine has: laws change, and pages,
# workers and tests must agree.
zoneinfo.reset_tzpath(to=[])

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)


def _number(name: str, default: int, *, lowest: int, highest: int) -> int:
    """The whole number in variable `name`; ImproperlyConfigured with the range when it is anything else."""
    raw = env.str(name, default=str(default))
    if not raw.isdigit() or not lowest <= int(raw) <= highest:
        raise ImproperlyConfigured(f"{name}: expected a whole number from {lowest} to {highest}, got {raw!r}")
    return int(raw)


def _switch(name: str, *, default: bool) -> bool:
    """The yes/no in variable `name`; ImproperlyConfigured when it is neither."""
    raw = env.str(name, default="true" if default else "false").strip().lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name}: expected true or false, got {raw!r}")


# --- Safety --------------------------------------------------------------------------------------

DEBUG = _switch("DEBUG", default=False)

_DEVELOPMENT_KEY = "development-only-key-do-not-use-it-where-anyone-can-reach-the-site"
SECRET_KEY = env.str("SECRET_KEY", default=_DEVELOPMENT_KEY if DEBUG else "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
SITE_URL = env.str("SITE_URL", default="http://localhost:8002" if DEBUG else "").rstrip("/")
# Plain HTTP with DEBUG off is for tests and load runs on loopback only.
ALLOW_PLAIN_HTTP = _switch("ALLOW_PLAIN_HTTP", default=False)


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


_refuse_unsafe_start()
_is_https = SITE_URL.startswith("https://")

SECURE_SSL_REDIRECT = not DEBUG and _is_https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _switch("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_SECURE = _is_https
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "beautydrop.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# Who does what: two fields for each service of a long menu.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
# Files go through a bound on the whole request first (beautydrop/web/uploads.py).
MAX_UPLOAD_BYTES = 10_000_000
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
}

# --- Project -------------------------------------------------------------------------------------

ROOT_URLCONF = "beautydrop.urls"
WSGI_APPLICATION = "beautydrop.wsgi.application"

INSTALLED_APPS = [
    "beautydrop.web",
    "beautydrop.accounts",
    "beautydrop.shops",
    "beautydrop.scheduling",
    "beautydrop.notifications.apps.NotificationsConfig",
    "beautydrop.bookings.apps.BookingsConfig",
    "beautydrop.marketplace",
    "beautydrop.insights",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "huey.contrib.djhuey",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "beautydrop.web.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "beautydrop.accounts.look_as.LookAsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "beautydrop.web.context.page",
                "beautydrop.shops.context.shell",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "beautydrop"
CRISPY_TEMPLATE_PACK = "beautydrop"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database, cache, jobs -----------------------------------------------------------------------

_database_url = env.str("DATABASE_URL", default="")
if not _database_url:
    # A newcomer's machine has no PostgreSQL: the project brings its own (development and tests only).
    from beautydrop.embedded import ensure_running

    _database_url = ensure_running()
try:
    _database = environ.Env.db_url_config(_database_url)
except Exception as error:
    raise ImproperlyConfigured("DATABASE_URL: expected postgres://user:password@host:port/name") from error
if "postgresql" not in str(_database.get("ENGINE", "")):
    raise ImproperlyConfigured("DATABASE_URL: expected a postgres:// address (PostgreSQL 15 or newer)")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_database,
        "CONN_MAX_AGE": _number("DATABASE_CONN_MAX_AGE", 60, lowest=0, highest=86_400),
        "CONN_HEALTH_CHECKS": True,
        # Safe behind PgBouncer in transaction mode; psycopg 3 prepares nothing unless told to.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
    HUEY: dict[str, Any] = {
        "huey_class": "huey.RedisHuey",
        "name": "beautydrop",
        "immediate": False,
        "connection": {"url": REDIS_URL},
    }
else:
    # Shared by all processes: sign-in attempts are counted here.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "beautydrop_cache"}}
    HUEY = {
        "huey_class": "huey.PostgresHuey",
        "name": "beautydrop",
        "immediate": False,
        "connection": {"create_tables": False, "dsn": _database_url},
    }
HUEY["consumer"] = {"workers": _number("WORKER_THREADS", 2, lowest=1, highest=64), "worker_type": "thread"}
HUEY["results"] = False

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "bookings:mine"
ACCOUNT_ADAPTER = "beautydrop.notifications.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "beautydrop.accounts.forms.SignupDetailsForm"
ACCOUNT_FORMS = {
    "login": "beautydrop.accounts.allauth_forms.LoginForm",
    "signup": "beautydrop.accounts.allauth_forms.SignupForm",
    "add_email": "beautydrop.accounts.allauth_forms.AddEmailForm",
    "change_password": "beautydrop.accounts.allauth_forms.ChangePasswordForm",
    "set_password": "beautydrop.accounts.allauth_forms.SetPasswordForm",
    "reset_password": "beautydrop.accounts.allauth_forms.ResetPasswordForm",
    "reset_password_from_key": "beautydrop.accounts.allauth_forms.ResetPasswordKeyForm",
    "reauthenticate": "beautydrop.accounts.allauth_forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "marketplace:home"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True

# --- Mail ----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="BeautyDrop <bookings@beautydrop.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who reads what salons write on the contact page.
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="hello@beautydrop.example")
_email_host = env.str("EMAIL_HOST", default="")
if _email_host:
    MAILERS: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": _email_host,
                "port": _number("EMAIL_PORT", 587, lowest=1, highest=65_535),
                "username": env.str("EMAIL_HOST_USER", default=""),
                "password": env.str("EMAIL_HOST_PASSWORD", default=""),
                "use_tls": _switch("EMAIL_USE_TLS", default=True),
                "timeout": 20,
            },
        }
    }
elif DEBUG or ALLOW_PLAIN_HTTP:
    # No mail server: messages land on the page /demo/mailbox/.
    MAILERS = {"default": {"BACKEND": "beautydrop.notifications.mailbox.MailboxBackend"}}
else:
    raise ImproperlyConfigured("EMAIL_HOST: expected the mail server's name when DEBUG is off")

# --- Languages and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SECURE = _is_https
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files --------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / ".static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "beautydrop.web.bundle.StylesheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# File names carry a hash in production; HASHED_STATIC=false serves straight from the source folders.
HASHED_STATIC = _switch("HASHED_STATIC", default=not DEBUG)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = DEBUG

# --- Pictures of salons ----------------------------------------------------------------------------

# Kept as files, served by the site itself under /media/ with names that never change their content.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))).resolve()
MEDIA_URL = "/media/"

# --- Booking rules that are the marketplace's, not a shop's ---------------------------------------

GUEST_HOLD_MINUTES = _number("GUEST_HOLD_MINUTES", 30, lowest=1, highest=1_440)
APPROVAL_HOLD_HOURS = _number("APPROVAL_HOLD_HOURS", 24, lowest=1, highest=168)

# --- Logging -------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "beautydrop": {"level": env.str("LOG_LEVEL", default="INFO")},
        # The worker adds a handler of its own.
        "huey": {"propagate": False},
    },
}

# Names of the site that templates and mails show.
SITE_NAME = _("BeautyDrop")

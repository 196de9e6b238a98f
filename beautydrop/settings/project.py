"""Apps, middleware and templates."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from beautydrop.settings.reading import BASE_DIR

# Names of the site that templates and mails show.
SITE_NAME = _("BeautyDrop")
ROOT_URLCONF = "beautydrop.urls"
WSGI_APPLICATION = "beautydrop.wsgi.application"

INSTALLED_APPS = [
    "beautydrop.web",
    "beautydrop.jobs.apps.JobsConfig",
    "beautydrop.accounts.apps.AccountsConfig",
    "beautydrop.shops",
    "beautydrop.scheduling",
    "beautydrop.notifications.apps.NotificationsConfig",
    "beautydrop.bookings.apps.BookingsConfig",
    "beautydrop.marketplace",
    "beautydrop.insights",
    "beautydrop.api",
    "beautydrop.accounts.apps.AdminConfig",
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
    "allauth.mfa",
    "huey.contrib.djhuey",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    # First, so that no answer leaves without them: not static files, not error pages of what follows.
    "beautydrop.web.middleware.ProxyMiddleware",
    "beautydrop.web.middleware.HeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "beautydrop.api.problems.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "beautydrop.accounts.open_sessions.OpenSessionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "beautydrop.web.middleware.BodyMiddleware",
    "beautydrop.accounts.clerk.middleware.ClerkMiddleware",
    "beautydrop.accounts.look_as.LookAsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "beautydrop.web.middleware.FriendlyNotFoundMiddleware",
    "beautydrop.web.middleware.LimitsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
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

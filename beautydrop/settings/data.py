"""Database, cache, jobs, static files and pictures."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

from beautydrop.settings.reading import BASE_DIR, env, number, switch
from beautydrop.settings.safety import DEBUG

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
        "CONN_MAX_AGE": number("DATABASE_CONN_MAX_AGE", 60, lowest=0, highest=86_400),
        "CONN_HEALTH_CHECKS": True,
        # Safe behind PgBouncer in transaction mode; psycopg 3 prepares nothing unless told to.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES: dict[str, dict[str, Any]] = {
        "default": {
            "BACKEND": "beautydrop.web.caching.ForgivingRedisCache",
            "LOCATION": REDIS_URL,
            # A Redis that hangs must not hang the pages.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
    }
    HUEY: dict[str, Any] = {
        "huey_class": "huey.RedisHuey",
        "name": "beautydrop",
        "immediate": False,
        # Longer than the worker waits for a job (1 s), and nobody hangs with a Redis that hangs.
        "connection": {
            "url": f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}socket_timeout=3&socket_connect_timeout=1",
        },
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
HUEY["consumer"] = {
    "workers": number("WORKER_THREADS", 2, lowest=1, highest=64),
    "worker_type": "thread",
    # Asked to stop, it finishes what runs, for so long at most.
    "graceful_signal": "TERM",
    "shutdown_timeout": number("WORKER_STOP_SECONDS", 25, lowest=1, highest=600),
}
HUEY["results"] = False

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
HASHED_STATIC = switch("HASHED_STATIC", default=not DEBUG)
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

# --- Pictures of salons --------------------------------------------------------------------------

# Kept as files, served by the site itself under /media/ with names that never change their content.
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))).resolve()
MEDIA_URL = "/media/"

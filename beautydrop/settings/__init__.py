"""Every setting, read from the environment once, one file a subject.

A wrong value stops the start with the variable's name and what is expected; so does a production
set-up (DEBUG off) that would be unsafe. The table in README.md lists every name.
"""

from typing import Any

from beautydrop.settings.api import *  # noqa: F403
from beautydrop.settings.data import *  # noqa: F403
from beautydrop.settings.messages import *  # noqa: F403
from beautydrop.settings.people import *  # noqa: F403
from beautydrop.settings.project import *  # noqa: F403
from beautydrop.settings.reading import env, number
from beautydrop.settings.safety import *  # noqa: F403
from beautydrop.settings.ways import *  # noqa: F403

# --- Booking rules that are the marketplace's, not a shop's ---------------------------------------

GUEST_HOLD_MINUTES = number("GUEST_HOLD_MINUTES", 30, lowest=1, highest=1_440)
APPROVAL_HOLD_HOURS = number("APPROVAL_HOLD_HOURS", 24, lowest=1, highest=168)

# --- Logging -------------------------------------------------------------------------------------

# Everything is written by one handler, which hides keys, cookies and addresses (beautydrop/web/redaction.py).
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "beautydrop.web.redaction.RedactingFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "beautydrop": {"level": env.str("LOG_LEVEL", default="INFO")},
        # These bring handlers of their own, which would write as they like.
        "django": {"handlers": [], "level": "INFO"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "huey": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING"), "propagate": False},
    },
}

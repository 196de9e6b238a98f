"""Reading the environment (a `.env` file beside manage.py is honoured): a wrong value says what is expected."""

import zoneinfo
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

# Zone rules come from the pinned tzdata package, not from whatever the machine has: laws change, and pages,
# workers and tests must agree.
zoneinfo.reset_tzpath(to=[])

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)


def number(name: str, default: int, *, lowest: int, highest: int) -> int:
    """The whole number in variable `name`; ImproperlyConfigured with the range when it is anything else."""
    raw = env.str(name, default=str(default))
    if not raw.isdigit() or not lowest <= int(raw) <= highest:
        raise ImproperlyConfigured(f"{name}: expected a whole number from {lowest} to {highest}, got {raw!r}")
    return int(raw)


def switch(name: str, *, default: bool) -> bool:
    """The yes/no in variable `name`; ImproperlyConfigured when it is neither."""
    raw = env.str(name, default="true" if default else "false").strip().lower()
    if raw in {"1", "true", "yes", "on"}:
        return True
    if raw in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name}: expected true or false, got {raw!r}")

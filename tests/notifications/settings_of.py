"""The settings of this subject, read anew from an environment of one's own."""

import os
import runpy
from typing import Any
from unittest import mock

from django.conf import settings


def settings_with(**environment: str) -> dict[str, Any]:
    """What beautydrop/settings/ways.py holds with these variables set besides the tests' own."""
    with mock.patch.dict(os.environ, environment):
        return runpy.run_path(str(settings.BASE_DIR / "beautydrop" / "settings" / "ways.py"))

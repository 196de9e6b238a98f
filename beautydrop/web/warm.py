"""What a server process does before its first request."""

import gc
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver


def up() -> None:
    """Load the URLconf and every template, so that no visitor waits for it, and keep them out of garbage collection.

    What is loaded lives as long as the process. Left where it is, every full collection walks through it, which
    stops a request for as long as several pages take (docs/performance.md).
    """
    if settings.DEBUG:
        return  # there somebody waits for the start itself
    _ = get_resolver().reverse_dict
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(Path(folder).rglob("*.*")):
            get_template(path.relative_to(folder).as_posix())
    gc.collect()
    gc.freeze()

"""One stylesheet from one file per component, without a build step.

`order.txt` lists the files; the finder serves them joined, for the development server and for collectstatic
alike: `css/site.css` on every page, `css/manage.css` besides it under /manage/.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SOURCE = Path(settings.BASE_DIR) / "static" / "css" / "src"
# Served name → the file that lists its components, one folder each.
BUNDLES = {"css/site.css": SOURCE / "order.txt", "css/manage.css": SOURCE / "manage" / "order.txt"}
_MADE = Path(settings.BASE_DIR) / ".cache" / "static"


def sources(name: str = "css/site.css") -> list[Path]:
    """The component files of a bundle, in the order in which they are joined."""
    order = BUNDLES[name]
    return [order.parent / component for component in order.read_text().split()]


def stylesheet(name: str = "css/site.css") -> str:
    """All components joined, without comments and indentation."""
    text = "\n".join(path.read_text() for path in sources(name))
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def build(name: str = "css/site.css") -> Path:
    """Write the joined file where it is missing or older than a component; its path."""
    made = _MADE / name
    newest = max(path.stat().st_mtime for path in [BUNDLES[name], *sources(name)])
    if not made.exists() or made.stat().st_mtime < newest:
        made.parent.mkdir(parents=True, exist_ok=True)
        draft = made.with_name(f"{made.name}.{os.getpid()}")
        draft.write_text(stylesheet(name))
        draft.replace(made)
    return made


class StylesheetFinder(BaseFinder):
    """Finds the bundles."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path not in BUNDLES:
            return []
        made = str(build(path))
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        for name in BUNDLES:
            build(name)
            yield name, FileSystemStorage(location=_MADE)

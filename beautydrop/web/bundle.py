"""One stylesheet from one file per component, without a build step.

`static/css/src/order.txt` lists the files; the finder serves them joined as `css/site.css`, for the
development server and for collectstatic alike.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

NAME = "css/site.css"
SOURCE = Path(settings.BASE_DIR) / "static" / "css" / "src"
_MADE = Path(settings.BASE_DIR) / ".cache" / "static"


def sources() -> list[Path]:
    """The component files, in the order in which they are joined."""
    names = (SOURCE / "order.txt").read_text().split()
    return [SOURCE / name for name in names]


def stylesheet() -> str:
    """All components joined, without comments and indentation."""
    text = "\n".join(path.read_text() for path in sources())
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def build() -> Path:
    """Write the joined file where it is missing or older than a component; its path."""
    made = _MADE / NAME
    newest = max(path.stat().st_mtime for path in [SOURCE / "order.txt", *sources()])
    if not made.exists() or made.stat().st_mtime < newest:
        made.parent.mkdir(parents=True, exist_ok=True)
        draft = made.with_name(f"{made.name}.{id(made)}")
        draft.write_text(stylesheet())
        draft.replace(made)
    return made


class StylesheetFinder(BaseFinder):
    """Finds `css/site.css`."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != NAME:
            return []
        made = str(build())
        return [made] if find_all else made

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        build()
        yield NAME, FileSystemStorage(location=_MADE)

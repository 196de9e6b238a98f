"""The marker that every view carries. This one says: for everybody. Others live with the relation they ask."""

from collections.abc import Callable
from typing import Any


def public[View: Callable[..., Any]](view: View) -> View:
    """Anybody may open this page."""
    view.access = "public"  # type: ignore[attr-defined]
    return view

"""What a server process does before its first request."""

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines

from beautydrop.web import warm


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_every_template_compiles_and_what_lives_for_ever_is_frozen(settings: Any) -> None:
    settings.DEBUG = False
    before = gc.get_freeze_count()
    warm.up()
    assert gc.get_freeze_count() > before + 10_000
    (cached,) = engines["django"].engine.template_loaders  # type: ignore[attr-defined]
    assert {"marketplace/home.html", "bookings/manage/day.html"} <= cached.get_template_cache.keys()


def test_a_template_that_does_not_compile_stops_the_start(settings: Any, tmp_path: Any) -> None:
    settings.DEBUG = False
    (tmp_path / "broken.html").write_text("{% if %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with pytest.raises(Exception, match="broken.html|Unexpected end of expression"):
        warm.up()


def test_in_development_nobody_waits_for_it(settings: Any) -> None:
    settings.DEBUG = True
    before = gc.get_freeze_count()
    warm.up()
    assert gc.get_freeze_count() == before

"""Icons and form controls: the two things that every template draws and none should spell out."""

from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@cache
def _drawing(name: str) -> SafeString:
    """static/icons/<name>.svg, ready to stand in a page; FileNotFoundError for a name we don't draw."""
    path = Path(settings.BASE_DIR) / "static" / "icons" / f"{name}.svg"
    source = path.read_text(encoding="utf-8").strip()
    # Inside HTML the namespace is implied, and the size comes from the style sheet.
    source = source.replace(' xmlns="http://www.w3.org/2000/svg"', "").replace(' width="24" height="24"', "")
    opening = f'<svg class="icon i-{name}" aria-hidden="true" focusable="false" '
    return mark_safe(source.replace("<svg ", opening, 1))


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing from static/icons as inline svg, hidden from screen readers: words stand beside it."""
    return _drawing(name)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's own widget without its placeholder: labels name, and examples stand in the hint."""
    return field.as_widget(attrs={"placeholder": False})

"""The generated pictures as template tags; the drawing itself is in beautydrop/web/art."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from beautydrop.web.art import portraits, scenes
from beautydrop.web.art.stage import PREFIX

register = template.Library()

# As many pictures back as stand beside or above the next one in a grid of up to three columns.
_NEIGHBOURS = 3


@dataclass
class _Page:
    """What this rendering has drawn so far: pictures per size, the last one first, and names per use."""

    drawn: defaultdict[str, list[scenes.Picture]] = field(default_factory=lambda: defaultdict(list))
    names: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def unique(self, name: str) -> str:
        """An id prefix that no other drawing on this page has."""
        self.names[name] += 1
        again = f"-{self.names[name]}" if self.names[name] > 1 else ""
        return f"a{name}{again}"


def _page(context: Context) -> _Page:
    # The lowest layer of the render context is the only one that includes share with their page.
    shared = cast(dict[str, Any], context.render_context.dicts[0])
    page: _Page = shared.setdefault("beautydrop.web.art", _Page())
    return page


@register.simple_tag(takes_context=True)
def shop_art(
    context: Context, shop_id: object, categories: Iterable[str], size: str, neighbour: object = None
) -> SafeString:
    """The shop's picture as inline svg in one of scenes.SIZES.

    The wall differs from the last three pictures of that size on the page, and the layout from the last
    two. `neighbour` is the id of a shop whose picture stands beside this one but isn't rendered with it.
    """
    page = _page(context)
    slugs = tuple(categories)
    beside = page.drawn[size][:_NEIGHBOURS]
    walls = tuple(wall for picture in beside for wall in picture.walls)
    if neighbour:
        walls = (scenes.neighbour_wall(neighbour, slugs), *walls)
    picture = scenes.picture(str(shop_id), slugs, size, walls, tuple(picture.layout for picture in beside))
    page.drawn[size] = [picture, *beside]
    return mark_safe(picture.placed(page.unique(picture.name)))


@register.simple_tag
def portrait(name: str, category: str) -> SafeString:
    """A person's arch with initials, 84 x 100 px, in the tones of the category."""
    return mark_safe(portraits.portrait(name, category))


@register.simple_tag
def anyone_art() -> SafeString:
    """Three mirrors, 84 x 100 px: whoever is free."""
    return mark_safe(portraits.anyone())


@register.simple_tag(takes_context=True)
def door(context: Context, category: str) -> SafeString:
    """The category's arch on the home page, 132 x 116 px; KeyError for an unknown category."""
    return mark_safe(portraits.door(category).replace(PREFIX, _page(context).unique(category)))

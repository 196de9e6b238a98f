"""A walk over the URLconf: every address by its name, with the view behind it, filled with things that exist."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize

# The site's addresses with those that only DEBUG has.
ALL = "tests.urls_with_debug"

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One pattern. `name` is its full one ("manage:day"); where it has none, its route stands for it."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def access(self) -> str:
        """The marker of its view; "" for views that are not ours."""
        return getattr(self.view, "access", "")

    @property
    def is_ours(self) -> bool:
        return self.view.__module__.startswith("beautydrop.")

    def filled(self, values: Mapping[str, Any]) -> str:
        """The path with these values; "<name> <parameter>" as a key goes before "<parameter>"."""
        return "/" + _PARAMETER.sub(
            lambda hit: str(values[f"{self.name} {hit[1]}" if f"{self.name} {hit[1]}" in values else hit[1]]),
            self.route,
        )


def every_address(urlconf: str = ALL) -> list[Address]:
    """In the order in which Django tries them."""
    return list(_walk(get_resolver(urlconf).url_patterns, "", ()))


def _walk(patterns: list[Any], before: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for one in patterns:
        route = before + _route(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route, (*namespaces, one.namespace) if one.namespace else namespaces)
        elif isinstance(one, URLPattern):
            name = ":".join((*namespaces, one.name)) if one.name else route
            yield Address(name, route, tuple(_PARAMETER.findall(route)), one.callback)


def _route(pattern: Any) -> str:
    """As path() writes it, also for regular expressions: <name> where a value stands."""
    if isinstance(pattern, RegexPattern):
        form, names = normalize(pattern.regex.pattern)[0]
        return form % {name: f"<{name}>" for name in names}
    return str(pattern)

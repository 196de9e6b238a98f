"""Every list: what may be asked of it is published, and anything else is refused rather than overlooked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from beautydrop.api.fields import Input, Text, Whole

PAGE_SIZE, LARGEST_PAGE = 20, 100


class _Paging(Input):
    page = Whole(min_value=1, max_value=1_000_000, default=1, help_text="Which page, from 1 on.")
    page_size = Whole(min_value=1, max_value=LARGEST_PAGE, default=PAGE_SIZE, help_text="How many a page.")
    ordering = Text(required=False, help_text="Names from the published list, comma-separated; - in front turns round.")


@dataclass(frozen=True)
class Asked:
    """What a client asked of a list, checked."""

    page: int
    page_size: int
    ordering: tuple[str, ...]
    filters: dict[str, Any]


def read(request: Request, *, ordering: Sequence[str], filters: type[Input] = Input) -> Asked:
    """The query of `request`. `ordering` are the names of the published list, the first one is the default.

    Raises ValidationError for values that don't fit, and for every name that is not published.
    """
    query = request.query_params
    paging, chosen = _Paging(data=query.dict()), filters(data=query.dict())
    errors: dict[str, Any] = {}
    for part in (paging, chosen):
        if not part.is_valid():
            errors |= part.errors
    for name in query:
        if name not in paging.fields and name not in chosen.fields:
            errors[name] = [_("This list has no such filter")]
    wanted = tuple(name.strip() for name in query.get("ordering", ordering[0]).split(","))
    names = [name.removeprefix("-") for name in wanted]
    if len(set(names)) < len(names) or not {*names} <= {*ordering}:
        errors["ordering"] = [_("Send names of this list, comma-separated: %(names)s") % {"names": ", ".join(ordering)}]
    if errors:
        raise ValidationError(errors)
    values = paging.validated_data
    return Asked(values["page"], values["page_size"], wanted, dict(chosen.validated_data))


def answer(
    request: Request, asked: Asked, rows: QuerySet[Any], shape: type[serializers.BaseSerializer[Any]]
) -> Response:
    """The page of `rows` that was asked for: `{count, next, previous, results}`. NotFound beyond the last page."""
    count = rows.count()
    pages = max(1, -(-count // asked.page_size))
    if asked.page > pages:
        raise NotFound
    first = (asked.page - 1) * asked.page_size
    # The key decides between equals: without it a row may be on two pages and another on none.
    found = rows.order_by(*asked.ordering, "pk")[first : first + asked.page_size]

    def address(page: int) -> str | None:
        if not 1 <= page <= pages:
            return None
        query = urlencode({**request.query_params.dict(), "page": page})
        return f"{request.build_absolute_uri(request.path)}?{query}"

    return Response(
        {
            "count": count,
            "next": address(asked.page + 1),
            "previous": address(asked.page - 1),
            "results": shape(found, many=True).data,
        }
    )


def parameters(*, filters: type[Input] = Input) -> list[type[Input]]:
    """For `extend_schema(parameters=…)`: what such a list can be asked."""
    return [_Paging, filters]


def page_of(shape: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """For `extend_schema(responses=…)`: a page of `shape`."""
    return inline_serializer(
        f"{shape.__name__.removesuffix('Serializer')}Page",
        {
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": shape(many=True),
        },
    )

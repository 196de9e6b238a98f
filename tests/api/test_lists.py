"""What every list of the API promises: see beautydrop/api/lists.py."""

import pytest
from django.test import override_settings
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from beautydrop.accounts.models import User
from beautydrop.api import lists
from beautydrop.api.access import public
from beautydrop.api.fields import Choice, Input
from tests.factories import a_person

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class PersonFilters(Input):
    role = Choice(choices=["customer", "client"], required=False)


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["email"]


@public
@extend_schema(parameters=lists.parameters(filters=PersonFilters), responses=lists.page_of(PersonSerializer))
@api_view(["GET"])
def people(request) -> Response:
    asked = lists.read(request, ordering=["email", "first_name"], filters=PersonFilters)
    return lists.answer(request, asked, User.objects.filter(**asked.filters), PersonSerializer)


urlpatterns = [path("api/v1/people/", people)]


def emails(answer) -> list[str]:
    return [row["email"].partition("@")[0] for row in answer.json()["results"]]


@pytest.fixture
def five() -> None:
    for name, first in (("c", "Zoe"), ("a", "Amy"), ("e", "Amy"), ("b", "Amy"), ("d", "Bea")):
        a_person(f"{name}@example.com", name=first)


def test_an_empty_list(client):
    answer = client.get("/api/v1/people/")
    assert answer.status_code == 200
    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_pages_follow_one_another(client, five):
    seen, address = [], "/api/v1/people/?page_size=2&role=customer"
    previous = []
    while address:
        answer = client.get(address)
        assert answer.json()["count"] == 5
        seen.append(emails(answer))
        previous.append(answer.json()["previous"])
        address = answer.json()["next"]
    assert seen == [["a", "b"], ["c", "d"], ["e"]]
    assert previous[0] is None
    assert previous[2] == "http://testserver/api/v1/people/?page_size=2&role=customer&page=2"


def test_twenty_a_page_unless_told(client):
    User.objects.bulk_create(User(email=f"p{number:03}@example.com") for number in range(101))
    assert len(emails(client.get("/api/v1/people/"))) == 20
    assert len(emails(client.get("/api/v1/people/?page_size=100"))) == 100


@pytest.mark.parametrize("rows", [1, 3])
def test_two_queries_a_page(client, django_assert_num_queries, rows):
    for number in range(rows):
        a_person(f"{number}@example.com")
    with django_assert_num_queries(2):
        assert len(emails(client.get("/api/v1/people/"))) == rows


def test_the_published_orderings(client, five):
    assert emails(client.get("/api/v1/people/?ordering=-email")) == ["e", "d", "c", "b", "a"]
    assert emails(client.get("/api/v1/people/?ordering=first_name,-email")) == ["e", "b", "a", "d", "c"]


def test_equals_keep_one_order_over_pages(client):
    User.objects.bulk_create(User(email=f"{number}@example.com", first_name="Amy") for number in range(9))
    pages = [emails(client.get(f"/api/v1/people/?ordering=first_name&page_size=2&page={n}")) for n in range(1, 6)]
    assert sorted(sum(pages, [])) == [str(number) for number in range(9)]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("city=Berlin", "city"),
        ("Role=client", "Role"),
        ("role=", "role"),
        ("role=admin", "role"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page=%00", "page"),
        ("page=" + "9" * 5000, "page"),
        ("page_size=101", "page_size"),
        ("page_size=all", "page_size"),
        ("ordering=password", "ordering"),
        ("ordering=email,password", "ordering"),
        ("ordering=email,-email", "ordering"),
        ("ordering=--email", "ordering"),
        ("ordering=", "ordering"),
        ("ordering=%ED%A0%80", "ordering"),
        ("%00=1", "\x00"),
    ],
)
def test_what_is_not_published_is_refused(client, five, query, field):
    answer = client.get(f"/api/v1/people/?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert list(answer.json()["errors"]) == [field]
    assert answer.json()["errors"][field][0]


def test_beyond_the_last_page(client, five):
    answer = client.get("/api/v1/people/?page=2")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@override_settings(ROOT_URLCONF=__name__)
def test_the_description_says_the_same():
    from drf_spectacular.generators import SchemaGenerator

    document = SchemaGenerator(patterns=urlpatterns).get_schema(request=None, public=True)
    operation = document["paths"]["/api/v1/people/"]["get"]
    assert {one["name"] for one in operation["parameters"]} == {"page", "page_size", "ordering", "role"}
    page = document["components"]["schemas"]["PersonPage"]
    assert set(page["properties"]) == {"count", "next", "previous", "results"}

"""Too often, and the API says so as it says everything: a problem, with when to try again."""

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.web import limits
from tests.factories import a_person

pytestmark = pytest.mark.django_db


def test_beyond_the_limit_it_is_a_problem_with_retry_after(settings, monkeypatch):
    settings.RATE_LIMITS_ENABLED = True
    monkeypatch.setitem(limits.SCOPES, "api", limits.Scope(60, by_address=3, by_person=2))
    client = Client()
    client.force_login(a_person("clara@example.com"))
    answers = [client.get(reverse("api:auth:me")) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["code"] == "too_many_requests"
    strangers = [Client().get(reverse("api:auth:me")).status_code for _time in range(2)]
    assert strangers == [429, 429]  # three from this address were before them
    assert Client(REMOTE_ADDR="203.0.113.9").get(reverse("api:auth:me")).status_code == 401

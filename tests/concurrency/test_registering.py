"""A person registers several times at once, as a hasty app does: they are new once, and have each side once."""

from functools import partial

import pytest

from beautydrop.accounts import actions
from beautydrop.accounts.models import ClerkPerson, Client, Customer, Role, User
from tests.concurrency.racing import at_once
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def test_registering_at_once():
    for number in range(10):
        ClerkPerson.objects.create(pk=f"user_{number}")
        user = User.objects.create_user(f"p{number}@example.com", clerk_user_id=f"user_{number}")
        jobs = [partial(actions.begin_as, user=user, role=role, now=NOW) for role in (Role.CLIENT, Role.CUSTOMER) * 4]
        race = at_once(jobs)
        assert sorted(race.values) == [False] * 7 + [True]
        assert Client.objects.filter(user=user).count() == 1
        assert Customer.objects.filter(user=user).count() == 1
        user.refresh_from_db()
        assert user.role == Role.CLIENT

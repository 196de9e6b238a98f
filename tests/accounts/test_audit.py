"""On record: sign-ins, rights, money; who and from where, before and after, and nobody can take it back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from beautydrop.accounts import actions, audit
from beautydrop.accounts.cleanup import delete_audit_events
from beautydrop.accounts.models import AuditEvent, User
from beautydrop.jobs import cleanup
from beautydrop.shops import actions as shops
from beautydrop.shops import invitations
from tests.factories import NOW, PASSWORD, a_person, a_world
from tests.pages import Visitor, mailed_link

pytestmark = pytest.mark.django_db
Kind = AuditEvent.Kind


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _only(kind: str) -> AuditEvent:
    return AuditEvent.objects.get(kind=kind)


def _sign_in(visitor: Visitor, email: str = "clara@example.com", password: str = PASSWORD) -> None:
    visitor.submit(visitor.get("/account/login/"), "Sign in", login=email, password=password)


# --- Sign-ins --------------------------------------------------------------------------------------


def test_in_and_out_and_what_failed():
    clara = a_person("clara@example.com")
    visitor = Visitor(REMOTE_ADDR="203.0.113.5")
    _sign_in(visitor, password="wrong-password")
    _sign_in(visitor, email="nobody@example.com")
    _sign_in(visitor)
    visitor.submit(visitor.get(reverse("accounts:profile")), "Sign out")
    events = list(AuditEvent.objects.order_by("pk"))
    assert [event.kind for event in events] == ["sign_in_failed", "sign_in_failed", "signed_in", "signed_out"]
    assert {event.address for event in events} == {"203.0.113.5"}
    assert {event.at for event in events} == {NOW}
    known, unknown, signed_in, _out = events
    assert (known.actor, known.subject_id, known.detail) == (None, str(clara.pk), {"typed": "c…@example.com"})
    assert (unknown.subject_id, unknown.detail) == ("", {"typed": "n…@example.com"})
    assert (signed_in.actor, signed_in.subject) == (clara, "c…@example.com")
    assert "wrong-password" not in str([event.__dict__ for event in events])


def test_a_new_password_and_a_new_address():
    clara = a_person("clara@example.com")
    visitor = Visitor(clara)
    new = "another-password-7"
    page = visitor.get(reverse("account_change_password"))
    visitor.submit(page, "", oldpassword=PASSWORD, password1=new, password2=new)
    event = _only(Kind.PASSWORD_CHANGED)
    assert (event.actor, event.detail) == (clara, {"how": "changed"})
    visitor.post(reverse("account_reset_password"), {"email": "clara@example.com"})
    stranger = Visitor()
    stranger.post(reverse("account_reset_password"), {"email": "clara@example.com"})
    form = stranger.follow(stranger.get(mailed_link("clara@example.com", "/password/reset/key/")))
    stranger.submit(form, "", password1=PASSWORD, password2=PASSWORD)
    assert AuditEvent.objects.filter(kind=Kind.PASSWORD_CHANGED, detail__how="reset by e-mail").count() == 1
    wish = actions.ask_for_email(user=clara, new_email="new@example.org", now=NOW)
    actions.change_email(key=wish.key, now=NOW)
    assert _only(Kind.EMAIL_CHANGED).detail == {"email": ["c…@example.com", "n…@example.org"]}
    actions.delete_account(user=clara, now=NOW)
    assert _only(Kind.ACCOUNT_DELETED).subject_id == str(clara.pk)
    everything = str(list(AuditEvent.objects.values()))
    assert new not in everything and PASSWORD not in everything and "new@" not in everything


# --- Rights ----------------------------------------------------------------------------------------


def test_a_team_by_its_pages():
    world = a_world()
    otto = a_person("otto@example.com", name="Otto Stylist")
    invitation = invitations.invite(
        staff_member=world.ayla, email="otto@example.com", level="manager", by=world.client.user, now=NOW
    )
    visitor = Visitor(otto, REMOTE_ADDR="203.0.113.8")
    visitor.submit(visitor.get(reverse("manage:accept_invitation", args=[invitations.token_of(invitation)])), "Accept")
    joined = _only(Kind.JOINED_TEAM)
    assert (joined.actor, joined.subject, joined.address) == (otto, "Ayla Demir", "203.0.113.8")
    assert joined.detail == {
        "person": str(otto.pk),
        "shop": str(world.shop.pk),
        "level": "manager",
        "invited_by": str(world.client.user.pk),
    }
    owner = Visitor(world.client.user)
    owner.post(reverse("manage:person_disconnect", args=[world.shop.slug, world.ayla.pk]))
    left = _only(Kind.LEFT_TEAM)
    assert (left.actor, left.detail["person"], left.detail["was_manager"]) == (world.client.user, str(otto.pk), True)


def test_managers_and_who_was_taken_out():
    world = a_world()
    shops.update_staff_member(staff_member=world.mina, is_manager=True, title="Artist")
    shops.update_staff_member(staff_member=world.mina, is_manager=True, title="Head artist")
    event = _only(Kind.RIGHTS_CHANGED)
    assert (event.actor, event.detail["is_manager"], event.subject_id) == (None, [False, True], str(world.mina.pk))
    shops.deactivate_staff_member(staff_member=world.mina, now=NOW)
    shops.reactivate_staff_member(staff_member=world.mina)
    assert [
        one.detail["is_active"]
        for one in AuditEvent.objects.filter(kind=Kind.RIGHTS_CHANGED, detail__has_key="is_active").order_by("pk")
    ] == [[True, False], [False, True]]


@pytest.fixture
def admin(settings) -> Client:
    client = Client(REMOTE_ADDR="203.0.113.7")
    client.force_login(User.objects.create_superuser("admin@example.com", PASSWORD))
    return client


def _person_fields(person: User, **changes: object) -> dict[str, object]:
    fields = {"email": person.email, "first_name": person.first_name, "last_name": person.last_name, "language": ""}
    return {**fields, "role": person.role, "is_active": "on", "email_verified": "on", **changes}


def test_rights_given_in_the_admin(admin):
    clara = a_person("clara@example.com")
    group = Group.objects.create(name="Support")
    page = reverse("admin:accounts_user_change", args=[clara.pk])
    sent = admin.post(page, _person_fields(clara, is_staff="on", groups=[group.pk], email="clara.n@example.com"))
    assert sent.status_code == 302, sent.content
    rights = AuditEvent.objects.filter(kind=Kind.RIGHTS_CHANGED, subject_id=str(clara.pk)).order_by("pk")
    assert [one.detail for one in rights] == [{"is_staff": [False, True]}, {"gained": ["Support"], "lost": []}]
    assert {str(one.actor.email) for one in rights} == {"admin@example.com"}
    assert _only(Kind.EMAIL_CHANGED).detail == {"email": ["c…@example.com", "c…@example.com"]}
    new = {"usable_password": "true", "password1": "a-new-password-77", "password2": "a-new-password-77"}
    admin.post(reverse("admin:auth_user_password_change", args=[clara.pk]), new)
    assert _only(Kind.PASSWORD_CHANGED).detail == {"how": "by an administrator"}


def test_looking_as_somebody_and_becoming_an_owner(admin):
    clara = a_person("clara@example.com")
    admin.post(reverse("admin:accounts_user_changelist"), {"action": "look_as_person", "_selected_action": [clara.pk]})
    looked = _only(Kind.LOOKED_AS)
    assert (looked.actor.email, looked.subject_id) == ("admin@example.com", str(clara.pk))
    from beautydrop.accounts.actions import become_client

    become_client(user=clara, business_name="Clara & Co")
    assert _only(Kind.RIGHTS_CHANGED).detail == {"role": ["customer", "client"]}


# --- Money -----------------------------------------------------------------------------------------


def test_prices_before_and_after():
    world = a_world()
    AuditEvent.objects.filter(kind=Kind.PRICE_CHANGED).count()
    shops.update_service(service=world.manicure, name="Gel manicure", price=Decimal("45.50"), duration_minutes=55)
    shops.update_service(service=world.manicure, price=Decimal("45.50"), duration_minutes=60)
    event = _only(Kind.PRICE_CHANGED)
    assert (event.subject, event.detail) == ("Gel manicure", {"price": ["42.00", "45.50"], "shop": str(world.shop.pk)})
    terms = {world.mina: shops.Terms(is_primary=True, price=Decimal(60))}
    shops.set_performers(service=world.manicure, terms=terms, among=[world.mina])
    own = AuditEvent.objects.filter(kind=Kind.PRICE_CHANGED).latest("pk")
    assert (own.subject, own.detail["price"]) == ("Mina Haddad: Gel manicure", [None, "60.00"])


def test_terms_by_their_page():
    world = a_world()
    visitor = Visitor(world.client.user, REMOTE_ADDR="203.0.113.9")
    url = reverse("manage:policy", args=[world.shop.slug])
    visitor.submit(visitor.get(url), "", no_show_percent="80", lead_time_minutes="120")
    event = _only(Kind.TERMS_CHANGED)
    assert (event.actor, event.address, event.subject) == (world.client.user, "203.0.113.9", "Studio Nord")
    assert event.detail == {"no_show_percent": [50, 80]}


def test_prices_changed_in_the_admin(admin):
    world = a_world()
    page = reverse("admin:shops_service_change", args=[world.manicure.pk])
    form = admin.get(page).context["adminform"].form
    fields = {name: "" if value is None else value for name, value in form.initial.items()}
    sent = admin.post(page, {**fields, "shop": world.shop.pk, "price": "50", "is_active": "on"})
    assert sent.status_code == 302
    event = _only(Kind.PRICE_CHANGED)
    assert (event.actor.email, event.detail) == ("admin@example.com", {"price": ["42.00", "50.00"]})


def test_what_fails_is_not_on_record():
    world = a_world()
    with pytest.raises(RuntimeError), transaction.atomic():
        shops.update_service(service=world.manicure, price=Decimal(50))
        raise RuntimeError
    assert not AuditEvent.objects.filter(kind=Kind.PRICE_CHANGED).exists()


# --- Only ever added -------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["update", "update_actor", "delete", "raw"])
def test_nobody_takes_it_back(change):
    clara, otto = a_person("clara@example.com"), a_person("otto@example.com")
    event = audit.record(Kind.SIGNED_IN, subject=clara, by=clara)
    rows = AuditEvent.objects.filter(pk=event.pk)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        if change == "update":
            rows.update(detail={"x": 1})
        elif change == "update_actor":
            rows.update(actor=otto)
        elif change == "delete":
            rows.delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM accounts_auditevent")
    assert rows.get().actor == clara


def test_a_person_who_is_erased_stays_only_as_an_id():
    clara = a_person("clara@example.com")
    event = audit.record(Kind.SIGNED_IN, subject=clara, by=clara)
    clara.customer.delete()
    clara.delete()
    event.refresh_from_db()
    assert event.actor is None
    assert "Clara" not in str(event.__dict__) and "clara" not in str(event.__dict__)


def test_it_is_kept_as_long_as_the_setting_says_and_90_days_at_least():
    now = timezone.now()
    for days in (10, 95, 401):
        audit.record(Kind.SIGNED_IN, now=now - timedelta(days=days))
    assert cleanup.clean("accounts.audit", now) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_audit_events(now - timedelta(days=5), 10)
    assert AuditEvent.objects.count() == 2


def test_the_admin_reads_it_and_no_more(admin, django_assert_num_queries):
    world = a_world()
    shops.update_service(service=world.manicure, price=Decimal(50))
    event = _only(Kind.PRICE_CHANGED)
    url = reverse("admin:accounts_auditevent_changelist")
    page = admin.get(url, {"q": "manicure", "kind__exact": "price_changed", "at__year": "2026"}).content.decode()
    assert "price: 42.00 → 50" in page
    assert "price: 42.00 → 50" not in admin.get(url, {"kind__exact": "signed_in"}).content.decode()
    for query in ("203.0.113.7", str(event.subject_id), "admin@example.com"):
        assert admin.get(url, {"q": query}).status_code == 200
    one = reverse("admin:accounts_auditevent_change", args=[event.pk])
    assert admin.get(one).status_code == 200
    assert admin.post(one, {"subject": "x"}).status_code == 403
    assert admin.post(reverse("admin:accounts_auditevent_delete", args=[event.pk]), {"post": "yes"}).status_code == 403
    assert admin.get(reverse("admin:accounts_auditevent_add")).status_code == 403
    counts = []
    for _more in range(2):
        admin.get(url)
        with django_assert_num_queries(7):
            admin.get(url)
        counts.append(AuditEvent.objects.count())
        for _time in range(5):
            audit.record(Kind.SIGNED_IN, subject=world.client.user, by=world.client.user)
    assert counts[1] == counts[0] + 5

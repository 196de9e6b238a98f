"""Download my data, and leaving: everything registered, nothing of others, history kept."""

import json
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.urls import reverse

from beautydrop.accounts import actions, own_data
from beautydrop.accounts.actions import delete_account
from beautydrop.accounts.errors import AccountError
from beautydrop.accounts.models import ClerkPerson, ClerkSession, Client, Customer, LookAs, OpenSession, User
from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.models import Booking, BookingEvent, ShopClient
from beautydrop.marketplace.actions import toggle_favourite
from beautydrop.marketplace.models import ContactMessage, Favourite
from beautydrop.notifications.models import (
    Notification,
    OutboxMessage,
    Preference,
    PushSubscription,
    Reach,
    Suppression,
)
from beautydrop.shops import invitations
from beautydrop.shops.models import StaffInvitation
from tests.accounts.test_own_account import again, signed_in
from tests.factories import GUEST, NOW, World, a_booking, a_person, a_world, an_owner, berlin, by_customer, by_owner
from tests.pages import Visitor, mails

pytestmark = pytest.mark.django_db

DATA = reverse("accounts:data")
FILE = reverse("accounts:data_file")
DELETE = reverse("accounts:delete")
LATER = NOW + timedelta(days=20)


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def a_guest_booking(world: World, start, email: str, *, is_proved: bool = True, name: str = "Clara Guest") -> Booking:
    booking = bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.ayla.pk,
        start=start,
        contact=Contact(name, email),
        note=f"Note of {name}",
        by=GUEST,
        customer=None,
        now=NOW,
    )
    if is_proved:
        booking = bookings.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    return booking


@pytest.fixture
def world() -> World:
    """Clara has something of everything there is; so have others."""
    world = a_world()
    clara = world.customer.user
    actions.update_profile(user=clara, first_name="Clara", last_name="Neumann", phone="+49301234567", language="en")
    a_booking(world, berlin(2, "10:15"))
    a_guest_booking(world, berlin(3, "11:00"), "clara@example.com")
    bookings.cancel(
        booking_id=a_booking(world, berlin(4, "10:15")).pk, by=by_customer(world.customer), now=NOW, note="ill"
    )
    toggle_favourite(user=clara, shop=world.shop)
    Preference.objects.create(user=clara, kind="booking.moved", channel="sms", is_on=True)
    Reach.objects.create(user=clara, sms_phone="+49301234567", sms_since=NOW)
    PushSubscription.objects.create(
        user=clara, endpoint="https://push.example/secret-end", device="Phone", created_at=NOW
    )
    news = {"kind": "booking.moved", "title": "Moved", "path": "/", "at": NOW}
    Notification.objects.create(user=clara, message_id=uuid.uuid4(), **news)
    Suppression.objects.create(address=clara.email, kind="booking.reminder_day", reason="unsubscribed", at=NOW)
    ContactMessage.objects.create(user=clara, name="Clara", email=clara.email, message="Hello you")
    LookAs.objects.create(admin=User.objects.create_superuser("root@example.com", "x"), person=clara, began_at=NOW)
    Authenticator.objects.create(user=clara, type=Authenticator.Type.TOTP, data={"secret": "TOPSECRETSEED"})
    # Others, some of them near.
    olaf = a_person("olaf@example.com", name="Olaf Other")
    toggle_favourite(user=olaf, shop=world.shop)
    Notification.objects.create(user=olaf, message_id=uuid.uuid4(), **{**news, "title": "Olaf’s news"})
    ContactMessage.objects.create(user=olaf, name="Olaf", email=olaf.email, message="From Olaf")
    a_guest_booking(world, berlin(5, "11:00"), "olaf@example.com", name="Olaf Other")
    # Somebody typed Clara's address and never proved it.
    a_guest_booking(world, berlin(8, "11:00"), "clara@example.com", is_proved=False, name="Impostor Ivan")
    return world


def the_file(visitor: Visitor) -> dict:
    page = again(visitor, FILE)
    assert page.response.headers["Content-Type"] == "application/json"
    assert page.response.headers["Content-Disposition"] == 'attachment; filename="beautydrop-my-data.json"'
    assert "no-store" in page.response.headers["Cache-Control"]
    return json.loads(page.response.content)


def without_second_factor(world: World) -> Visitor:
    Authenticator.objects.all().delete()
    return signed_in()


# --- Download --------------------------------------------------------------------------------------


def test_every_app_that_holds_something_is_registered():
    assert own_data.names() == [
        "person", "second_factor", "sessions", "looks", "clerk", "salons", "messages", "news", "ways", "bookings",
        "favourites", "letters",
    ]  # fmt: skip


def test_the_file_holds_everything_registered(world):
    got = own_data.everything(world.customer.user, NOW)
    assert list(got) == ["made_at", *own_data.names()]
    assert got["person"]["phone"] == "+49301234567"
    assert [one["type"] for one in got["second_factor"]] == ["totp"]
    assert len(got["looks"]) == 1
    assert {(one["salon"], one["status"], one["name"]) for one in got["bookings"]} == {
        ("Studio Nord", "confirmed", "Clara Neumann"),
        ("Studio Nord", "confirmed", "Clara Guest"),
        ("Studio Nord", "cancelled", "Clara Neumann"),
    }
    assert all(one["history"] for one in got["bookings"])
    assert "Note of Clara Guest" in [one["your_note"] for one in got["bookings"]]
    assert [one["title"] for one in got["news"]] == ["Moved"]
    assert got["ways"]["sms_phone"] == "+49301234567"
    assert [one["device"] for one in got["ways"]["push"]] == ["Phone"]
    assert [one["kind"] for one in got["ways"]["preferences"]] == ["booking.moved"]
    assert [one["reason"] for one in got["ways"]["not_written_to"]] == ["unsubscribed"]
    assert [one["salon"] for one in got["favourites"]] == ["Studio Nord"]
    assert [one["message"] for one in got["letters"]] == ["Hello you"]
    assert len(got["messages"]) == OutboxMessage.objects.filter(recipient="clara@example.com").count() > 3


def test_it_holds_nothing_of_others_and_no_secrets(world):
    visitor = without_second_factor(world)
    Authenticator.objects.create(
        user=world.customer.user, type=Authenticator.Type.TOTP, data={"secret": "TOPSECRETSEED"}
    )
    text = json.dumps(the_file(visitor)) + visitor.get(DATA).text
    for word in ("Olaf", "Ivan", "root@", "TOPSECRETSEED", "secret-end", "Nora", "owner@"):
        assert word not in text, word
    for booking in Booking.objects.all():
        assert booking.token not in text
    assert OpenSession.objects.get().session_key not in text


def test_the_page_says_it_in_words(world):
    visitor = without_second_factor(world)
    page = again(visitor, DATA)
    for words in (
        "Clara Neumann",
        "+49301234567",
        "Wed 2 Dec, 10:15, Gel manicure, Studio Nord: Confirmed",
        "Hello you",
    ):
        assert words in page.text, words
    assert "Your booking is confirmed" in page.text
    assert "booking.confirmed" not in page.text
    assert page.has_link(FILE)


def test_staff_and_owners_find_their_salons(world):
    mina = a_person("mina@example.com", name="Mina Haddad")
    invitation = invitations.invite(
        staff_member=world.mina, email="mina@example.com", level="staff", by=world.client.user, now=NOW
    )
    invitations.accept(token=invitations.token_of(invitation), user=mina, now=NOW)
    got = own_data.everything(mina, NOW)["salons"]
    assert [(one["salon"], one["name"]) for one in got["staff_of"]] == [("Studio Nord", "Mina Haddad")]
    assert [one["email"] for one in got["invitations"]] == ["mina@example.com"]
    assert [one["name"] for one in own_data.everything(world.client.user, NOW)["salons"]["owned"]] == ["Studio Nord"]


def test_an_unproved_address_finds_nothing_of_its_owner(world):
    """Somebody signed up with an address that isn't theirs: whatever went there is not shown."""
    clara = world.customer.user
    clara.email_verified = False
    clara.save()
    got = own_data.everything(clara, NOW)
    assert got["messages"] == []
    assert "Clara Guest" not in json.dumps(got)


def test_the_file_takes_the_same_queries_for_one_and_three_bookings(django_assert_num_queries):
    world = a_world()
    for size, days in ((1, (2,)), (3, (3, 4))):
        for day in days:
            a_booking(world, berlin(day, "10:15"))
        with django_assert_num_queries(19):
            got = own_data.everything(world.customer.user, NOW)
        assert len(got["bookings"]) == size


# --- Leaving ---------------------------------------------------------------------------------------


def test_looking_at_the_page_changes_nothing(world, time_machine):
    time_machine.move_to(LATER)
    visitor = without_second_factor(world)
    assert "Delete my account for good" in again(visitor, DELETE).text
    world.customer.user.refresh_from_db()
    assert world.customer.user.is_active


def test_leaving(world, time_machine):
    time_machine.move_to(LATER, tick=False)
    clara = world.customer.user
    elsewhere, visitor = without_second_factor(world), signed_in()
    own = {booking.pk: booking for booking in Booking.objects.of(clara)}
    olafs = Booking.objects.values().get(contact_email="olaf@example.com")
    ivans = Booking.objects.values().get(contact_name="Impostor Ivan")
    assert len(own) == 3

    page = visitor.submit(again(visitor, DELETE), "Delete my account for good")
    assert "Your account is deleted." in page.text
    assert [session.get(reverse("accounts:index")).status for session in (visitor, elsewhere)] == [302, 302]

    clara.refresh_from_db()
    assert clara.email == f"erased-{clara.pk}@erased.invalid"
    assert (clara.first_name, clara.last_name, clara.is_active, clara.email_verified) == ("", "", False, False)
    assert not clara.has_usable_password()
    personal = (Authenticator, EmailAddress, OpenSession, Favourite, ContactMessage)
    for model in (*personal, Notification, Preference, Reach, PushSubscription):
        assert not model.objects.filter(user=clara).exists(), model
    assert Customer.objects.get(user=clara).phone == ""
    assert LookAs.objects.filter(person=clara).exists()  # PROTECT: the record of looks stays

    for booking in Booking.objects.filter(pk__in=own):
        before = own[booking.pk]
        kept = ("reference", "status", "starts_at", "ends_at", "price", "service_name", "staff_member_id", "shop_id")
        assert [getattr(booking, name) for name in kept] == [getattr(before, name) for name in kept]
        assert (booking.contact_name, booking.contact_email, booking.contact_phone) == ("Erased client", "", "")
        assert (booking.customer, booking.customer_notes, booking.is_erased) == (None, "", True)
        assert booking.token != before.token
        assert Visitor().get(reverse("bookings:show", args=[before.token])).status == 404
    assert not BookingEvent.objects.filter(by=clara).exists()
    assert not BookingEvent.objects.filter(note="ill").exists()

    assert Booking.objects.values().get(pk=olafs["id"]) == olafs
    assert Booking.objects.values().get(pk=ivans["id"]) == ivans
    assert Favourite.objects.count() == ContactMessage.objects.count() == Notification.objects.count() == 1
    assert not Suppression.objects.exists()

    # Nothing that the site keeps finds them any more: not one field of one row.
    assert [(mail.subject, mail.to) for mail in mails("clara@example.com")][-1] == (
        "Your account is deleted", ["clara@example.com"],
    )  # fmt: skip
    left = str([list(model.objects.values()) for model in (User, Customer, ShopClient, BookingEvent)])
    assert "Clara" not in left
    assert "1234567" not in left
    assert not OutboxMessage.objects.filter(recipient="clara@example.com").exclude(subject_id=ivans["id"]).exists()

    # The address is free for a new beginning, which finds nothing of the old.
    anew = a_person("clara@example.com")
    assert not Booking.objects.of(anew).exists()


def test_what_a_salon_wrote_itself_stays_with_it(world, time_machine):
    time_machine.move_to(LATER, tick=False)
    client = ShopClient.objects.get(email="clara@example.com")
    clients.edit(
        client_id=client.pk,
        name="Clara N.",
        email="clara@example.com",
        phone="",
        notes="Likes tea",
        tags=[],
        seen_notes="",
    )
    delete_account(user=world.customer.user, now=LATER)
    client.refresh_from_db()
    assert (client.name, client.notes, client.is_erased) == ("Clara N.", "Likes tea", False)
    assert not Booking.objects.filter(contact_name__startswith="Clara").exists()


def test_a_client_who_only_shares_the_phone_stays(world, time_machine):
    """The salon entered Clara's mother by phone; a later booking of Clara's with that number is of the same client."""
    mum = bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(9, "10:15"),
        contact=Contact("Marta Neumann", "", "+49309999999"),
        by=by_owner(world.client),
        now=NOW,
    )
    clara = bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(10, "10:15"),
        contact=Contact("Clara Neumann", "new@example.com", "+49309999999"),
        by=by_customer(world.customer),
        customer=world.customer,
        now=NOW,
    )
    assert clara.shop_client == mum.shop_client
    delete_account(user=world.customer.user, now=LATER)
    mum.shop_client.refresh_from_db()
    assert (mum.shop_client.name, mum.shop_client.is_erased) == ("Marta Neumann", False)
    clara.refresh_from_db()
    assert (clara.contact_email, clara.contact_phone) == ("", "")


def test_refused_while_appointments_lie_ahead(world):
    visitor = without_second_factor(world)
    page = again(visitor, DELETE)
    assert "2 appointments still lie ahead." in page.text
    assert not page.has_form("Delete my account")
    page = visitor.post(DELETE)
    assert page.status == 409
    assert page.title.startswith("Error:")
    world.customer.user.refresh_from_db()
    assert world.customer.user.is_active

    page = visitor.submit(page, "Cancel these appointments")
    assert page.has_form("Delete my account for good")
    assert set(Booking.objects.of(world.customer.user).values_list("status", "cancel_reason")) == {
        ("cancelled", "customer")
    }
    assert mails("clara@example.com")[-1].subject.startswith("Cancelled")
    visitor.submit(page, "Delete my account for good")
    assert not User.objects.get(pk=world.customer.user.pk).is_active
    # The others' appointments are as they were.
    assert Booking.objects.get(contact_email="olaf@example.com").status == "confirmed"


def test_what_cancelling_costs_is_said_before(world, time_machine):
    time_machine.move_to(berlin(2, "09:00"), tick=False)
    assert "It is late for that: €21 is due." in again(without_second_factor(world), DELETE).text


def test_an_appointment_that_has_begun_waits_for_its_end(world, time_machine):
    booking = Booking.objects.get(starts_at=berlin(2, "10:15"))
    guest = Booking.objects.get(contact_name="Clara Guest")
    bookings.cancel(booking_id=guest.pk, by=by_owner(world.client), now=NOW)
    time_machine.move_to(berlin(2, "10:20"), tick=False)
    bookings.mark_arrived(booking_id=booking.pk, by=by_owner(world.client), now=berlin(2, "10:20"))
    page = again(without_second_factor(world), DELETE)
    assert "An appointment still lies ahead." in page.text
    assert not page.has_form("Cancel this")


def test_staff_with_appointments_are_refused_and_leave_afterwards(world, time_machine):
    mina = a_person("mina@example.com", name="Mina Haddad")
    world.mina.user, world.mina.phone, world.mina.email = mina, "+49305550001", "mina@example.com"
    world.mina.is_manager = True
    world.mina.save()
    invitation = StaffInvitation.objects.create(
        staff_member=world.mina, email="mina@example.com", accepted_at=NOW, accepted_by=mina, created_at=NOW,
        expires_at=NOW, token_hash="x",
    )  # fmt: skip
    with pytest.raises(AccountError) as refused:
        delete_account(user=mina, now=NOW)
    assert [one.name for one in refused.value.obstacles] == ["calendar"]
    assert refused.value.obstacles[0].rows[0][0] == "Studio Nord: 1 appointment"
    count = Booking.objects.filter(staff_member=world.mina).count()

    delete_account(user=mina, now=LATER)
    world.mina.refresh_from_db()
    assert (world.mina.user, world.mina.phone, world.mina.email, world.mina.is_manager) == (None, "", "", False)
    assert world.mina.name == "Mina Haddad"  # the salon's record of who did it
    assert Booking.objects.filter(staff_member=world.mina, contact_name="Clara Neumann").count() == count
    invitation.refresh_from_db()
    assert (invitation.accepted_by, "mina" in invitation.email) == (None, False)


def test_owners_are_told_what_to_do(world):
    visitor = signed_in(email="owner@example.com")
    page = again(visitor, DELETE)
    assert "You own a salon" in page.text
    assert page.has_link("Studio Nord")
    assert page.has_link(reverse("marketplace:contact"))
    assert visitor.post(DELETE).status == 409
    assert User.objects.get(email="owner@example.com").is_active


def test_an_owner_without_a_salon_leaves(world):
    owner = an_owner("late@example.com").user
    delete_account(user=owner, now=NOW)
    assert "Nora" not in str(Client.objects.filter(user=owner).values())
    assert Client.objects.get(user=owner).business_name == "Erased account"


def test_administrators_give_up_the_right_first():
    admin = User.objects.create_superuser("admin@example.com", "x")
    with pytest.raises(AccountError):
        delete_account(user=admin, now=NOW)
    assert User.objects.get(email="admin@example.com").is_active


def test_leaving_twice_is_leaving_once(world):
    clara = world.customer.user
    delete_account(user=clara, now=LATER)
    before = User.objects.values().get(pk=clara.pk)
    delete_account(user=clara, now=LATER + timedelta(days=1))
    assert User.objects.values().get(pk=clara.pk) == before


def test_the_farewell_says_no_more_to_whom_it_went(world, time_machine):
    time_machine.move_to(LATER, tick=False)
    visitor = without_second_factor(world)
    visitor.submit(again(visitor, DELETE), "Delete my account for good")
    row = OutboxMessage.objects.get(kind="account.farewell")
    assert (row.status, row.payload) == ("sent", {})
    assert row.recipient == f"erased-{row.pk}@erased.invalid"


def test_an_address_that_takes_no_mail_stays_known_and_the_farewell_is_forgotten(world, time_machine):
    time_machine.move_to(LATER, tick=False)
    Suppression.objects.create(address="clara@example.com", reason="bounced", at=NOW)
    visitor = without_second_factor(world)
    visitor.submit(again(visitor, DELETE), "Delete my account for good")
    row = OutboxMessage.objects.get(kind="account.farewell")
    assert (row.status, row.recipient) == ("blocked", f"erased-{row.pk}@erased.invalid")
    assert [one.reason for one in Suppression.objects.all()] == ["bounced"]


def test_who_came_from_clerk_leaves_and_may_begin_anew(world):
    clara = world.customer.user
    clara.clerk_user_id = "user_clara"
    clara.save()
    person = {"email": clara.email, "first_name": "Clara", "last_name": "Neumann"}
    ClerkPerson.objects.create(clerk_user_id="user_clara", welcomed_at=NOW, **person)
    ClerkPerson.objects.create(clerk_user_id="user_before", deleted_at=NOW, **person)
    ClerkPerson.objects.create(clerk_user_id="user_olaf", email="olaf@example.com", first_name="Olaf")
    for sid, whose in (("sess_clara", "user_clara"), ("sess_olaf", "user_olaf")):
        ClerkSession.objects.create(sid=sid, clerk_user_id=whose, began_at=NOW)
    got = own_data.everything(clara, NOW)["clerk"]
    assert (got["id"], got["email"], len(got["sessions"])) == ("user_clara", clara.email, 1)
    delete_account(user=clara, now=LATER)
    clara.refresh_from_db()
    assert clara.clerk_user_id is None
    assert not ClerkPerson.objects.filter(pk="user_clara").exists()
    assert ClerkPerson.objects.get(pk="user_before").email == ""
    assert ClerkPerson.objects.get(pk="user_olaf").first_name == "Olaf"
    assert list(ClerkSession.objects.filter(ended_at=None).values_list("sid", flat=True)) == ["sess_olaf"]

"""The salon's clients: the list with its filters, one client, adding, editing, merging, and the CSV."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.clients import listing
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import Actor
from tests.factories import GUEST, NOW, World, a_person, a_shop, a_world, an_owner, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

ANA = Contact("Ana Ruiz", "ana@example.org", "+491765550118")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def owner(world) -> Visitor:
    return Visitor(world.client.user)


def url(world: World, name: str, client: ShopClient | None = None) -> str:
    return reverse(f"manage:{name}", args=[world.shop.slug, *([client.pk] if client else [])])


def ahead(world: World, contact: Contact, *, day: int = 3, clock: str = "10:00") -> Booking:
    return bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(day, clock),
        contact=contact,
        by=By(Actor.OWNER, world.client.user),
        now=NOW,
    )


def past(world: World, contact: Contact, *, days_ago: int, clock: str = "10:00", missed: bool = False) -> Booking:
    """A visit that took place (or was missed) so many days before the Monday of NOW, made by the actions."""
    start = (berlin(30, clock, month=11) - timedelta(days=days_ago)).replace(hour=int(clock[:2]))
    by = By(Actor.OWNER, world.client.user)
    made = bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=start,
        contact=contact,
        by=by,
        now=start - timedelta(days=1),
    )
    done = bookings.mark_no_show if missed else bookings.complete
    return done(booking_id=made.pk, by=by, now=start + timedelta(hours=1))


def client_of(booking: Booking) -> ShopClient:
    return ShopClient.objects.get(pk=booking.shop_client_id)


# --- Who may ---------------------------------------------------------------------------------------

LIST = ["clients", "client_new", "clients_import", "clients_export"]
ONE = ["client", "client_edit", "client_merge", "client_export", "client_erase"]


@pytest.mark.parametrize("name", LIST + ONE)
def test_only_those_who_manage_the_salon(world, owner, name):
    ana = client_of(ahead(world, ANA))
    at = url(world, name, ana if name in ONE else None)
    assert owner.get(at).status == 200
    world.ayla.user = a_person("ayla@example.com")
    world.ayla.save()
    assert Visitor(world.ayla.user).get(at).status == 403
    assert Visitor(world.customer.user).get(at).status == 404
    assert Visitor().get(at).status == 302
    stranger = an_owner("other@example.com")
    assert Visitor(stranger.user).get(at).status == 404
    other = a_shop(stranger, "Studio Süd")
    if name in ONE:  # another salon's client, at one's own address
        assert Visitor(stranger.user).get(reverse(f"manage:{name}", args=[other.slug, ana.pk])).status == 404


@pytest.mark.parametrize("name", ["clients", "clients_export", "client", "client_export"])
def test_pages_that_only_show_take_no_post(world, owner, name):
    ana = client_of(ahead(world, ANA))
    assert owner.post(url(world, name, ana if name in ONE else None)).status == 405


# --- The list --------------------------------------------------------------------------------------


def test_the_list_counts_visits_spend_and_no_shows(world, owner):
    past(world, ANA, days_ago=4)
    past(world, ANA, days_ago=10)
    past(world, ANA, days_ago=11, missed=True)
    ahead(world, ANA)
    page = owner.get(url(world, "clients"))
    assert page.h1 == "1 client"
    assert "Ana Ruiz" in page.text
    row = page.text[page.text.index("Ana Ruiz") :]
    assert "Thu, Mina Thu 3 Dec 2 €84 1" in row
    assert "0176 5550118" in row


def test_the_filters(world, owner):
    regular = Contact("Rita Regular", "rita@example.org")
    for n in range(5):
        past(world, regular, days_ago=40 + 7 * n)
    past(world, Contact("Nele Neu", "nele@example.org"), days_ago=4)
    past(world, Contact("Alma Away", "alma@example.org"), days_ago=100)
    for n in range(2):
        past(world, Contact("Max Missing", "max@example.org"), days_ago=12 + n, missed=True)
    texts = {show: owner.get(url(world, "clients"), {"show": show}).text for show in listing.SEGMENTS}
    names = ("Rita", "Nele", "Alma", "Max")
    got = {show: [name for name in names if name in text] for show, text in texts.items()}
    assert got == {
        "all": ["Rita", "Nele", "Alma", "Max"],
        "new": ["Nele"],
        "regulars": ["Rita"],
        "away": ["Alma"],
        "no-shows": ["Max"],
    }
    page = owner.get(url(world, "clients"))
    for words in ("All 4", "New this month 1", "Regulars 1", "Not seen for 3 months 1", "2 or more no-shows 1"):
        assert words in page.text


def test_search_by_name_phone_e_mail_and_tag(world, owner):
    clients.create(shop=world.shop, name="Lotte Kühn", email="lotte@example.org", tags=["Nail art"])
    clients.create(shop=world.shop, name="Tom Adler", phone="+491605550165")
    for query, found in (
        ({"q": "Lote"}, "Lotte Kühn"),
        ({"q": "0160 555"}, "Tom Adler"),
        ({"q": "lotte@ex"}, "Lotte Kühn"),
        ({"tag": "Nail art"}, "Lotte Kühn"),
    ):
        page = owner.get(url(world, "clients"), query)
        assert page.h1 == "1 client found"
        assert found in page.text
    assert "Nobody fits that." in owner.get(url(world, "clients"), {"q": "Zoltan"}).text


@pytest.mark.parametrize(
    "query",
    [
        {"q": "%_\\'\x00"},
        {"show": "x", "by": "x"},
        {"page": "99999"},
        {"page": "-1"},
        {"tag": "\x00" * 40},
        {"q": "a" * 900},
    ],
)
def test_absurd_addresses_show_a_page(world, owner, query):
    ahead(world, ANA)
    assert owner.get(url(world, "clients"), query).status == 200
    assert owner.get(url(world, "client_merge", ShopClient.objects.get()), query).status == 200


def test_an_empty_list_says_what_to_do(world, owner):
    page = owner.get(url(world, "clients"))
    assert page.h1 == "0 clients"
    assert "Everybody who books appears here" in page.text


def test_holds_that_ran_out_make_nobody_a_client(world, owner):
    held = bookings.book(
        service_id=world.manicure.pk, staff_id=None, start=berlin(3, "10:00"), contact=ANA, by=GUEST, now=NOW
    )
    assert owner.get(url(world, "clients")).h1 == "0 clients"
    bookings.expire(booking_id=held.pk, now=NOW + timedelta(days=1))
    assert owner.get(url(world, "clients")).h1 == "0 clients"


def test_fifty_to_a_page(world, owner):
    rows = [ShopClient(shop=world.shop, name=f"Client {n:02}", is_added=True) for n in range(60)]
    ShopClient.objects.bulk_create(rows)
    page = owner.get(url(world, "clients"), {"by": "name"})
    assert "1 to 50 of 60" in page.text
    second = owner.get(url(world, "clients") + page.link("Next 10"))
    assert "51 to 60 of 60" in second.text
    assert "Client 59" in second.text


@pytest.mark.parametrize("size", [1, 3])
def test_queries(world, owner, size):
    """Session, person, salon, standing, shell; then counts, rows and last visits, for any number of clients."""
    for n in range(size):
        contact = Contact(f"Client {n}", f"client{n}@example.org")
        for m in range(size):
            past(world, contact, days_ago=10 + m, clock=f"{10 + n}:00")
    ana = ShopClient.objects.earliest("created_at")

    def sent(at: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert owner.get(at).status == 200
        return len(queries)

    assert sent(url(world, "clients")) == 8
    assert sent(url(world, "client", ana)) == 10


# --- One client ------------------------------------------------------------------------------------


def test_one_client(world, owner):
    past(world, ANA, days_ago=4)
    past(world, ANA, days_ago=32)
    booking = ahead(world, ANA)
    page = owner.get(url(world, "client", client_of(booking)))
    assert page.h1 == "Ana Ruiz"
    for words in ("Thu 3 Dec 10:00", "28 days", "€84 in all, €42 a visit", "Gel manicure", "10:00–10:50, Mina"):
        assert words in page.text
    assert f"again={booking.pk}" in page.link("Book Ana")
    assert page.has_link(reverse("manage:booking", args=[world.shop.slug, booking.pk]))


def test_adding_and_editing(world, owner):
    form = owner.get(url(world, "client_new")).form("Add the client")
    assert "name" in form.values
    typed = {
        "name": " Lotte  Kühn ", "email": "Lotte@Example.org", "phone": "0151 55501070",
        "tags": "Regular, nail art,  Regular", "notes": "Likes\r\nmatte",
    }  # fmt: skip
    page = owner.post(url(world, "client_new"), typed)
    lotte = ShopClient.objects.get()
    assert page.location == url(world, "client", lotte)
    assert (lotte.name, lotte.email, lotte.phone) == ("Lotte Kühn", "lotte@example.org", "+4915155501070")
    assert (lotte.tags, lotte.notes, lotte.is_added) == (["Regular", "nail art"], "Likes\nmatte", True)
    edited = {**typed, "name": "Lotte Kuhn", "seen": "Likes\r\nmatte", "notes": "Likes gloss"}
    assert owner.post(url(world, "client_edit", lotte), edited).status == 302
    lotte.refresh_from_db()
    assert (lotte.name, lotte.notes) == ("Lotte Kuhn", "Likes gloss")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Enter the client’s name"),
        ("name", "x" * 121, "Shorten the name to 120 characters"),
        ("email", "lotte", "Enter an e-mail address like name@example.com"),
        ("phone", "call me", "Enter a phone number"),
        ("phone", "+49" + "1" * 15, "Enter a phone number"),
        ("tags", "x" * 31, "Shorten each tag to 30 characters"),
        ("tags", ",".join(f"t{n}" for n in range(13)), "Keep the 12 most useful tags"),
        ("notes", "x" * 4001, "Shorten the notes to 4000 characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(world, owner, field, value, words):
    typed = {"name": "Lotte", "email": "lotte@example.org", "phone": "", "tags": "a", "notes": "b", field: value}
    page = owner.post(url(world, "client_new"), typed)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert words in page.text
    kept = page.form("Add the client").values
    assert all(kept[name] == [typed[name]] for name in typed)
    assert not ShopClient.objects.exists()


def test_an_address_of_another_client_leads_to_the_merge(world, owner):
    ana = client_of(ahead(world, ANA))
    lotte = clients.create(shop=world.shop, name="Lotte")
    page = owner.post(url(world, "client_edit", lotte), {"name": "Lotte", "email": "ana@example.org"})
    assert page.status == 422
    assert page.has_link(f"{url(world, 'client_merge', lotte)}?with={ana.pk}")
    new = owner.post(url(world, "client_new"), {"name": "Ana", "email": "ana@example.org"})
    assert new.status == 422
    assert new.has_link(url(world, "client", ana))


def test_notes_that_somebody_else_changed_meanwhile_stay(world, owner):
    ana = clients.create(shop=world.shop, name="Ana", notes="Reacts to HEMA")
    page = owner.post(url(world, "client_edit", ana), {"name": "Ana", "notes": "Matte", "seen": ""})
    assert page.status == 422
    assert "Reacts to HEMA" in page.text
    assert page.form("Save").values["notes"] == ["Matte"]
    ana.refresh_from_db()
    assert ana.notes == "Reacts to HEMA"


# --- Merging ---------------------------------------------------------------------------------------


def test_merging_moves_the_bookings_and_keeps_both_addresses(world, owner):
    ana = client_of(past(world, ANA, days_ago=4))
    anna = client_of(ahead(world, Contact("Anna Ruiz", "anna@example.org", "+491765550118")))
    clients.edit(
        client_id=anna.pk,
        name="Anna Ruiz",
        email="anna@example.org",
        phone="",
        notes="Matte",
        tags=["New"],
        seen_notes="",
    )
    page = owner.get(url(world, "client", ana))
    at = page.link("Merge the two")
    page = owner.get(at)
    assert "ana@example.org · anna@example.org" in page.text
    done = owner.post(at, page.form("Merge the two").values)
    assert done.location == url(world, "client", ana)
    ana.refresh_from_db()
    assert (ana.name, ana.notes, ana.tags) == ("Ana Ruiz", "Matte", ["New"])
    assert set(Booking.objects.values_list("shop_client", flat=True)) == {ana.pk}
    assert Booking.objects.get(contact_name="Anna Ruiz").events.count() == 1
    assert owner.get(url(world, "client", anna)).location == url(world, "client", ana)
    assert owner.get(url(world, "clients")).h1 == "1 client"
    # A later booking by the second address finds the one client.
    later = ahead(world, Contact("Anna R.", "anna@example.org"), clock="15:00")
    assert later.shop_client_id == ana.pk


def test_merging_twice_or_with_oneself_is_refused(world, owner):
    ana = client_of(ahead(world, ANA))
    lotte = clients.create(shop=world.shop, name="Lotte")
    assert owner.post(url(world, "client_merge", ana), {"with": str(ana.pk)}).status == 409
    assert owner.post(url(world, "client_merge", ana), {"with": str(lotte.pk)}).status == 302
    assert owner.post(url(world, "client_merge", ana), {"with": str(lotte.pk)}).status == 404
    assert owner.post(url(world, "client_merge", ana), {"with": "x"}).status == 404
    with pytest.raises(ClientError):
        clients.merge(kept_id=ana.pk, gone_id=lotte.pk, now=NOW)


def test_a_merged_address_can_become_the_first_again(world):
    ana = client_of(ahead(world, ANA))
    anna = clients.create(shop=world.shop, name="Anna", email="anna@example.org")
    clients.merge(kept_id=ana.pk, gone_id=anna.pk, now=NOW)
    kept = clients.edit(
        client_id=ana.pk, name="Ana", email="anna@example.org", phone="", notes="", tags=[], seen_notes=""
    )
    assert kept.email == "anna@example.org"


# --- Handing out -----------------------------------------------------------------------------------


def test_the_csv_runs_no_formula(world, owner):
    clients.create(
        shop=world.shop, name="=HYPERLINK(1)", phone="+491765550118", notes="@SUM(1)\nsecond", tags=["-1"],
        email="plus@example.org",
    )  # fmt: skip
    response = owner.get(url(world, "clients_export")).response
    assert response.streaming
    assert response["Content-Disposition"].startswith('attachment; filename="studio-nord-clients-2026-11-30')
    raw = b"".join(response.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0][:5] == ["Name", "E-mail", "Phone", "Tags", "Notes"]
    assert rows[1][:5] == ["'=HYPERLINK(1)", "plus@example.org", "'+491765550118", "'-1", "'@SUM(1)\nsecond"]


def test_the_data_of_one_client(world, owner):
    booking = ahead(world, ANA)
    response = owner.get(url(world, "client_export", client_of(booking))).response
    assert response["Content-Disposition"] == 'attachment; filename="ana-ruiz.json"'
    found = json.loads(response.content)
    assert found["client"]["email"] == "ana@example.org"
    assert found["bookings"][0]["reference"] == booking.reference
    assert [one["what"] for one in found["bookings"][0]["history"]] == ["created"]
    assert [one["to"] for one in found["bookings"][0]["messages"]] == ["ana@example.org"]

"""A list of clients from elsewhere: encodings, delimiters, columns, errors by line, and never half of it."""

import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.clients import importing, reading
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.clients.reading import Unreadable
from beautydrop.bookings.models import ClientImport, ShopClient
from tests.factories import NOW, World, a_person, a_world
from tests.pages import Page, Visitor

GERMAN = (
    "Name;E-Mail;Telefon;Notizen;Schlagworte\r\n"
    "Lotte Kühn;lotte@example.org;0151 55501070;Mag’s matt;Stammgast, Nägel\r\n"
)


# --- Reading, without the database -----------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings(encoding):
    table = reading.table(reading.decode(GERMAN.encode(encoding)))
    assert table.rows[1] == (2, ["Lotte Kühn", "lotte@example.org", "0151 55501070", "Mag’s matt", "Stammgast, Nägel"])
    assert table.guessed == ["name", "email", "phone", "notes", "tags"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"Name;E-Mail\nLotte\0;x\n", "NUL characters"),
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n \n", "empty"),
        (b"PK\x03\x04 an xlsx file", "Save it as CSV"),
        (b"\xff\xfeN", "can’t be read"),
        (b"x" * (reading.MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_files_that_are_no_list(raw, words):
    with pytest.raises(Unreadable, match=words):
        reading.decode(raw)


def test_a_quotation_mark_that_is_not_closed_names_its_line():
    with pytest.raises(Unreadable, match="From line 3 on"):
        reading.table('name,notes\nAna,x\nLeo,"open\nMore,x\n')


def test_too_many_rows():
    with pytest.raises(Unreadable, match="more than 20,000 rows"):
        reading.table("name\n" + "Ana\n" * 20_001)
    assert len(reading.table("name\n" + "Ana\n" * 20_000).rows) == 20_001


@pytest.mark.parametrize(
    ("line", "guessed"),
    [
        ("Full name,E-mail address,Mobile,Comments,Labels", ["name", "email", "phone", "notes", "tags"]),
        ("Vorname;Nachname;E-Mail-Adresse;Handy", ["first_name", "last_name", "email", "phone"]),
        ("Nombre;Apellidos;Correo electrónico;Teléfono", ["first_name", "last_name", "email", "phone"]),
        ("Nombre;Correo;Móvil", ["name", "email", "phone"]),
        ("Nom\tPrénom\tCourriel\tTéléphone portable", ["last_name", "first_name", "email", "phone"]),
        ("Cliente;Observaciones;Etiquetas", ["name", "notes", "tags"]),
        ("Name,Name,Birthday", ["name", "", ""]),
    ],
)
def test_columns_by_their_headings(line, guessed):
    table = reading.table(line + "\n")
    assert table.has_headings
    assert table.guessed == guessed


def test_columns_without_headings():
    table = reading.table("Ana Ruiz,+49 176 5550118,ana@example.org\nLeo Ruiz,0176 5550119,leo@example.org\n")
    assert not table.has_headings
    assert table.guessed == ["name", "phone", "email"]


def test_lines_are_counted_as_in_the_file():
    table = reading.table('name,notes\n\nAna,"two\nlines"\n,\nLeo,x\n')
    assert [line for line, _cells in table.rows] == [1, 3, 6]


# --- Pages -----------------------------------------------------------------------------------------


@pytest.fixture
def world(db, time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


@pytest.fixture
def owner(world) -> Visitor:
    return Visitor(world.client.user)


@pytest.fixture
def at(world) -> str:
    return reverse("manage:clients_import", args=[world.shop.slug])


def upload(visitor: Visitor, at: str, text: str | bytes) -> Page:
    raw = text if isinstance(text, bytes) else text.encode()
    sent = visitor.post(at, {"list": SimpleUploadedFile("clients.csv", raw, "text/csv")})
    return visitor.get(sent.location) if sent.status == 302 else sent


def press(visitor: Visitor, page: Page, act: str, **typed: str) -> Page:
    return visitor.post(page.url, {**page.form("columns").values, "act": act, **typed})


def test_from_the_file_to_the_list(world, owner, at):
    assert owner.get(at).h1 == "Import a list of clients"
    page = upload(owner, at, GERMAN.encode("cp1252"))
    assert page.h1 == "clients.csv"
    assert "1 row read. 1 new client." in page.text
    assert "Nothing is written yet." in page.text
    assert "Lotte Kühn" in page.text
    assert not ShopClient.objects.exists()
    done = press(owner, page, "import")
    assert done.location == reverse("manage:clients", args=[world.shop.slug])
    lotte = ShopClient.objects.get()
    assert (lotte.name, lotte.email, lotte.phone) == ("Lotte Kühn", "lotte@example.org", "+4915155501070")
    assert (lotte.notes, lotte.tags, lotte.is_added) == ("Mag’s matt", ["Stammgast", "Nägel"], True)
    assert "1 client added." in owner.get(done.location).text
    assert not ClientImport.objects.exists()
    # A second click finds nothing left to do.
    again = owner.post(page.url, {**page.form("columns").values, "act": "import"})
    assert "was imported already" in again.text
    assert ShopClient.objects.count() == 1


@pytest.mark.parametrize("raw", [b"", b"a\0b", b"PK\x03\x04", b'name\n"open', b"x" * (reading.MAX_BYTES + 1)])
def test_a_file_that_is_refused_says_why(owner, at, raw):
    page = upload(owner, at, raw)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert not ClientImport.objects.exists()


def test_no_file(owner, at):
    page = owner.post(at)
    assert page.status == 422
    assert "Choose a file" in page.text


ERRORS = """name,email,phone,notes
Ana Ruiz,ana@example.org,0176 5550118,
,nobody@example.org,,
Leo,leo-example.org,,
Mia,mia@example.org,call me,
Ana again,ANA@example.org,,
Tom,,0176 5550118,
Kim,kim@example.org,,fine
"""


def test_errors_are_said_by_line_and_stop_everything(world, owner, at):
    page = upload(owner, at, ERRORS)
    assert "7 rows read. 2 new clients. 5 rows have errors." in page.text
    for words in (
        "Line 3 The name is missing.",
        "Line 4 “leo-example.org” is not an e-mail address.",
        "Line 5 “call me” is not a phone number.",
        "Line 6 The same e-mail address is on line 2.",
        "Line 7 The same phone number is on line 2.",
    ):
        assert words in page.text
    assert "Import 2 rows" not in page.text
    refused = press(owner, page, "import")
    assert refused.status == 409
    assert "Nothing was imported." in refused.text
    assert not ShopClient.objects.exists()
    # The explicit choice.
    assert "Import the 2 good rows" in page.text
    done = owner.get(press(owner, page, "import-good").location)
    assert "2 clients added. 5 rows with errors left out." in done.text
    assert set(ShopClient.objects.values_list("name", flat=True)) == {"Ana Ruiz", "Kim"}


def test_clients_known_already_are_updated_or_skipped(world, owner, at):
    ana = clients.create(shop=world.shop, name="Ana", email="ana@example.org", notes="Reacts to HEMA", tags=["Nails"])
    tom = clients.create(shop=world.shop, name="Tom", phone="+491605550165")
    text = (
        "name,email,phone,notes,tags\nAna Ruiz,ana@example.org,,Matte,VIP\nTom Adler,tom@example.org,0160 5550165,,\n"
    )
    page = upload(owner, at, text)
    assert "2 are clients already." in page.text
    done = owner.get(press(owner, page, "import", existing="skip").location)
    assert "0 clients added. 2 known already, left as they were." in done.text
    ana.refresh_from_db()
    assert ana.name == "Ana"
    done = owner.get(press(owner, upload(owner, at, text), "import", existing="update").location)
    assert "0 clients added. 2 updated." in done.text
    ana.refresh_from_db()
    tom.refresh_from_db()
    assert (ana.name, ana.notes, ana.tags) == ("Ana Ruiz", "Reacts to HEMA\nMatte", ["Nails", "VIP"])
    assert (tom.name, tom.email, tom.phone) == ("Tom Adler", "tom@example.org", "+491605550165")


def test_columns_are_chosen_by_hand(owner, at):
    page = upload(owner, at, "Wer,Wo\nAna Ruiz,ana@example.org\nLeo Ruiz,leo@example.org\n")
    assert page.form("columns").values["column-1"] == ["email"]
    checked = press(owner, page, "check", **{"column-0": "name", "column-1": "email", "headings": "on"})
    assert "2 rows read. 2 new clients." in checked.text
    none = press(owner, page, "check", **{"column-0": "", "column-1": "email"})
    assert none.status == 422
    assert "Choose the column with the name" in none.text
    twice = press(owner, page, "import", **{"column-0": "name", "column-1": "name"})
    assert twice.status == 422
    assert "Two columns say the same" in twice.text
    assert not ShopClient.objects.exists()


def test_the_export_can_be_imported_again(world, owner, at):
    clients.create(shop=world.shop, name="=Ana", email="ana@example.org", phone="+491765550118", notes="-x", tags=["a"])
    export = owner.get(reverse("manage:clients_export", args=[world.shop.slug])).response
    raw = b"".join(export.streaming_content)
    ShopClient.objects.all().delete()
    page = upload(owner, at, raw)
    assert press(owner, page, "import").status == 302
    ana = ShopClient.objects.get()
    assert (ana.name, ana.email, ana.phone, ana.notes, ana.tags) == (
        "=Ana", "ana@example.org", "+491765550118", "-x", ["a"],
    )  # fmt: skip


def test_an_upload_is_its_persons_own_and_waits_a_day(world, owner, at, time_machine):
    page = upload(owner, at, GERMAN)
    world.ayla.user = a_person("ayla@example.com")
    world.ayla.is_manager = True
    world.ayla.save()
    other = Visitor(world.ayla.user).get(page.url)
    assert "Lotte" not in other.text
    time_machine.move_to(NOW + timedelta(days=1, minutes=1), tick=False)
    assert "waited for more than a day" in owner.get(page.url).text
    assert importing.discard_old(NOW + timedelta(days=1, minutes=1)) == 1
    assert owner.get(f"{at}?file=x").status == 200


def test_a_list_is_discarded(owner, at):
    page = upload(owner, at, GERMAN)
    assert press(owner, page, "discard").status == 302
    assert not ClientImport.objects.exists()
    assert not ShopClient.objects.exists()


def test_somebody_who_becomes_a_client_meanwhile_stops_the_import(world, monkeypatch):
    text = "name,email\nLeo,leo@example.org\nAna,ana@example.org\n"
    kept = importing.keep(shop=world.shop, by=world.client.user, file_name="x", text=text, now=NOW)
    real = importing.check

    def meanwhile(*args, **kwargs):
        checked = real(*args, **kwargs)
        clients.create(shop=world.shop, name="Ana", email="ana@example.org")
        return checked

    monkeypatch.setattr(importing, "check", meanwhile)
    table = reading.table(text)
    with pytest.raises(ClientError, match="meanwhile"):
        importing.write(
            upload_id=kept.pk, shop=world.shop, by=world.client.user, table=table, columns=table.guessed,
            has_headings=True, existing="skip", without_wrong=False, now=NOW,
        )  # fmt: skip
    assert not ShopClient.objects.filter(email="leo@example.org").exists()
    assert ClientImport.objects.exists()


def test_five_thousand_rows_with_errors_in_the_middle(world, owner, at):
    lines = [f"Client {n},client{n}@example.org,+4917655{n:05}" for n in range(5000)]
    for n in range(2490, 2500):
        lines[n] = f"Client {n},client{n}-example.org,"
    lines[2500] = ",missing@example.org,"
    began = time.process_time()  # other programs of the machine don't count
    page = upload(owner, at, "name,email,phone\n" + "\n".join(lines) + "\n")
    assert "5,000 rows read. 4,989 new clients. 11 rows have errors." in page.text
    assert "Line 2492 “client2490-example.org” is not an e-mail address." in page.text
    assert press(owner, page, "import").status == 409
    assert not ShopClient.objects.exists()
    done = press(owner, page, "import-good")
    assert time.process_time() - began < 10
    assert ShopClient.objects.count() == 4989
    assert "1 to 50 of 4,989" in owner.get(done.location).text

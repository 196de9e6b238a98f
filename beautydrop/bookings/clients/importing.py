"""A list of clients into the salon: every row checked first, then written in one transaction or not at all."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from beautydrop.accounts.models import User
from beautydrop.bookings.clients.actions import MAX_TAGS, ClientError
from beautydrop.bookings.clients.data import unguarded
from beautydrop.bookings.clients.phones import international
from beautydrop.bookings.clients.reading import Table
from beautydrop.bookings.models import ClientImport, ShopClient
from beautydrop.shops.models import Shop

# How long an uploaded list waits for its decision.
KEPT = timedelta(days=1)
Existing = Literal["skip", "update"]
_MAX_NOTES, _MAX_NAME, _MAX_TAG = 4000, 120, 30


@dataclass(slots=True)
class Row:
    """One row of the list: who it is, on which line it begins, and what is wrong with it ("" when nothing)."""

    line: int
    name: str = ""
    email: str = ""
    phone: str = ""
    notes: str = ""
    tags: list[str] = field(default_factory=list)
    error: str = ""
    # The client that it is about, when the salon has them already.
    known: uuid.UUID | None = None
    shown: str = ""


@dataclass(slots=True)
class Checked:
    """Every row of a list, sorted by what will become of it."""

    new: list[Row] = field(default_factory=list)
    known: list[Row] = field(default_factory=list)
    wrong: list[Row] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.new) + len(self.known) + len(self.wrong)


@dataclass(frozen=True, slots=True)
class Outcome:
    made: int
    updated: int
    skipped: int
    left_out: int


def keep(*, shop: Shop, by: User, file_name: str, text: str, now: datetime) -> ClientImport:
    """Keep an uploaded list until it is decided on; what the person left undecided before goes, as does what is old."""
    ClientImport.objects.filter(shop=shop, by=by).delete()
    discard_old(now)
    return ClientImport.objects.create(shop=shop, by=by, file_name=file_name[:200], text=text, created_at=now)


def discard(upload: ClientImport) -> None:
    """The person decided against the list: nothing of it is kept."""
    upload.delete()


def discard_old(now: datetime) -> int:
    """Delete lists that nobody decided on in time; how many."""
    return ClientImport.objects.filter(created_at__lte=now - KEPT).delete()[0]


def check(shop: Shop, table: Table, columns: Sequence[str], *, has_headings: bool) -> Checked:
    """What each row would do. `columns` names one of reading.FIELDS or "" for each column. One query."""
    people = _People(shop)
    seen = _Seen()
    checked = Checked()
    for line, cells in table.rows[1 if has_headings else 0 :]:
        row = _read(line, cells, columns, shop.country)
        if not row.error:
            row.known = people.find(row)
            row.error = seen.refusal(row)
        if row.error:
            checked.wrong.append(row)
        else:
            (checked.known if row.known else checked.new).append(row)
    return checked


def write(
    *,
    upload_id: uuid.UUID,
    shop: Shop,
    by: User,
    table: Table,
    columns: Sequence[str],
    has_headings: bool,
    existing: Existing,
    without_wrong: bool,
    now: datetime,
) -> Outcome:
    """Write the list of an upload and delete the upload: everything or nothing, in one transaction.

    Rows with errors stop it, unless `without_wrong` leaves them out. Known clients are skipped or updated: what the
    list says goes first, notes are added below, tags join. Raises ClientError, with nothing written.
    """
    try:
        with transaction.atomic():
            # A second click waits here, and then finds nothing left to do.
            upload = ClientImport.objects.select_for_update().filter(pk=upload_id, shop=shop, by=by).first()
            if upload is None:
                raise ClientError(
                    _("This list was imported already, or it waited for more than a day. Upload it again.")
                )
            checked = check(shop, table, columns, has_headings=has_headings)
            if checked.wrong and not without_wrong:
                raise ClientError(_("Some rows have errors. Nothing was imported."))
            made = [
                ShopClient(
                    shop=shop, name=row.name, email=row.email, phone=row.phone, notes=row.notes, tags=row.tags,
                    is_added=True,
                )
                for row in checked.new
            ]  # fmt: skip
            ShopClient.objects.bulk_create(made, batch_size=1000)
            updated = _update(shop, checked.known, now) if existing == "update" else 0
            upload.delete()
    except IntegrityError as error:
        words = _("Somebody of this list became a client meanwhile. Nothing was imported: check the list again.")
        raise ClientError(words) from error
    return Outcome(len(made), updated, len(checked.known) - updated, len(checked.wrong))


def _update(shop: Shop, rows: list[Row], now: datetime) -> int:
    clients = ShopClient.objects.select_for_update().filter(shop=shop, pk__in=[row.known for row in rows])
    by_id = {client.pk: client for client in clients.order_by("pk")}
    for row in rows:
        client = by_id[row.known]  # type: ignore[index]  # these rows are known
        client.name, client.phone = row.name, row.phone or client.phone
        client.email = client.email or row.email
        if row.notes and row.notes not in client.notes:
            client.notes = f"{client.notes}\n{row.notes}".strip()[:_MAX_NOTES]
        client.tags = list(dict.fromkeys([*client.tags, *row.tags]))[:MAX_TAGS]
        client.is_added, client.updated_at = True, now
    fields = ["name", "phone", "email", "notes", "tags", "is_added", "updated_at"]
    ShopClient.objects.bulk_update(by_id.values(), fields, batch_size=500)
    return len(by_id)


class _People:
    """The salon's clients by address and by number, as linking.py looks for them."""

    def __init__(self, shop: Shop) -> None:
        self.by_email: dict[str, uuid.UUID] = {}
        self.by_phone: dict[str, list[tuple[uuid.UUID, bool]]] = {}
        rows = ShopClient.objects.filter(shop=shop, is_erased=False).order_by("created_at")
        for pk, merged, email, phone in rows.values_list("pk", "merged_into", "email", "phone"):
            if email:
                self.by_email[email] = merged or pk
            if phone:
                self.by_phone.setdefault(phone, []).append((merged or pk, bool(email)))

    def find(self, row: Row) -> uuid.UUID | None:
        if row.email and row.email in self.by_email:
            return self.by_email[row.email]
        for pk, has_email in self.by_phone.get(row.phone, []) if row.phone else []:
            if not (row.email and has_email):
                return pk
        return None


class _Seen:
    """Who stood in an earlier row of the same list."""

    def __init__(self) -> None:
        self.emails: dict[str, int] = {}
        self.phones: dict[str, list[tuple[int, bool]]] = {}
        self.known: dict[uuid.UUID, int] = {}

    def refusal(self, row: Row) -> str:
        if row.email and row.email in self.emails:
            return _("The same e-mail address is on line %(line)s.") % {"line": self.emails[row.email]}
        for line, has_email in self.phones.get(row.phone, []) if row.phone else []:
            if not (has_email and row.email):
                return _("The same phone number is on line %(line)s.") % {"line": line}
        if row.known and row.known in self.known:
            return _("The same client is on line %(line)s.") % {"line": self.known[row.known]}
        if row.email:
            self.emails[row.email] = row.line
        if row.phone:
            self.phones.setdefault(row.phone, []).append((row.line, bool(row.email)))
        if row.known:
            self.known[row.known] = row.line
        return ""


def _read(line: int, cells: list[str], columns: Sequence[str], region: str) -> Row:
    got = {kind: unguarded(cells[at].strip()) for at, kind in enumerate(columns) if kind and at < len(cells)}
    row = Row(line, shown=" · ".join(cell.strip() for cell in cells if cell.strip())[:160])
    parts = [got.get("name", ""), got.get("first_name", ""), got.get("last_name", "")]
    row.name = _words(" ".join(part for part in parts if part))
    row.email = got.get("email", "").lower()
    row.notes = "\n".join(_words(part) for part in got.get("notes", "").splitlines()).strip()
    tags = (_words(part) for part in got.get("tags", "").replace(";", ",").replace("|", ",").split(","))
    row.tags = list(dict.fromkeys(tag for tag in tags if tag))
    row.error = _problem(row, got.get("phone", ""), region)
    return row


def _problem(row: Row, phone: str, region: str) -> str:
    """What to mend in the row; reads the phone number on the way."""
    if not row.name:
        return _("The name is missing.")
    if len(row.name) > _MAX_NAME:
        return _("The name has more than %(count)s characters.") % {"count": _MAX_NAME}
    if row.email:
        try:
            validate_email(row.email)
        except ValidationError:
            return _("“%(email)s” is not an e-mail address.") % {"email": row.email[:80]}
        if len(row.email) > 254:
            return _("The e-mail address is too long.")
    try:
        row.phone = international(phone, region)
    except forms.ValidationError:
        return _("“%(phone)s” is not a phone number.") % {"phone": phone[:40]}
    if len(row.notes) > _MAX_NOTES:
        return _("The notes have more than %(count)s characters.") % {"count": _MAX_NOTES}
    if len(row.tags) > MAX_TAGS or any(len(tag) > _MAX_TAG for tag in row.tags):
        return _("Keep at most %(count)s tags of %(letters)s characters.") % {"count": MAX_TAGS, "letters": _MAX_TAG}
    return ""


def _words(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())

"""Reading a list of clients that an old system or a spreadsheet wrote: bytes to text to rows with line numbers."""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 60
# What a column can be; a list has either `name` or the two parts of it.
FIELDS = ("name", "first_name", "last_name", "email", "phone", "notes", "tags")

# Headings in English, German, Spanish and French, as `_plain` writes them.
_HEADINGS = {
    "name": "name, full name, client, client name, customer, customer name, kunde, kundin, kundenname, kunden name, "
    "vollstandiger name, nombre, nombre completo, nombre y apellidos, cliente, nom, nom complet, cliente nombre",
    "first_name": "first name, firstname, given name, forename, vorname, nombre de pila, prenom",
    "last_name": "last name, lastname, surname, family name, nachname, familienname, apellido, apellidos, "
    "nom de famille",
    "email": "e mail, email, mail, e mail address, email address, e mail adresse, emailadresse, mailadresse, correo, "
    "correo electronico, direccion de correo, courriel, adresse e mail, adresse mail, adresse email, "
    "adresse electronique",
    "phone": "phone, phone number, mobile, mobile phone, mobile number, cell, cell phone, telephone, tel, telefon, "
    "telefonnummer, telefon nr, handy, handynummer, mobil, mobiltelefon, mobilnummer, rufnummer, telefono, movil, "
    "numero de telefono, telefono movil, telephone portable, portable, numero de telephone",
    "notes": "note, notes, comment, comments, remark, remarks, notiz, notizen, bemerkung, bemerkungen, kommentar, "
    "anmerkung, anmerkungen, nota, notas, comentario, comentarios, observaciones, remarque, remarques, commentaire, "
    "commentaires",
    "tags": "tag, tags, label, labels, group, groups, schlagwort, schlagworte, schlagworter, etikett, etiketten, "
    "gruppe, gruppen, etiqueta, etiquetas, grupo, etiquette, etiquettes, groupe",
}
_FIELD_OF = {heading.strip(): field for field, line in _HEADINGS.items() for heading in line.split(",")}


class Unreadable(Exception):
    """The file can't be read as a list; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a list with the line on which each begins (from 1); every row has `width` cells or fewer."""

    rows: list[tuple[int, list[str]]]
    width: int
    has_headings: bool
    # For each column one of FIELDS or "".
    guessed: list[str]

    @property
    def headings(self) -> list[str]:
        """The first row, when it holds headings; else empty words."""
        first = self.rows[0][1] if self.has_headings else []
        return [*first, *[""] * (self.width - len(first))]


def decode(raw: bytes) -> str:
    """The text of an uploaded file: UTF-8 with or without its mark, UTF-16, or Windows-1252. Raises Unreadable."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. Split it into smaller ones."))
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(_("This is a spreadsheet file. Save it as CSV in your spreadsheet program, then choose that."))
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding, errors="replace" if encoding == "cp1252" else "strict")
    except UnicodeDecodeError as error:
        raise Unreadable(_("The letters of this file can’t be read. Save it again as CSV in UTF-8.")) from error
    if "\0" in text:
        raise Unreadable(_("This file holds NUL characters, so it isn’t a text list. Save it again as CSV in UTF-8."))
    if not text.strip():
        raise Unreadable(_("The file is empty. Choose one with a line for each client."))
    return text


def _encoding(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = raw[:4000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # Without a mark UTF-16 shows by the zero beside each plain letter.
    if odd > len(sample) // 5 and even * 10 < odd:
        return "utf-16-le"
    if even > len(sample) // 5 and odd * 10 < even:
        return "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def table(text: str) -> Table:
    """The rows of a decoded list, without empty ones. Raises Unreadable."""
    rows = _rows(text, _delimiter(text))
    if not rows:
        raise Unreadable(_("The file is empty. Choose one with a line for each client."))
    width = max(len(cells) for _line, cells in rows)
    if width > MAX_COLUMNS:
        raise Unreadable(_("The list has %(count)s columns. Keep the ones about contact and notes.") % {"count": width})
    named = _by_headings(rows[0][1], width)
    has_headings = any(named)
    if len(rows) - has_headings > MAX_ROWS:
        raise Unreadable(_("The list has more than 20,000 rows. Split it into smaller ones."))
    guessed = named if has_headings else _by_content([cells for _line, cells in rows[:200]], width)
    return Table(rows, width, has_headings, guessed)


def _rows(text: str, delimiter: str, limit: int = MAX_ROWS + 2) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
                if len(rows) >= limit:
                    break
            line = reader.line_num + 1
    except csv.Error as error:
        words = _("From line %(line)s on the list can’t be read: a quotation mark is not closed. Mend it in the file.")
        raise Unreadable(words % {"line": line}) from error
    return rows


def _delimiter(text: str) -> str:
    """Of ; , and tab the one that cuts the first lines into the most equal columns."""
    head = "\n".join(text.splitlines()[:30])

    def fits(delimiter: str) -> tuple[int, int]:
        widths = [len(cells) for cells in csv.reader(io.StringIO(head), delimiter=delimiter) if cells]
        usual, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        return (times if usual > 1 else 0, usual)

    return max((";", ",", "\t"), key=fits)


def _plain(heading: str) -> str:
    """Lower case, without accents and signs: `E-Mail-Adresse:` → `e mail adresse`."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    kept = "".join(char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return " ".join(kept.split())


def _by_headings(cells: Sequence[str], width: int) -> list[str]:
    plain = [_plain(cell) for cell in cells]
    # `Nombre` beside `Apellidos` is the first name, `Nom` beside `Prénom` the last.
    found = [_FIELD_OF.get(heading, "") for heading in plain]
    if "last_name" in found:
        found = ["first_name" if field == "name" else field for field in found]
    elif "first_name" in found:
        found = ["last_name" if field == "name" else field for field in found]
    fields = _first_of_each(found)
    return [*fields, *[""] * (width - len(fields))]


def _by_content(rows: list[list[str]], width: int) -> list[str]:
    """Without headings: addresses have an @, numbers have digits, and the first words are the name."""
    found = []
    for column in range(width):
        cells = [row[column].strip() for row in rows if column < len(row) and row[column].strip()]
        mails = sum("@" in cell for cell in cells)
        phones = sum(bool(re.fullmatch(r"'?\+?[\d\s()/.–-]{6,24}", cell)) for cell in cells)
        kind = ""
        if cells and mails * 2 > len(cells):
            kind = "email"
        elif cells and phones * 2 > len(cells):
            kind = "phone"
        elif cells:
            kind = "name"
        found.append(kind)
    return _first_of_each(found)


def _first_of_each(fields: Sequence[str]) -> list[str]:
    return [field if field and field not in fields[:place] else "" for place, field in enumerate(fields)]

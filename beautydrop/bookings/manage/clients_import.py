"""A list of clients from elsewhere, in three steps: choose the file, look at what would happen, import it.

Between the steps the text of the file waits in a row of the database (ClientImport) that only the person who uploaded
it can reach, at this salon: deleted with the decision, with their next upload, or after a day.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from beautydrop.bookings.clients import importing, reading
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.clients.importing import Checked, Existing, Outcome
from beautydrop.bookings.clients.reading import Table, Unreadable
from beautydrop.bookings.models import ClientImport
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.web import formats, requests
from beautydrop.web.limits import limited
from beautydrop.web.uploads import is_too_large

_SHOWN_ROWS = 6
_SHOWN_ERRORS = 100


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("import")
def clients_import(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Without `file` the upload; with it the preview, and what its buttons do."""
    if request.method == "POST" and "file" not in request.GET:
        return _upload(request, standing)
    if "file" not in request.GET:
        return _choose(request)
    key = requests.key(request.GET["file"])
    mine = ClientImport.objects.filter(shop=standing.shop, by=request.user.pk)
    upload = mine.filter(pk=key).first() if key else None
    if upload is None or upload.created_at <= timezone.now() - importing.KEPT:
        return _choose(request, _("This list was imported already, or it waited for more than a day. Upload it again."))
    return _preview(request, standing, upload)


def _choose(request: HttpRequest, problem: str = "", *, status: int = 200) -> HttpResponse:
    context = {"section": "clients", "problem": problem}
    return render(request, "bookings/manage/clients/import.html", context, status=status)


def _upload(request: HttpRequest, standing: Standing) -> HttpResponse:
    sent = request.FILES.get("list")
    if is_too_large(request) or (sent is not None and (sent.size or 0) > reading.MAX_BYTES):
        return _choose(request, _("The file is larger than 5 MB. Split it into smaller ones."), status=422)
    if sent is None:
        return _choose(request, _("Choose a file"), status=422)
    try:
        text = reading.decode(sent.read())
        reading.table(text)
    except Unreadable as error:
        return _choose(request, str(error), status=422)
    name = requests.text(sent.name, 200) or _("List")
    upload = importing.keep(
        shop=standing.shop, by=request.user, file_name=name, text=text, now=timezone.now()  # type: ignore[arg-type]
    )  # fmt: skip
    return redirect(f"{reverse('manage:clients_import', args=[standing.shop.slug])}?file={upload.pk}")


def _preview(request: HttpRequest, standing: Standing, upload: ClientImport) -> HttpResponse:
    shop = standing.shop
    table = reading.table(upload.text)
    columns, has_headings, problem = _columns(request, table)
    existing: Existing = "skip" if request.POST.get("existing") == "skip" else "update"
    act = request.POST.get("act", "")
    if act == "discard":
        importing.discard(upload)
        messages.success(request, _("The list is discarded. Nothing was imported."))
        return redirect("manage:clients", shop.slug)
    status = 422 if problem else 200
    if request.method == "POST" and act in {"import", "import-good"} and not problem:
        try:
            outcome = importing.write(
                upload_id=upload.pk,
                shop=shop,
                by=request.user,  # type: ignore[arg-type]  # signed in
                table=table,
                columns=columns,
                has_headings=has_headings,
                existing=existing,
                without_wrong=act == "import-good",
                now=timezone.now(),
            )
        except ClientError as error:
            problem, status = error.message, 409
        else:
            messages.success(request, _outcome_words(outcome))
            return redirect("manage:clients", shop.slug)
    is_named = "name" in columns or "first_name" in columns or "last_name" in columns
    checked = importing.check(shop, table, columns, has_headings=has_headings) if is_named else Checked()
    context = {
        "section": "clients",
        "upload": upload,
        "problem": problem,
        "is_named": is_named,
        "columns": _column_choices(table, columns, has_headings),
        "rows": [
            {"line": line, "cells": [*cells, *[""] * (table.width - len(cells))]}
            for line, cells in table.rows[1 if has_headings else 0 :][:_SHOWN_ROWS]
        ],
        "has_headings": has_headings,
        "existing": existing,
        "wrong": checked.wrong[:_SHOWN_ERRORS],
        "wrong_more": max(0, len(checked.wrong) - _SHOWN_ERRORS),
        **_words_of(checked),
    }
    return render(request, "bookings/manage/clients/import_preview.html", context, status=status)


def _columns(request: HttpRequest, table: Table) -> tuple[list[str], bool, str]:
    """What each column is: as guessed at first, then as the person says. And what is wrong with that."""
    if request.method != "POST":
        return table.guessed, table.has_headings, "" if _is_named(table.guessed) else _needs_name()
    columns = []
    for place in range(table.width):
        said = request.POST.get(f"column-{place}", "")
        columns.append(said if said in reading.FIELDS else "")
    problem = ""
    if any(columns.count(field) > 1 for field in columns if field):
        problem = _("Two columns say the same. Choose each kind once.")
        columns = [field if field not in columns[:place] else "" for place, field in enumerate(columns)]
    elif not _is_named(columns):
        problem = _needs_name()
    return columns, request.POST.get("headings") == "on", problem


def _is_named(columns: list[str]) -> bool:
    return bool({"name", "first_name", "last_name"} & set(columns))


def _needs_name() -> str:
    return _("Choose the column with the name")


def _column_choices(table: Table, columns: list[str], has_headings: bool) -> list[dict[str, Any]]:
    labels = {
        "": _("Leave out"),
        "name": _("Name"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "notes": _("Notes"),
        "tags": _("Tags"),
    }
    titles = table.rows[0][1] if has_headings else []
    return [
        {
            "name": f"column-{place}",
            "title": titles[place].strip()[:60] if place < len(titles) and titles[place].strip()
            else _("Column %(number)s") % {"number": place + 1},
            "options": [(value, label, value == columns[place]) for value, label in labels.items()],
        }
        for place in range(table.width)
    ]  # fmt: skip


def _words_of(checked: Checked) -> dict[str, Any]:
    """The count of each kind, as sentences and on the buttons."""
    good = len(checked.new) + len(checked.known)

    def said(one: str, many: str, count: int) -> str:
        return ngettext(one, many, count) % {"count": formats.whole(count)} if count else ""

    return {
        "read_words": said("%(count)s row read.", "%(count)s rows read.", checked.count),
        "new_words": said("%(count)s new client.", "%(count)s new clients.", len(checked.new)),
        "known_words": said("%(count)s is a client already.", "%(count)s are clients already.", len(checked.known)),
        "wrong_words": said("%(count)s row has an error.", "%(count)s rows have errors.", len(checked.wrong)),
        "import_words": said("Import %(count)s row", "Import %(count)s rows", good),
        "good_words": said("Import the %(count)s good row", "Import the %(count)s good rows", good),
        "has_known": bool(checked.known),
        "good": good,
    }


def _outcome_words(outcome: Outcome) -> str:
    parts = [
        ngettext("%(count)s client added.", "%(count)s clients added.", outcome.made)
        % {"count": formats.whole(outcome.made)}
    ]
    if outcome.updated:
        words = ngettext("%(count)s updated.", "%(count)s updated.", outcome.updated)
        parts.append(words % {"count": formats.whole(outcome.updated)})
    if outcome.skipped:
        words = ngettext(
            "%(count)s known already, left as it was.", "%(count)s known already, left as they were.", outcome.skipped
        )
        parts.append(words % {"count": formats.whole(outcome.skipped)})
    if outcome.left_out:
        words = ngettext(
            "%(count)s row with an error left out.", "%(count)s rows with errors left out.", outcome.left_out
        )
        parts.append(words % {"count": formats.whole(outcome.left_out)})
    return " ".join(parts)

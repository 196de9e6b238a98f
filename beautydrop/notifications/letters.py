"""Every e-mail from one layout: text and HTML say the same, in our look, without anything loaded from elsewhere."""

from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.translation import get_language

from beautydrop.notifications import stopping
from beautydrop.notifications.kinds import Mail, kind_of
from beautydrop.notifications.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Link:
    """Words and a whole address; it leads to a page, where a button does what there is to do."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: what it is, and one line or several."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and a time as they are shown: `Thursday 3 December`, `10:15`, `11:05`, `Berlin time (CET)`."""

    day: str
    time: str
    until: str
    zone: str


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a list, such as one appointment of an agenda: `10:15`, who, and what."""

    time: str
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says: status → when → list → facts → paragraphs → buttons → reference → footer.

    `status` is one sentence; the first of `buttons` is the main one, `links` stand below in one row. `quiet` are
    smaller paragraphs after the buttons. `footer` ends the mail: whom to ask, or why it came.
    """

    subject: str
    status: str
    when: Moment | None = None
    items: tuple[Item, ...] = ()
    facts: tuple[Row, ...] = ()
    paragraphs: tuple[str, ...] = ()
    buttons: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    quiet: tuple[str, ...] = ()
    reference: str = ""
    footer: str = ""
    calendar: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    def mail(self, message: OutboxMessage) -> Mail:
        """As text and HTML in the active language; with a way to stop it where its kind is not essential."""
        stop_url = "" if kind_of(message.kind).is_essential else stopping.url_of(message)
        context = {"letter": self, "subject": self.subject, "language": get_language(), "stop_url": stop_url}
        headers = dict(self.headers)
        if stop_url:
            headers["List-Unsubscribe"] = f"<{stop_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return Mail(
            subject=self.subject,
            text=render_to_string("notifications/emails/letter.txt", context).strip() + "\n",
            html=render_to_string("notifications/emails/letter.html", context),
            calendar=self.calendar,
            headers=headers,
        )

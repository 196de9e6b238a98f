"""Ready-made menus by kind of salon: names, minutes and prices to start from, in the owner's language and currency."""

from decimal import Decimal

from django.utils.translation import gettext as _

# Roughly what one euro buys in the currency; prices are rounded to what looks like a price there.
_PER_EURO = {
    "EUR": 1, "USD": 1.1, "GBP": 0.9, "CHF": 1.1, "SEK": 11, "NOK": 11, "DKK": 7.5, "PLN": 3, "CZK": 20, "CAD": 1.4,
    "AUD": 1.6, "NZD": 1.7, "JPY": 120, "INR": 40, "BRL": 3, "MXN": 12, "ZAR": 10, "KES": 60, "NGN": 500, "AED": 4,
}  # fmt: skip


def ready_made(kind: str, currency: str) -> list[tuple[str, str, int, Decimal, int]]:
    """(section, name, minutes, price, buffer after in minutes) of each service of the menu for `kind` (a Category)."""
    return [
        (section, name, minutes, _price(euros, currency), buffer)
        for section, name, minutes, euros, buffer in _menu(kind)
    ]


def _price(euros: int, currency: str) -> Decimal:
    amount = euros * _PER_EURO.get(currency, 1)
    step = 1 if amount < 200 else (10 if amount < 2000 else 100)
    return Decimal(round(amount / step) * step)


def _menu(kind: str) -> list[tuple[str, str, int, int, int]]:
    cut, colour = _("Cut"), _("Colour")
    hands, feet = _("Hands"), _("Feet")
    face, body = _("Face"), _("Body")
    menus = {
        "hair": [
            (cut, _("Cut and finish"), 60, 64, 0),
            (cut, _("Fringe trim"), 15, 12, 0),
            (cut, _("Blow-dry"), 40, 34, 0),
            (cut, _("Children’s cut"), 30, 24, 0),
            (colour, _("Root colour"), 90, 72, 10),
            (colour, _("Balayage"), 150, 160, 10),
        ],
        "nails": [
            (hands, _("Manicure without polish"), 35, 28, 0),
            (hands, _("Gel manicure"), 50, 42, 0),
            (hands, _("Builder gel overlay"), 75, 58, 0),
            (hands, _("Gel removal and care"), 30, 22, 0),
            (feet, _("Pedicure"), 50, 45, 5),
            (feet, _("Gel pedicure"), 65, 54, 5),
        ],
        "skin": [
            (face, _("Moisture facial"), 60, 69, 10),
            (face, _("Deep-cleanse facial"), 75, 82, 10),
            (face, _("Chemical peel"), 45, 95, 10),
            (face, _("Microneedling"), 75, 140, 10),
        ],
        "brows": [
            (face, _("Brow shape"), 20, 18, 0),
            (face, _("Brow shape and tint"), 35, 32, 0),
            (face, _("Brow lamination"), 45, 49, 0),
            (face, _("Lash lift"), 60, 59, 0),
        ],
        "massage": [
            (body, _("Back massage"), 30, 40, 10),
            (body, _("Full-body massage"), 60, 70, 10),
            (body, _("Deep-tissue massage"), 60, 78, 10),
            (body, _("Foot reflexology"), 45, 52, 10),
        ],
        "barber": [
            (cut, _("Men’s cut"), 30, 32, 0),
            (cut, _("Clipper cut"), 20, 22, 0),
            (_("Beard"), _("Beard trim"), 20, 20, 0),
            (_("Beard"), _("Cut and beard"), 45, 48, 0),
            (_("Beard"), _("Hot-towel shave"), 40, 38, 0),
        ],
        "makeup": [
            (face, _("Day make-up"), 45, 55, 0),
            (face, _("Evening make-up"), 60, 75, 0),
            (face, _("Bridal make-up with trial"), 150, 220, 15),
        ],
        "wax": [
            (face, _("Upper lip"), 15, 12, 0),
            (body, _("Half-leg waxing"), 30, 32, 5),
            (body, _("Full-leg waxing"), 50, 48, 5),
            (body, _("Bikini line"), 30, 30, 5),
        ],
    }
    return menus[kind]

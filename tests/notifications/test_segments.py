"""What an SMS costs: known texts of the standard."""

import pytest

from beautydrop.notifications.segments import fitted, measure, plain


@pytest.mark.parametrize(
    ("text", "is_gsm", "units", "count"),
    [
        ("", True, 0, 1),
        ("a" * 160, True, 160, 1),
        ("a" * 161, True, 161, 2),
        ("a" * 306, True, 306, 2),
        ("a" * 307, True, 307, 3),
        ("Äpfel für Ömer, Größe §, ñandú à Málaga"[:24], True, 24, 1),  # umlauts are in the alphabet
        ("ä" * 160, True, 160, 1),
        ("é" * 160, True, 160, 1),
        ("€" * 80, True, 160, 1),  # € counts twice
        ("€" * 81, True, 162, 2),
        ("[]{}\\^~|", True, 16, 1),
        # A € that would stand across the border of two segments goes whole into the next.
        ("a" * 152 + "€" + "b" * 152, True, 306, 3),
        ("á", False, 1, 1),  # accents that telephones lack
        ("á" + "a" * 69, False, 70, 1),
        ("á" + "a" * 70, False, 71, 2),
        ("á" + "a" * 133, False, 134, 2),
        ("á" + "a" * 134, False, 135, 3),
        ("💅", False, 2, 1),
        ("💅" * 35, False, 70, 1),
        ("💅" * 36, False, 72, 2),
        ("a" * 66 + "💅" + "b" * 66, False, 134, 3),
        ("Ж" * 70, False, 70, 1),
        ("ç", False, 1, 1),  # only the capital one is in it
        ("Ç", True, 1, 1),
    ],
)
def test_segments(text, is_gsm, units, count):
    found = measure(text)
    assert (found.is_gsm, found.units, found.count) == (is_gsm, units, count)


def test_typographic_characters_have_twins():
    assert plain("“It’s 10:15 – 11:05…”\u00a0·") == '"It\'s 10:15 - 11:05..." -'
    assert measure(plain("l’heure – 10 h…")).is_gsm


def test_a_long_name_gives_way_and_the_rest_stays():
    name = (
        "Salon for Hair, Nails and Everything Else that Anybody ever Wanted, by Maximiliane von Hohenfels and Daughters"
    )

    def words(shop: str) -> str:
        return f"{shop}: your appointment is now Thu 3 Dec 10:15. https://beauty.example/b/{'x' * 150}/"

    text = fitted(words, name)
    assert measure(words(name)).count == 3
    assert measure(text).count == 2
    assert text.startswith("Salon for Hair")
    assert "Thu 3 Dec 10:15" in text and text.endswith(f"{'x' * 150}/")
    assert fitted(words, "Studio Nord") == words("Studio Nord")


def test_what_cannot_fit_keeps_a_name_that_can_be_recognised():
    text = fitted(lambda shop: f"{shop}: {'x' * 400}", "Studio Nord and more")
    assert text.startswith("Studio")

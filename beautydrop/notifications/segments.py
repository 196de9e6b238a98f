"""How many SMS a text takes, as the networks count (3GPP TS 23.038): what is paid for is segments.

A text of the GSM alphabet takes 160 units alone and 153 in each of several segments, with `€` and brackets counting
twice. One other character, and all of it goes as UTF-16: 70 units alone and 67 each, with an emoji counting twice. What
counts twice is never split.
"""

from collections.abc import Callable
from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
# Typographic characters with a twin in the GSM alphabet: nobody misses the curl, and the text stays short.
_TWINS = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "…": "...",
        "·": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u00ad": "",
        "\t": " ",
    }
)
# The fewest letters of a name that still say whose it is.
_SHORTEST_NAME = 8


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` of the alphabet used, in `count` segments. `is_gsm` is False for a text that goes as UTF-16."""

    is_gsm: bool
    units: int
    count: int


def plain(text: str) -> str:
    """The text with typographic characters as a telephone writes them."""
    return text.translate(_TWINS)


def measure(text: str) -> Segments:
    """How `text` goes out, exactly as it stands."""
    is_gsm = all(char in _BASIC or char in _EXTENDED for char in text)
    if is_gsm:
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        alone, each = 160, 153
    else:
        sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
        alone, each = 70, 67
    units = sum(sizes)
    if units <= alone:
        return Segments(is_gsm, units, 1)
    count, room = 1, each
    for size in sizes:
        if size > room:
            count, room = count + 1, each
        room -= size
    return Segments(is_gsm, units, count)


def fitted(words: Callable[[str], str], name: str, *, most: int = 2) -> str:
    """`words(name)` in at most `most` segments where that is possible: the name gives way, by whole words if it can."""
    name = plain(name)
    text = plain(words(name))
    for length in range(len(name) - 1, _SHORTEST_NAME - 1, -1):
        if measure(text).count <= most:
            break
        short = name[:length]
        if " " in short[_SHORTEST_NAME:]:
            short = short.rpartition(" ")[0]
        text = plain(words(short.rstrip(" -,.&") + "."))
    return text

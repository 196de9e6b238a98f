"""People without a photo, the choice "anyone", and the eight doors of the home page."""

from collections.abc import Callable
from functools import lru_cache
from html import escape

from . import motifs
from .motifs import Motif
from .seed import fnv1a
from .shapes import arch, disc, fill, line
from .stage import PREFIX
from .tones import CATEGORIES, LETTERS, Inks

type Halo = Callable[[str], str]

_BUST = arch(62, 64, 42, 100)
# Sixteen rays round (42, 46), radius 38 and 29.
_RAYS = (
    "M42 8L47.7 17.6 56.5 10.9 58.1 21.9 68.9 19.1 66.1 29.9 77.1 31.5 70.4 40.3 80 46 70.4 51.7 77.1 60.5"
    " 66.1 62.1 68.9 72.9H15.1L17.9 62.1 6.9 60.5 13.6 51.7 4 46 13.6 40.3 6.9 31.5 17.9 29.9 15.1 19.1"
    " 25.9 21.9 27.5 10.9 36.3 17.6z"
)


def _sun(tone: str) -> str:
    return disc(tone, 42, 42, 30)


def _echo(tone: str) -> str:
    return line(
        tone,
        2.4,
        "M7.4 100V67a34.6 34.6 0 0 1 69.2 0V100M2.8 100V67a39.2 39.2 0 0 1 78.4 0V100",
        has_flat_ends=True,
    )


def _rays(tone: str) -> str:
    return fill(tone, _RAYS)


def _cloud(tone: str) -> str:
    return disc(tone, 42, 43, 28) + line(tone, 13, "M14 43a28 28 0 1 1 56 0a28 28 0 1 1-56 0", "0 14.66")


HALOS: tuple[Halo, ...] = (_sun, _echo, _rays, _cloud)


def initials(name: str) -> str:
    """The first letters of the first and the last word, in capitals; one word gives one letter."""
    words = name.split()
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


@lru_cache(maxsize=1024)
def portrait(name: str, category: str) -> str:
    """A person as an arch of 84 x 100 px in the category's tones, a halo by name, and initials.

    A category we don't know is replaced by one that the name chooses, always the same one.
    """
    seed = fnv1a(name)
    letter = LETTERS.get(category) or LETTERS[CATEGORIES[seed % 8]]
    halo = HALOS[(seed >> 8) % len(HALOS)]
    return (
        '<svg class="lacquer" viewBox="0 0 84 100" aria-hidden="true">'
        + fill(f"{letter}0", arch(84, 100, 42, 100))
        + halo(f"{letter}1")
        + fill(f"{letter}2", _BUST)
        + line(f"{letter}1", 2, "M17.5 67a24.5 24.5 0 0 1 12-21")
        + f'<text x="42" y="85">{escape(initials(name))}</text></svg>'
    )


def anyone() -> str:
    """Three mirrors in bottle green, 84 x 100 px: whoever is free."""
    return (
        '<svg class="lacquer" viewBox="0 0 84 100" aria-hidden="true">'
        + fill("v0", arch(84, 100, 42, 100))
        + fill("v1", arch(38, 62, 23, 100) + arch(38, 62, 61, 100))
        + fill("v2", arch(42, 77, 42, 100))
        + line("v0", 2.6, "M27 43a15 15 0 0 1 6-11")
        + "</svg>"
    )


# Each door's motif and its tones as depths: ground, strong, soft, second, faint.
_DOORS: dict[str, tuple[Motif, str]] = {
    "h": (motifs.ribbon, "01202"),
    "n": (motifs.half_moon, "10222"),
    "s": (motifs.petals, "02122"),
    "b": (motifs.eye, "02111"),
    "m": (motifs.stones, "02111"),
    "r": (motifs.stripes, "01020"),
    "p": (motifs.pans, "02121"),
    "w": (motifs.leaf, "02112"),
}


@lru_cache(maxsize=8)
def door(category: str) -> str:
    """The category's arch on the home page, 132 x 116 px; KeyError for a category we don't know.

    Its ids begin with stage.PREFIX, as a picture's do.
    """
    letter = LETTERS[category]
    motif, depths = _DOORS[letter]
    inks = Inks(*(letter + depth for depth in depths))
    outline = arch(100, 87.9)
    clip = f"{PREFIX}d"
    gloss = line("g", 3, "M-42.5-41.5v-2a42.5 42.5 0 0 1 17-29")
    return (
        '<svg class="lacquer" viewBox="0 0 132 116" aria-hidden="true">'
        f'<g transform="translate(66 116)scale(1.32)"><clipPath id="{clip}"><path d="{outline}"/></clipPath>'
        f'{fill(inks.ground, outline)}<g clip-path="url(#{clip})">{motif(87.9, inks)}</g>{gloss}</g></svg>'
    )

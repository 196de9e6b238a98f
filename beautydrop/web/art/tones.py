"""Which tone goes where.

A tone is a category's letter and a depth: "n0" is the nails ground, "n1" the middle, "n2" the
deep tone. The same string is the CSS class that fills a shape (see also static/css/src/art.css),
so the pictures turn dark with the page and carry no colour of their own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CATEGORIES = ("hair", "nails", "skin", "brows", "massage", "barber", "makeup", "wax")

LETTERS = {
    "hair": "h",
    "nails": "n",
    "skin": "s",
    "brows": "b",
    "massage": "m",
    "barber": "r",
    "makeup": "p",
    "wax": "w",
}

# A shop with one category borrows its second hue; chosen so that the two never melt into each other.
PARTNERS = {
    "hair": "skin",
    "nails": "skin",
    "skin": "massage",
    "brows": "makeup",
    "massage": "skin",
    "barber": "hair",
    "makeup": "brows",
    "wax": "nails",
}


def category_pair(categories: Iterable[str]) -> tuple[str, str]:
    """The two categories a shop is drawn in: its first two known ones, or the first and its partner.

    Unknown slugs are skipped; a shop without any is drawn as a massage studio, the calmest pair.
    """
    known = list(dict.fromkeys(slug for slug in categories if slug in LETTERS))
    first = known[0] if known else "massage"
    second = known[1] if len(known) > 1 else PARTNERS[first]
    return first, second


@dataclass(frozen=True, slots=True)
class Inks:
    """The tones of one motif on its ground, none of them a wall's.

    `strong` and `second` stand out most, `soft` and `faint` lie between them and the ground.
    """

    ground: str
    strong: str
    soft: str
    second: str
    faint: str


def inks_for(ground: str, other: str, walls: Sequence[str]) -> Inks:
    """Tones that read on the ground: light ones on deep grounds, deep ones on light grounds.

    `other` is the letter of the second hue. A tone that is on the wall is left out, because a
    figure in the wall's colour looks like a hole in the mirror.
    """
    hue, depth = ground[0], ground[1]
    far, near = {"0": ("2", "1"), "1": ("0", "2"), "2": ("0", "1")}[depth]
    strong = [tone for tone in (hue + far, other + far) if tone not in walls]
    soft = [tone for tone in (hue + near, other + near) if tone not in walls]
    strong, soft = strong or soft, soft or strong
    return Inks(ground, strong[0], soft[0], strong[-1], soft[-1])


@dataclass(frozen=True, slots=True)
class Room:
    """The colours of one picture: wall, grounds of the mirrors, floor and the stray drop.

    `walls` holds the tones no other shape may use; `grounds` starts with the main mirror's.
    """

    walls: tuple[str, ...]
    grounds: tuple[str, ...]
    floor: str
    floor_accent: str
    floor_light: str
    drop: str

    @property
    def wall(self) -> str:
        """The tone the picture is filled with before anything stands on it."""
        return self.walls[0]


def room_for(wall: str, hues: tuple[str, str]) -> Room:
    """The room for a wall tone: the main mirror takes the other hue and the opposite depth."""
    own, depth = wall[0], wall[1]
    other = hues[1] if own == hues[0] else hues[0]
    if depth == "0":
        grounds = (f"{other}2", f"{own}2", f"{other}1")
        return Room((wall,), grounds, f"{own}2", f"{own}1", f"{other}0", f"{own}1")
    if depth == "1":
        grounds = (f"{other}2", f"{own}0", f"{own}2")
        return Room((wall,), grounds, f"{own}2", f"{other}1", f"{other}0", f"{own}0")
    grounds = (f"{other}0", f"{own}1", f"{own}0")
    return Room((wall,), grounds, f"{other}2", f"{other}1", f"{other}0", f"{other}1")

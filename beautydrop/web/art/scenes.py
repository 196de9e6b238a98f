"""A shop's picture: from its id, its categories and a size to finished SVG."""

from dataclasses import dataclass
from functools import lru_cache

from . import layouts
from .seed import Dice, fnv1a
from .shapes import num
from .stage import Stage
from .tones import LETTERS, Room, category_pair, room_for

# Width and height in px. The names are part of the templates' language.
SIZES: dict[str, tuple[int, int]] = {
    "card": (384, 202),
    "card_small": (358, 132),
    "hit": (208, 184),
    "hit_small": (96, 184),
    "row": (150, 60),
    "front": (1280, 224),
    "front_small": (390, 132),
    "mirror": (104, 126),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished picture. In `svg` every id still begins with stage.PREFIX; see also `placed`."""

    svg: str
    walls: tuple[str, ...]
    layout: str
    name: str

    def placed(self, prefix: str) -> str:
        """The picture with the ids of this place on the page; the prefix must be unique there."""
        return self.svg.replace("~", prefix)


def walls_in_order(seed: int, hues: tuple[str, str]) -> list[str]:
    """The six possible wall tones, the shop's own choice first."""
    first, second = hues
    # Deep walls weigh more: they carry the lacquer.
    tones = (f"{first}0", f"{second}0", f"{first}1", f"{second}1", f"{first}2", f"{first}2", f"{second}2")
    return Dice(seed).order(tones)


def neighbour_wall(shop_id: object, categories: tuple[str, ...]) -> str:
    """The wall that another shop of the same categories would choose for itself."""
    pair = category_pair(categories)
    return walls_in_order(fnv1a(str(shop_id)), (LETTERS[pair[0]], LETTERS[pair[1]]))[0]


@lru_cache(maxsize=2048)
def picture(
    shop_id: str,
    categories: tuple[str, ...],
    size: str,
    avoid_walls: tuple[str, ...] = (),
    avoid_layout: str = "",
) -> Picture:
    """The shop's picture in one of SIZES, always the same for the same arguments.

    `avoid_walls` are the walls of the pictures beside it and `avoid_layout` the last one's layout:
    the shop then takes its next choice. With up to four walls to avoid there is always another one.
    Raises KeyError for a size that is not in SIZES.
    """
    width, height = SIZES[size]
    pair = category_pair(categories)
    hues = (LETTERS[pair[0]], LETTERS[pair[1]])
    seed = fnv1a(shop_id)
    choices = walls_in_order(seed, hues)
    wall = next((tone for tone in choices if tone not in avoid_walls), choices[0])
    room = room_for(wall, hues)

    # A stream of its own: the wall that is avoided must not change what stands before it.
    dice = Dice(fnv1a(f"{shop_id}/{size}"))
    ratio = width / height
    if ratio < 1.05:
        layout = layouts.one
    elif ratio < 2.5:
        order = dice.order(layouts.LAYOUTS)
        layout = next(choice for choice in order if _fits(choice, room) and choice.__name__ != avoid_layout)
        if layout is layouts.split:
            room = _two_walls(room, hues)
    else:
        layout = layouts.facade if size.startswith("front") else layouts.arcade

    stage = Stage(width, height, room, hues, dice, [], is_arched=size == "mirror")
    stage.add_wall()
    layout(stage)
    stage.add_floor()
    body = "".join(stage.parts)
    svg = (
        f'<svg class="lacquer" viewBox="0 0 {num(width)} {num(height)}" preserveAspectRatio="xMidYMax"'
        f' aria-hidden="true" focusable="false">{body}</svg>'
    )
    return Picture(svg, room.walls, layout.__name__, f"{seed:x}{size.replace('_', '')}")


def _fits(layout: layouts.Layout, room: Room) -> bool:
    """Two half walls need a light and a deep tone; a middle wall has no opposite."""
    return layout is not layouts.split or room.wall[1] != "1"


def _two_walls(room: Room, hues: tuple[str, str]) -> Room:
    """The room with a second wall: the other hue in the opposite depth."""
    own, depth = room.wall
    other = hues[1] if own == hues[0] else hues[0]
    near = "0" if depth == "2" else "2"
    return Room(
        walls=(room.wall, f"{other}{near}"),
        grounds=(f"{own}{near}", f"{other}{depth}", f"{own}1"),
        floor=f"{own if near == '2' else other}2",
        floor_accent=f"{own}1",
        floor_light=f"{own if near == '0' else other}0",
        drop=f"{other}1",
    )

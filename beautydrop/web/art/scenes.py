"""A shop's picture: from its id, its categories and a size to finished SVG."""

from dataclasses import dataclass
from functools import lru_cache

from . import layouts
from .seed import Dice, fnv1a
from .shapes import num
from .stage import PREFIX, Stage
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
        return self.svg.replace(PREFIX, prefix)


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
    avoid_layouts: tuple[str, ...] = (),
) -> Picture:
    """The shop's picture in one of SIZES, always the same for the same arguments.

    `avoid_walls` and `avoid_layouts` are those of the pictures beside it, the nearest first: the shop
    then takes its next choice. If every wall is taken, it shares the one that is farthest away.
    Raises KeyError for a size that is not in SIZES.
    """
    width, height = SIZES[size]
    pair = category_pair(categories)
    hues = (LETTERS[pair[0]], LETTERS[pair[1]])
    seed = fnv1a(shop_id)
    choices = walls_in_order(seed, hues)
    wall = min(choices, key=lambda tone: len(avoid_walls) - _index(avoid_walls, tone))
    room = room_for(wall, hues)

    # A stream of its own: the wall that is avoided must not change what stands before it.
    dice = Dice(fnv1a(f"{shop_id}/{size}"))
    ratio = width / height
    if ratio < 1.05:
        layout: layouts.Layout = layouts.one
    elif ratio < 2.5:
        order = dice.order(layouts.LAYOUTS)
        halves = _two_walls(room, hues)
        if halves is None or halves.walls[1] in avoid_walls:
            order.remove(layouts.split)
        layout = next(choice for choice in order if choice.__name__ not in avoid_layouts[:2])
        if layout is layouts.split and halves:
            room = halves
    else:
        layout = layouts.facade if size.startswith("front") else layouts.arcade

    stage = Stage(width, height, room, hues, dice, [], is_arched=size == "mirror")
    stage.add_wall()
    layout(stage)
    stage.add_floor()
    body = "".join(stage.parts)
    svg = (
        f'<svg class="lacquer" viewBox="0 0 {num(width)} {num(height)}" preserveAspectRatio="xMidYMax"'
        f' aria-hidden="true">{body}</svg>'
    )
    return Picture(svg, room.walls, layout.__name__, f"{seed & 0xFFFFFF:06x}{list(SIZES).index(size)}")


def _index(tones: tuple[str, ...], tone: str) -> int:
    """Where the tone stands, or the length if it is not there."""
    return tones.index(tone) if tone in tones else len(tones)


def _two_walls(room: Room, hues: tuple[str, str]) -> Room | None:
    """The room with a second wall: the other hue in the opposite depth, which a middle wall has not."""
    own, depth = room.wall[0], room.wall[1]
    if depth == "1":
        return None
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

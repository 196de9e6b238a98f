"""The twelve motifs, two for each category.

Every motif is drawn inside an arch 100 wide that stands on (0, 0) with its tip at (0, -height);
its half circle has the centre (0, 50 - height). Motifs keep clear of the rim and answer a taller
arch with more of themselves, never by stretching. Those in BLEEDS run over the rim and are clipped
by the mirror. Heights from 86 (a door) to 190 are drawn well.
"""

from collections.abc import Callable
from math import cos, radians, sin

from .shapes import disc, drop, fill, line, num, ring
from .tones import Inks

type Motif = Callable[[float, Inks], str]

# From here up an arch has room for a second thing: a stem, a third row, a tip.
_TALL = 126

_FOUR_PETALS = (
    "M0 0C-13-10-13-27 0-39C13-27 13-10 0 0C10-13 27-13 39 0C27 13 10 13 0 0"
    "C13 10 13 27 0 39C-13 27-13 10 0 0C-10 13-27 13-39 0C-27-13-10-13 0 0z"
)


def _petal(turn: float, size: float) -> str:
    """A lotus petal from (0, 0) upwards, turned clockwise by degrees."""
    across, up = size * cos(radians(turn)), size * sin(radians(turn))
    points = ((-16, -18), (-15, -44), (0, -64), (15, -44), (16, -18))
    at = [f"{num(x * across - y * up)} {num(x * up + y * across)}" for x, y in points]
    return f"M0 0C{at[0]} {at[1]} {at[2]}C{at[3]} {at[4]} 0 0"


_OUTER = _petal(-53, 0.92) + _petal(53, 0.92)
_MIDDLE = _petal(0, 1.16)
_INNER = _petal(-27, 1.05) + _petal(27, 1.05)

# Five of the ten tips of a colour wheel, from radius 22 to 36; the other five are its mirror image.
_WHEEL = "M0-22V-36M20.9-6.8L34.2-11.1M12.9 17.8L21.2 29.1M-12.9 17.8L-21.2 29.1M-20.9-6.8L-34.2-11.1"


def ribbon(height: float, inks: Inks) -> str:
    """A lock of hair: four bands that swing to the left and to the right on their way down."""
    one, two, three = round(height * 0.4), round(height * 0.42), round(height * 0.3)
    bend_1, bend_2, bend_3 = round(one * 0.45), round(two * 0.45), round(three * 0.6)
    down = f"c0 {bend_1}-36 {bend_1}-36 {one}s44 {bend_2} 44 {two}s-24 {bend_3}-24 {three}"
    # The same way back. Bands that only lay over each other would shine through along the rim.
    up = (
        f"c0-{three - bend_3} 24 {two - bend_2 - three} 24-{three}"
        f"s-44 {one - bend_1 - two}-44-{two}s36-{one - bend_1} 36-{one}"
    )
    tones = (inks.soft, inks.strong, inks.faint, inks.second)
    return "".join(
        fill(tone, f"M{start}-{num(height)}{down}h15.5{up}z")
        for start, tone in zip((-16, -1, 14, 29), tones, strict=True)
    )


def comb(height: float, inks: Inks) -> str:
    """A comb with a round back, teeth down."""
    back = 54 - height
    # Teeth longer than this look like a brush; the comb then hangs in the middle.
    spare = max(0, height - 54 - 84)
    back += spare * 0.3
    tips = (18, 16, 14.5, 13.5, 13, 13.5, 14.5, 16, 18)
    teeth = "".join(f"M{8 * tooth - 32} {num(back + 6)}V-{num(tip + spare * 0.5)}" for tooth, tip in enumerate(tips))
    jewel = inks.second if inks.second != inks.strong else inks.soft
    return (
        line(inks.strong, 4.6, teeth)
        + fill(inks.strong, f"M-36 {num(back + 8)}v-6a36 36 0 0 1 72 0v6a3 3 0 0 1-3 3h-66a3 3 0 0 1-3-3z")
        + line(inks.ground, 2, f"M-27 {num(back + 2)}h54")
        + line(inks.soft, 2.6, f"M-27 {num(back - 6)}a28 24 0 0 1 54 0")
        + disc(jewel, 0, back - 13, 5)
    )


def half_moon(height: float, inks: Inks) -> str:
    """A nail: the half-moon at its root and, on a long one, a painted tip."""
    tip = ""
    if height > 100:
        tip = fill(inks.soft, f"M-50 {num(50 - height)}a50 50 0 0 1 100 0a50 28 0 0 0-100 0z")
    return tip + lunette(height, inks)


def lunette(height: float, inks: Inks) -> str:
    """A half disc on the floor and a line around it: a nail's moon, or a sun on the horizon."""
    return fill(inks.strong, "M-35 0a35 35 0 0 1 70 0z") + line(inks.soft, 2.4, "M-42-1.2a42 42 0 0 1 84 0")


def fan(height: float, inks: Inks) -> str:
    """Colour samples on nail tips: a fan on the floor, a whole wheel on its stem in a tall mirror."""
    if height > _TALL:
        turn = f"translate(0 {num(52 - height)})"
        wheel = line(inks.strong, 12, _WHEEL) + (
            f'<g transform="rotate(180)">{line(inks.soft, 12, _WHEEL)}</g>{line(inks.second, 2.4, "M0 0m-4-32v6")}'
        )
        return (
            line(inks.faint, 5, f"M0 {num(52 - height)}V-3")
            + fill(inks.faint, "M-24 0a24 16 0 0 1 48 0z")
            + f'<g transform="{turn}">{wheel}</g>'
            + disc(inks.ground, 0, 52 - height, 17)
            + disc(inks.second, 0, 52 - height, 10)
        )
    return (
        line(inks.faint, 14, "M-14-9L-38-24M14-9L38-24")
        + line(inks.soft, 14, "M-9-16L-27-50M9-16L27-50")
        + line(inks.strong, 14, "M0-18V-62")
        + line(inks.ground, 2.2, "M-3-51V-63M-27-42L-30-48M25-43L22-37")
        + line(inks.ground, 8.6, "M-22-2a22 22 0 0 1 44 0", "0 8.6")
        + fill(inks.ground, "M-22 0a22 22 0 0 1 44 0z")
        + fill(inks.second, "M-14 0a14 14 0 0 1 28 0z")
    )


def petals(height: float, inks: Inks) -> str:
    """A lotus on the floor, or a whole flower on its stem in a tall mirror."""
    if height > _TALL:
        y = 54 - height
        heart = inks.second if inks.second != inks.strong else inks.ground
        return (
            line(inks.soft, 4, f"M0 {num(y)}V-2")
            + fill(inks.soft, "M0-4C4-24 17-32 33-33C31-17 19-5 0-4zC-4-24-17-32-33-33C-31-17-19-5 0-4z")
            + f'<g transform="translate(0 {num(y)})">'
            + fill(inks.soft, _FOUR_PETALS, "rotate(45)")
            + fill(inks.strong, _FOUR_PETALS)
            + "</g>"
            + disc(inks.ground, 0, y, 11)
            + disc(heart, 0, y, 7.5)
        )
    tall = round(height / 106, 2)
    return (
        f'<g transform="scale(1 {tall})">'
        + fill(inks.soft, "M0 0C-20-16-34-20-46-20C-40-8-24 0 0 0C24 0 40-8 46-20C34-20 20-16 0 0z")
        + fill(inks.faint, _OUTER)
        + fill(inks.soft, _INNER)
        + fill(inks.strong, _MIDDLE)
        + fill(inks.second, "M-11 0a11 11 0 0 1 22 0z")
        + "</g>"
    )


def ripple(height: float, inks: Inks) -> str:
    """A drop over the rings it will make in the water."""
    size = min(56, height - 58)
    foot = -43 - (height - 58 - size) * 0.45
    return (
        f'<ellipse class="a{inks.soft}" cy="-22" rx="43" ry="16"/>'
        f'<ellipse class="a{inks.ground}" cy="-22" rx="29" ry="10.4"/>'
        f'<ellipse class="a{inks.soft}" cy="-22" rx="15" ry="5"/>'
        f"{drop(inks.strong, 0, foot, size)}"
    )


def eye(height: float, inks: Inks) -> str:
    """A closed eye under its brow; in a tall mirror the cheek below it."""
    cheek = ""
    if height > _TALL:
        cheek = fill(inks.faint, "M-28 0a28 28 0 0 1 56 0z") + fill(inks.second, "M-16 0a16 16 0 0 1 32 0z")
    low = min(67, height - 36)
    dark, light = inks.strong, inks.soft
    if inks.ground[1] == "1":
        # On a middle ground the soft tone is the deep one: a dark lid would look like an open eye.
        dark, light = light, dark
    return (
        f'{cheek}<g transform="translate(0 {num(low - height)})">'
        + fill(dark, "M-35-18C-25-34 10-38 36-22C12-28-13-26-31-10z")
        + fill(light, "M-28 3a28 24 0 0 1 56 0q-28 17-56 0z")
        + line(dark, 3.6, "M-33 1q33 24 66 0")
        + line(dark, 3, "M-30 4l-5 7M-20 9l-4 9M-7 13l-2 10M7 13l2 10M20 9l4 9M30 4l5 7")
        + "</g>"
    )


def bevel(height: float, inks: Inks) -> str:
    """Arches within the arch, like the bevelled edge of a mirror."""
    side = num(height - 50)
    return fill(inks.strong, f"M-36 0v-{side}a36 36 0 0 1 72 0V0z") + fill(
        inks.soft, f"M-21 0v-{side}a21 21 0 0 1 42 0V0z"
    )


def stones(height: float, inks: Inks) -> str:
    """Warm stones in a stack, rings of calm behind them."""
    rows: tuple[tuple[float, float], ...] = ((80, 22), (58, 19), (41, 15), (25, 12))
    if height > _TALL:
        rows = ((84, 25), (70, 21), (52, 18), (37, 14), (22, 11))
    parts = [ring(inks.soft, 2.2, 0, 50 - height, radius) for radius in (36, 27, 18)]
    tones = (inks.soft, inks.strong, inks.faint, inks.second, inks.soft)
    # The stack ends near the rings' centre, however high the mirror.
    swell = min(1.3, max(0.9, (height - 42) / sum(thick for _, thick in rows)))
    gleams = ""
    y = 0.0
    for (across, thick), tone, shift in zip(rows, tones, (0, -3, 2, -1, 1), strict=False):
        thick *= swell
        left = shift - (across - thick) / 2
        parts.append(line(tone, thick, f"M{num(left)} {num(y - thick / 2)}h{num(across - thick)}"))
        gleams += f"M{num(left)} {num(y - thick * 0.72)}h{num(across * 0.18)}"
        y -= thick
    return "".join(parts) + line(inks.ground, 2, gleams)


def stripes(height: float, inks: Inks) -> str:
    """The barber's stripes, climbing to the right."""
    parts = []
    for step, tone in enumerate((inks.strong, inks.soft, inks.second)):
        starts = range(80 - 18 * step, -int(height), -72)
        parts.append(line(tone, 15, "".join(f"M-60 {start}l120-84" for start in starts)))
    return "".join(parts)


def pans(height: float, inks: Inks) -> str:
    """A palette: little pans of colour, one of them half used."""
    rows = 2 if height < _TALL else 3
    radius = 13 if height < 100 else 15
    gap = 31 if height < 100 else 37
    first = max(-(height + gap * (rows - 1)) / 2 - 1, 38 - height)
    tones = (inks.strong, inks.soft, inks.second, inks.faint, inks.soft, inks.strong)
    parts = [
        disc(tone, 20 if place % 2 else -20, first + place // 2 * gap, radius)
        for place, tone in enumerate(tones[: rows * 2 - 1])
    ]
    low = num(first + (rows - 1) * gap)
    used = f"M{20 - radius} {low}a{radius} {radius} 0 0 1 {2 * radius} 0q-{radius}-10-{2 * radius} 0z"
    rim = f"M{21 - radius} {low}a{radius - 1} {radius - 1} 0 0 0 {2 * radius - 2} 0"
    return "".join(parts) + fill(tones[2 * rows - 1], used) + line(tones[2 * rows - 1], 2, rim)


def leaf(height: float, inks: Inks) -> str:
    """A twig: pairs of leaves, light and dark in turn, and one at the tip."""
    pairs = max(3, round((height - 46) / 23))
    step = (height - 48) / pairs
    light, dark = f"M0 {num(39 - height)}c-9-9-9-20 0-31c9 11 9 22 0 31z", ""
    for pair in range(pairs):
        size = 1.08 - 0.4 * (pair / (pairs - 1)) ** 2
        right = _leaf(-5 - pair * step, size, 1)
        left = _leaf(-5 - pair * step, size, -1)
        light += left if pair % 2 else right
        dark += right if pair % 2 else left
    stem = inks.second if inks.second != inks.strong else inks.soft
    return fill(inks.strong, light) + fill(inks.soft, dark) + line(stem, 2.6, f"M0-1.3V{num(36 - height)}")


def _leaf(base: float, size: float, side: int) -> str:
    outline = (4, -20, 20, -27, 38, -28, -2, 16, -18, 28, -38, 28)
    x = [num(side * size * value) for value in outline[::2]]
    y = [num(size * value) for value in outline[1::2]]
    return f"M0 {num(base)}c{x[0]} {y[0]} {x[1]} {y[1]} {x[2]} {y[2]}c{x[3]} {y[3]} {x[4]} {y[4]} {x[5]} {y[5]}"


# By a category's letter; see also LETTERS in tones.py.
BY_LETTER: dict[str, tuple[Motif, Motif]] = {
    "h": (ribbon, comb),
    "n": (half_moon, fan),
    "s": (petals, ripple),
    "b": (eye, bevel),
    "m": (stones, ripple),
    "r": (stripes, comb),
    "p": (pans, eye),
    "w": (leaf, petals),
}

BLEEDS: frozenset[Motif] = frozenset({ribbon, stripes})

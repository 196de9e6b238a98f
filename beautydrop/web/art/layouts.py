"""The layouts: how mirrors stand in a room of a given ratio. Nothing is ever cut by the frame."""

from collections.abc import Callable

from . import motifs
from .shapes import DROP, arch, disc, fill, num
from .stage import BEYOND, PREFIX, Stage
from .tones import Inks

type Layout = Callable[[Stage], None]


def one(stage: Stage) -> None:
    """A single mirror, for pictures that are higher than wide."""
    width, base, room = stage.width, stage.base, stage.room
    if stage.is_arched:
        stage.add_mirror(width * 0.33, width * 0.48, base * 0.56, room.grounds[1], motifs.bevel)
        stage.add_mirror(width * 0.56, width * 0.6, base * 0.74, room.grounds[0], has_ring=True)
        stage.add_drop(width * 0.25, base * 0.24)
        return
    across = width * 0.72
    tall = min(base * 0.84, across * 1.72)
    if base - tall > base * 0.1:
        stage.parts.append(disc(room.drop, width * 0.74, base - tall, width * 0.2))
    stage.add_mirror(width * 0.5, across, tall, room.grounds[0], has_ring=True)
    stage.add_drop(width * 0.82, base * 0.17)


def close(stage: Stage) -> None:
    """One large mirror near, small ones beside it."""
    width, base, room = stage.width, stage.base, stage.room
    tall = base * 0.9
    across = min(base * 0.84, width * 0.6)
    is_right = stage.dice.roll() < 0.5
    middle = width * (0.57 if is_right else 0.43)
    gap = base * 0.09
    rim = across * 0.565
    spaces = [(0.0, middle - rim), (middle + rim, width)]
    for place, (start, end) in enumerate(spaces):
        room_left = end - start - 2 * gap
        if room_left < base * 0.2:
            continue
        small = min(room_left, base * 0.56)
        high = small * (1.16 if small > base * 0.4 else 1.5)
        motif = stage.small_motif() if small < base * 0.36 else None
        stage.add_mirror((start + end) / 2, small, high, room.grounds[1 + place], motif)
    stage.add_mirror(middle, across, tall, room.grounds[0], has_ring=True)
    stage.add_drop(middle - rim if is_right else middle + rim, base * 0.21)


def arcade(stage: Stage) -> None:
    """A row of mirrors of different heights."""
    width, base, room, dice = stage.width, stage.base, stage.room, stage.dice
    count = max(2, round(width / base * 1.45))
    gap = base * 0.1
    weights = [dice.pick((0.86, 1.0, 1.14)) for _ in range(count)]
    unit = (width - gap * (count + 1)) / sum(weights)
    heights = _rhythm(count, dice.roll())
    main = heights.index(max(heights))
    x = gap
    feet = 0.0
    for place, weight in enumerate(weights):
        across = unit * weight
        middle = x + across / 2
        if place == main:
            ground = room.grounds[0]
            feet = x if main else x + across
        else:
            ground = room.grounds[1 + abs(place - main) % 2] if abs(place - main) < 3 else room.grounds[0]
        tall = max(base * heights[place], across * 0.98)
        stage.add_mirror(middle, across, min(tall, base * 0.93), ground, has_ring=place == main)
        x += across + gap
    stage.add_drop(feet, base * 0.19)


def _rhythm(count: int, roll: float) -> list[float]:
    """Heights as parts of the wall: high and low in turn, one of them the highest."""
    if count < 4:
        orders = ((0.64, 0.9, 0.76), (0.9, 0.62, 0.78), (0.72, 0.6, 0.9), (0.6, 0.9, 0.68))
        return list(orders[int(roll * len(orders))][:count])
    beat = (0.66, 0.9, 0.6, 0.8, 0.7, 0.86, 0.58, 0.78)
    start = int(roll * len(beat))
    return [beat[(start + step) % len(beat)] for step in range(count)]


def pair(stage: Stage) -> None:
    """A high mirror and a lower one before it, with a round one on the wall."""
    room = stage.room
    unit = min(stage.base, stage.width / 1.4)
    side = 1 if stage.dice.roll() < 0.5 else -1
    middle = _aside(stage, unit * 1.3, -side)
    back, front = middle - side * unit * 0.29, middle + side * unit * 0.28
    sun = disc(room.floor_accent, front + side * unit * 0.12, stage.base - unit * 0.66, unit * 0.23)
    stage.parts.append(sun)
    stage.add_mirror(back, unit * 0.66, unit * 0.92, room.grounds[0])
    stage.add_mirror(front, unit * 0.64, unit * 0.66, room.grounds[1])
    stage.add_drop(back - side * unit * 0.33, unit * 0.23)


def _aside(stage: Stage, taken: float, side: int) -> float:
    """The middle of a group `taken` px wide; where the wall is long, a low arch stands on its other side."""
    spare = stage.width - taken
    if spare < stage.base * 0.6:
        return stage.width / 2
    small = stage.base * 0.36
    margin = stage.base * 0.14
    edge = margin + small / 2
    x = edge if side < 0 else stage.width - edge
    stage.add_mirror(x, small, small * 1.2, stage.room.grounds[2], stage.small_motif())
    return stage.width / 2 - side * (small + margin) / 2


def fallen(stage: Stage) -> None:
    """A drop as large as the mirror it fell from."""
    room = stage.room
    unit = min(stage.base, stage.width / 1.24)
    side = 1 if stage.dice.roll() < 0.5 else -1
    middle = _aside(stage, unit * 1.16, side)
    ground = room.grounds[1]
    inks = stage.inks(ground)
    # The band next to the drop must not have the drop's own depth.
    turned = Inks(ground, inks.soft, inks.strong, inks.second, inks.faint)
    stage.add_mirror(
        middle - side * unit * 0.2,
        unit * 0.74,
        unit * 0.9,
        ground,
        lambda tall, _: motifs.bevel(tall, turned),
    )
    main = room.grounds[0]
    inks = stage.inks(main)
    placed = f"translate({num(middle + side * unit * 0.28)} {num(stage.base)})scale({round(unit * 0.0232, 2)})"
    stage.parts.append(
        f'<g transform="{placed}">'
        + fill(main, DROP)
        + f'<ellipse class="a{inks.soft}" cy="-6.6" rx="9.4" ry="3.6"/>'
        + f'<ellipse class="a{main}" cy="-6.6" rx="6" ry="2.2"/>'
        + f'<ellipse class="a{inks.soft}" cy="-6.6" rx="3" ry="1"/>'
        + fill(inks.strong, "M0-26C-1.4-22-4.6-19.6-4.6-16.4a4.6 4.6 0 0 0 9.2 0C4.6-19.6 1.4-22 0-26z")
        + '<path class="al ag" stroke-width=".8" d="M-10.6-13.6q.4-4 3-7.4"/></g>'
    )


def split(stage: Stage) -> None:
    """A rainbow of arches, its two halves in exchanged tones, on a wall of two halves."""
    left_wall, right_wall = stage.room.walls
    width, base = stage.width, stage.base
    middle = width / 2
    own, other = left_wall[0], right_wall[0]
    far, near = left_wall[1], right_wall[1]
    stage.parts.append(fill(right_wall, f"M{num(middle)}-{BEYOND}h{2 * BEYOND}v{2 * BEYOND}h-{2 * BEYOND}z"))
    tall = base * 0.92
    across = min(base * 1.3, width * 0.84)
    beside = (width - across) / 2
    if beside > base * 0.3:
        small = beside - base * 0.15
        stage.add_mirror(beside / 2 + 2, small, small * 1.5, f"{own}{near}", motifs.bevel)
        stage.add_mirror(width - beside / 2 - 2, small, small * 1.5, f"{other}{far}", motifs.bevel)
    bands = (
        (f"{own}{near}", f"{other}{far}"),
        (f"{other}{far}", f"{own}{near}"),
        (f"{other}1", f"{own}1"),
        (f"{own}{near}", f"{other}{far}"),
    )
    step = across * 0.115
    for place, (left, right) in enumerate(bands):
        radius = across / 2 - place * step
        side = num(tall - across / 2)
        reach = num(radius)
        foot = f"M{num(middle)} {num(base)}h"
        stage.parts.append(fill(left, f"{foot}-{reach}v-{side}a{reach} {reach} 0 0 1 {reach}-{reach}z"))
        stage.parts.append(fill(right, f"{foot}{reach}v-{side}a{reach} {reach} 0 0 0-{reach}-{reach}z"))
    gloss = across * 0.45
    y = base - (tall - across / 2)
    stage.parts.append(
        f'<path class="al ag" stroke-width="{num(across * 0.022)}" d="M{num(middle - gloss)} {num(y)}'
        f'a{num(gloss)} {num(gloss)} 0 0 1 {num(gloss * 0.4)}-{num(gloss * 0.8)}"/>'
    )
    stage.add_drop(middle + across / 2, base * 0.2)


def nest(stage: Stage) -> None:
    """A mirror at the end of a corridor of arches."""
    room, width, base = stage.room, stage.width, stage.base
    across = min(base * 1.2, width * 0.84)
    tall = base * 0.94
    step = base * 0.1
    middle = width / 2
    inks = stage.inks(room.grounds[0])
    beside = (width - across) / 2
    if beside > base * 0.3:
        small = beside - base * 0.18
        motif = stage.small_motif()
        for x in (beside / 2, width - beside / 2):
            stage.add_mirror(x, small, small * 1.3, room.grounds[1], motif)
    stage.parts.append(fill(room.grounds[0], arch(across, tall, middle, base)))
    stage.parts.append(fill(inks.soft, arch(across - 2 * step, tall - step, middle, base)))
    motif = stage.motif(inks.second)
    if motif is motifs.half_moon:
        # A nail's painted tip would have the tone of the band around it.
        motif = motifs.lunette
    stage.add_mirror(middle, across - 4 * step, tall - 2 * step, inks.second, motif)
    stage.add_drop(middle - across / 2, base * 0.2)


def facade(stage: Stage) -> None:
    """A long arcade that runs on to both sides, its mirrors drawn once and placed again and again."""
    width, base, room, dice = stage.width, stage.base, stage.room, stage.dice
    first, second, third = room.grounds
    two = motifs.BY_LETTER[first[0]]
    one_, other = motifs.BY_LETTER[second[0]]
    models = [
        (first, two[0], 1.34, True),
        (second, one_ if one_ not in two else other, 1.16, False),
        (third, motifs.bevel, 1.5, False),
        (first, two[1], 1.12, False),
        (second, other if other not in two else one_, 1.4, True),
    ]
    beat = (0.66, 0.82, 0.54, 0.76, 0.9, 0.58, 0.8, 0.52, 0.72, 0.62)
    # Twice round, the second time in another order, so that the eye finds no repeat.
    order = (0, 1, 2, 3, 4, 1, 0, 3, 2, 4)
    turn = int(dice.roll() * len(models))
    gap = base * 0.13
    run: list[tuple[int, float]] = []
    used = 0.0
    while True:
        model = (turn + order[len(run) % len(order)]) % len(models)
        across = base * beat[len(run) % len(beat)] / models[model][2]
        if used + across + gap > width:
            break
        run.append((model, across))
        used += across + gap
    gap += (width - used) / len(run)
    names = {model: f"{PREFIX}m{model}" for model, _ in run}
    stage.parts.append("<defs>")
    for model, name in names.items():
        ground, motif, ratio, has_ring = models[model]
        body = stage.mirror_body(100 * ratio, ground, motif, has_ring=has_ring)
        stage.parts.append(f'<g id="{name}">{body}</g>')
    stage.parts.append(f'</defs><g id="{PREFIX}r">')
    x = gap / 2
    highest = max(range(len(run)), key=lambda place: beat[place % len(beat)])
    for place, (model, across) in enumerate(run):
        if place == highest:
            foot = x
        placed = f"translate({num(x + across / 2)} {num(base)})scale({round(across / 100, 3)})"
        stage.parts.append(f'<use href="#{names[model]}" transform="{placed}"/>')
        x += across + gap
    stage.add_drop(foot, base * 0.17)
    stage.parts.append("</g>")
    for shift in (-width, width):
        stage.parts.append(f'<use href="#{PREFIX}r" x="{num(shift)}"/>')


# Weighted: a layout that stands twice comes up twice as often.
LAYOUTS: tuple[Layout, ...] = (close, close, arcade, arcade, pair, pair, fallen, fallen, split, nest)

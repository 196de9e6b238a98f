"""Server-rendered SVG: numbers to rectangles. Positions are attributes, so that no inline style is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HEIGHT = 160


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in a picture `width` × HEIGHT units, with the tick of the comparison, and its words."""

    x: float
    y: float
    width: float
    height: float
    tick_y: float | None
    label: str
    words: str
    is_highest: bool


def nice_ceiling(value: Decimal | float) -> int:
    """The next round number: 1, 2, 2.5 or 5 times a power of ten."""
    value = float(value)
    if value <= 0:
        return 1
    power = 1.0
    while power * 10 <= value:
        power *= 10
    for factor in (1, 2, 2.5, 5, 10):
        if factor * power >= value:
            return max(1, round(factor * power))
    return max(1, round(10 * power))


def bars(
    values: Sequence[Decimal],
    compared: Sequence[Decimal],
    labels: Sequence[str],
    words: Sequence[str],
    *,
    width: int = 700,
) -> tuple[list[Bar], int]:
    """Bars scaled to a round top, and that top."""
    top = nice_ceiling(max([*values, *compared, Decimal(0)]))
    slot = width / max(1, len(values))
    gap = min(6.0, slot * 0.25)
    highest = max(values, default=Decimal(0))
    found = []
    for index, value in enumerate(values):
        height = round(float(value) / top * HEIGHT, 1)
        other = float(compared[index]) if index < len(compared) else 0.0
        found.append(
            Bar(
                x=round(index * slot + gap / 2, 1),
                y=round(HEIGHT - height, 1),
                width=round(slot - gap, 1),
                height=height,
                tick_y=round(HEIGHT - other / top * HEIGHT, 1) if other else None,
                label=labels[index],
                words=words[index],
                is_highest=bool(value) and value == highest,
            )
        )
    return found, top

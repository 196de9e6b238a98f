"""Seeds and dice: the same shop gets the same picture on every page, server and year."""

from collections.abc import Sequence

_WORD = 0xFFFFFFFF


def fnv1a(text: str) -> int:
    """The 32-bit FNV-1a hash of the text's UTF-8 bytes, 0 to 2**32 - 1."""
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & _WORD
    return value


class Dice:
    """mulberry32: a small stream of numbers that depends on nothing but its seed.

    `random.Random` is not used because its methods may draw differently in another Python
    version, and a shop's picture would change with an upgrade.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _WORD

    def roll(self) -> float:
        """The next number, 0.0 up to but not including 1.0."""
        self._state = (self._state + 0x6D2B79F5) & _WORD
        t = self._state
        t = ((t ^ (t >> 15)) * (t | 1)) & _WORD
        t ^= (t + ((t ^ (t >> 7)) * (t | 61))) & _WORD
        return (t ^ (t >> 14)) / 4294967296

    def pick[T](self, choices: Sequence[T]) -> T:
        """One of the choices, each with the same chance; a repeated choice weighs more."""
        return choices[int(self.roll() * len(choices))]

    def between(self, low: float, high: float) -> float:
        """A number from low up to but not including high."""
        return low + (high - low) * self.roll()

    def order[T](self, choices: Sequence[T]) -> list[T]:
        """All the choices in a drawn order, repeats dropped: heavier ones tend to come first."""
        rest = list(choices)
        drawn: list[T] = []
        while rest:
            choice = self.pick(rest)
            drawn.append(choice)
            rest = [other for other in rest if other != choice]
        return drawn

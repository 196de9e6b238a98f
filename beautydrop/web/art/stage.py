"""The stage of one picture: its size, colours and dice, and the parts drawn so far."""

from dataclasses import dataclass, field

from . import motifs
from .motifs import Motif
from .seed import Dice
from .shapes import arch, drop, fill, line, num
from .tones import Inks, Room, inks_for

# Stands for a picture's id prefix until the page hands out a unique one; see also pictures.py.
PREFIX = "~"

# How far wall and floor run on beyond the frame: a frame of another ratio shows more room, no gap.
BEYOND = 2000


@dataclass(slots=True)
class Stage:
    """A picture in the making. `base` is the floor's upper edge; x and y grow right and down, in px."""

    width: float
    height: float
    room: Room
    hues: tuple[str, str]
    dice: Dice
    parts: list[str]
    is_arched: bool = False
    clips: int = 0
    shown: list[Motif] = field(default_factory=list)

    @property
    def floor(self) -> float:
        """The floor's height, even, so that two rows of tiles fit."""
        return max(8, 2 * round(self.height * 0.045))

    @property
    def base(self) -> float:
        """The floor's upper edge, on which everything stands."""
        return self.height - self.floor

    def inks(self, ground: str) -> Inks:
        """The tones for a motif on the ground in this room."""
        other = self.hues[1] if ground[0] == self.hues[0] else self.hues[0]
        return inks_for(ground, other, self.room.walls)

    def motif(self, ground: str) -> Motif:
        """One of the two motifs of the ground's category: a new one, else not the one drawn just before."""
        pair = self.dice.order(motifs.BY_LETTER[ground[0]])
        fresh = [motif for motif in pair if motif not in self.shown]
        fresh = fresh or [motif for motif in pair if motif is not self.shown[-1]]
        self.shown.append(fresh[0])
        return fresh[0]

    def small_motif(self) -> Motif:
        """A motif without detail, for mirrors too small to hold any."""
        return self.dice.pick((motifs.bevel, motifs.lunette))

    def add_wall(self) -> None:
        """The wall: all of the picture and beyond, or an arch when the picture itself is a mirror."""
        if self.is_arched:
            self.parts.append(fill(self.room.wall, arch(self.width, self.height, self.width / 2, self.height)))
        else:
            size = 2 * BEYOND
            self.parts.append(fill(self.room.wall, f"M-{BEYOND}-{BEYOND}h{size}v{size}h-{size}z"))

    def add_floor(self) -> None:
        """Checker tiles, a scalloped skirting or a plain one."""
        room, deep, base = self.room, self.floor, self.base
        kind = self.dice.pick(("checker", "scallop", "plain"))
        beyond = 0 if self.is_arched else BEYOND
        end = num(self.width + beyond)
        ground = room.floor_light if kind == "checker" else room.floor
        self.parts.append(fill(ground, f"M-{beyond} {num(base)}H{end}v{num(deep)}H-{beyond}z"))
        if kind == "checker":
            tile = deep / 2
            start = -2 * tile * (beyond // deep)
            rows = f"M{num(start)} {num(base + tile / 2)}H{end}M{num(start + tile)} {num(base + tile * 1.5)}H{end}"
            self.parts.append(line(room.floor, tile, rows, num(tile), has_flat_ends=True))
        elif kind == "scallop":
            pitch = round(self.width / round(self.width / deep), 2)
            start = pitch / 2 - pitch * (beyond // pitch)
            row = f"M{num(start)} {num(self.height)}H{end}"
            self.parts.append(line(room.floor_accent, pitch - 0.4, row, f"0 {pitch}"))
        else:
            edge = f"M-{beyond} {num(base + deep * 0.07)}H{end}"
            self.parts.append(line(room.floor_accent, deep * 0.14, edge, has_flat_ends=True))

    def mirror_body(self, tall: float, ground: str, motif: Motif, *, has_ring: bool) -> str:
        """A mirror 100 wide and `tall` high on (0, 0): ring, ground, motif and gloss."""
        drawing = motif(tall, self.inks(ground))
        outline = arch(100, tall)
        if motif in motifs.BLEEDS:
            self.clips += 1
            clip = f"{PREFIX}c{self.clips}"
            shape = f'<clipPath id="{clip}"><path d="{outline}"/></clipPath>'
            drawing = f'{shape}<g clip-path="url(#{clip})">{drawing}</g>'
        side = num(tall - 50)
        ring = ""
        if has_ring:
            around = f"M-56.5 0v-{side}a56.5 56.5 0 0 1 113 0v{side}"
            ring = line(ground, 1.6, around, has_flat_ends=True)
        gloss = line("g", 3.6, f"M-42.5 {num(54 - tall)}v-4a42.5 42.5 0 0 1 17-34")
        return ring + fill(ground, outline) + drawing + gloss

    def add_mirror(
        self,
        x: float,
        width: float,
        height: float,
        ground: str,
        motif: Motif | None = None,
        *,
        has_ring: bool = False,
    ) -> None:
        """A mirror on the floor, its middle at x; without a motif the dice choose one."""
        scale = round(width / 100, 3)
        body = self.mirror_body(height / scale, ground, motif or self.motif(ground), has_ring=has_ring)
        placed = f"translate({num(x)} {num(self.base)})scale({scale})"
        self.parts.append(f'<g transform="{placed}">{body}</g>')

    def add_drop(self, x: float, height: float) -> None:
        """The drop that has stepped out of its frame."""
        self.parts.append(drop(self.room.drop, x, self.base, height))

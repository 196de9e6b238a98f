"""Where there are salons: cities and their districts, found as people type them."""

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Avg, Count

from beautydrop.shops.models import Shop


@dataclass(frozen=True, slots=True)
class Place:
    """A city, or a district of one (`area`), with the middle of its salons in degrees where known."""

    city: str
    area: str
    salons: int
    latitude: float | None
    longitude: float | None

    @property
    def name(self) -> str:
        """`Berlin`, or `Berlin, Mitte`"""
        return f"{self.city}, {self.area}" if self.area else self.city

    @property
    def short_name(self) -> str:
        """`Berlin`, or `Mitte`"""
        return self.area or self.city


def all_places() -> list[Place]:
    """Cities first, biggest first, each followed by nothing; then districts. One query."""
    areas = [
        Place(row["city"], row["area"], row["salons"], row["latitude"], row["longitude"])
        for row in Shop.objects.bookable()
        .values("city", "area")
        .annotate(salons=Count("pk"), latitude=Avg("latitude"), longitude=Avg("longitude"))
    ]
    by_city: dict[str, list[Place]] = {}
    for area in areas:
        by_city.setdefault(area.city, []).append(area)
    cities = [_middle(city, parts) for city, parts in by_city.items()]
    cities.sort(key=lambda place: (-place.salons, place.city))
    return cities + sorted((area for area in areas if area.area), key=lambda place: place.name)


def find(places: list[Place], typed: str) -> Place | None:
    """The place that was meant, forgiving case, accents, order and a typo or two; None when nothing is near."""
    wanted = _plain(typed)
    if not wanted:
        return None
    for place in places:
        if wanted in {_plain(place.name), _plain(place.short_name), _plain(f"{place.area} {place.city}")}:
            return place
    scored = [
        (
            max(SequenceMatcher(None, wanted, _plain(name)).ratio() for name in (place.name, place.short_name)),
            place,
        )
        for place in places
    ]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return best if score >= 0.72 else None


def _middle(city: str, parts: list[Place]) -> Place:
    known = [part for part in parts if part.latitude is not None and part.longitude is not None]
    weight = sum(part.salons for part in known)
    return Place(
        city,
        "",
        sum(part.salons for part in parts),
        sum((part.latitude or 0) * part.salons for part in known) / weight if weight else None,
        sum((part.longitude or 0) * part.salons for part in known) / weight if weight else None,
    )


def _plain(text: str) -> str:
    """Lower case, without accents and punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        "".join(char if char.isalnum() else " " for char in letters if not unicodedata.combining(char)).split()
    )

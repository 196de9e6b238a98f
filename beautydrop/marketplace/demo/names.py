"""Names of salons: a list made by hand for each city, then names built from words of the place.

All are invented. `SalonNames` hands out each name once.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Salon:
    """Name, district and categories (first the one it is known for)."""

    name: str
    district: str
    categories: tuple[str, ...]


def _salons(words: str) -> tuple[Salon, ...]:
    """One salon a line: `name | district | categories`."""
    rows = [[cell.strip() for cell in line.split("|")] for line in words.strip().splitlines()]
    return tuple(Salon(name, district, tuple(categories.split())) for name, district, categories in rows)


HAND_MADE: dict[str, tuple[Salon, ...]] = {
    "berlin": _salons("""
        Studio Nord | Mitte | nails skin
        Haus Zopf | Neukölln | hair
        Stille Hände | Prenzlauer Berg | massage skin
        Barbier Anker | Kreuzberg | barber
        Pfauenauge | Mitte | brows makeup
        Zuckerrohr | Friedrichshain | wax
        Perle & Feile | Prenzlauer Berg | nails brows
        Kleine Eitelkeit | Schöneberg | hair makeup
        Lackwerk | Kreuzberg | nails
        Salon Minze | Wedding | hair nails
        Rosa Hand | Moabit | nails massage
        Scherenschnitt am Kanal | Neukölln | hair barber
        Fräulein Puder | Charlottenburg | makeup brows
        Glatt & Gut | Schöneberg | wax skin
        Hautsache Ruhe | Charlottenburg | skin
        Kiez & Klinge | Wedding | barber
    """),
    "london": _salons("""
        Parlour & Pine | Marylebone | brows makeup
        The Copper Comb | Hackney | barber hair
        Fern & Filament | Islington | hair
        The Quiet Hour | Peckham | massage skin
        Tansy Nail Rooms | Brixton | nails
        Ginger & Strop | Peckham | barber
        Milk Thistle Skin | Marylebone | skin wax
        Half Moon Nails | Hackney | nails brows
    """),
    "paris": _salons("""
        Atelier Mésange | Le Marais | hair
        Pêche Blanche | South Pigalle | skin wax
        Les Mains d’Avril | Canal Saint-Martin | nails
        Barbe & Bitume | Batignolles | barber
        Le Petit Fard | South Pigalle | makeup brows
        Nuage Bas | Le Marais | massage
        La Mèche Folle | Canal Saint-Martin | hair
    """),
    "barcelona": _salons("""
        Sal i Seda | Gràcia | skin massage
        La Pinta Verda | Eixample | hair
        Ungla de Gat | El Born | nails brows
        Navalla i Cafè | Gràcia | barber
        Cera d’Abril | Eixample | wax
        Taller de Celles | El Born | brows makeup
    """),
    "new-york": _salons("""
        Third Street Hair | East Village | hair
        Marigold & Main | Williamsburg | nails wax
        Stoop & Strop | Harlem | barber
        Ninth Floor Quiet | Chelsea | massage skin
        Paper Moon Brows | East Village | brows
        Lenox Curl Society | Harlem | hair
        Lacquer Deli | Williamsburg | nails
    """),
    "los-angeles": _salons("""
        Golden Hour Skin Room | Silver Lake | skin brows
        Palmetto Parlor | Venice | hair
        Slow Tide Bodywork | Venice | massage
        Cactus Wren Nails | Highland Park | nails
        Sugar Canyon | Silver Lake | wax skin
        York Blade Club | Highland Park | barber
    """),
    "sao-paulo": _salons("""
        Casa Jabuticaba | Pinheiros | nails wax
        Cachos da Vila | Vila Madalena | hair
        Barbearia do Ipê | Pinheiros | barber
        Ateliê Garoa | Liberdade | skin massage
        Pitanga Rosa | Vila Madalena | makeup brows
        Salão Sabiá | Liberdade | hair nails
    """),
    "nairobi": _salons("""
        Jacaranda Crown | Kilimani | hair nails
        Savanna Stone Spa | Westlands | massage skin
        Kinyozi Corner Club | Westlands | barber
        Acacia Nail Garden | Lavington | nails
        Highland Glow | Kilimani | skin makeup
    """),
    "lagos": _salons("""
        Gele & Glow House | Lekki | makeup hair
        Adire Braid Studio | Yaba | hair
        Island Fade Room | Victoria Island | barber
        Shea Garden | Victoria Island | skin massage
        Coral & Cowrie Nails | Lekki | nails
    """),
    "mumbai": _salons("""
        Chameli Studio | Bandra West | skin makeup
        Neem & Kohl | Colaba | brows wax
        Monsoon Hair Company | Versova | hair
        Champi Lane | Bandra West | massage hair
        Marine Blade | Colaba | barber
        Mehr Nail Bar | Versova | nails
    """),
    "tokyo": _salons("""
        Kumo no Te | Kagurazaka | massage
        Tsubaki Nail Room | Aoyama | nails
        Hasami to Hana | Shimokitazawa | hair
        Mayu Atelier | Nakameguro | brows makeup
        Barber Yofuke | Shimokitazawa | barber
        Hada to Mizu | Nakameguro | skin
    """),
    "sydney": _salons("""
        Saltbush & Shears | Newtown | hair barber
        Wattle Skin Rooms | Surry Hills | skin wax
        Low Tide Massage | Manly | massage
        Gumnut Nail House | Newtown | nails
        Magpie Brow Bar | Surry Hills | brows
    """),
}

# For longer lists. {a}, {b}: words of the place; {kind}: what such a salon calls itself there.
_ENGLISH = {
    "hair": ("Hair", "Hair Studio", "Salon"),
    "nails": ("Nails", "Nail Room", "Nail Studio"),
    "skin": ("Skin", "Skin Room", "Facials"),
    "brows": ("Brows", "Brow Room", "Brow Studio"),
    "massage": ("Massage", "Bodywork", "Quiet Rooms"),
    "barber": ("Barbers", "Barber Shop", "Cuts & Shaves"),
    "makeup": ("Make-up", "Make-up Studio", "Colour Room"),
    "wax": ("Wax", "Wax Bar", "Sugar Room"),
}
_KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "berlin": {
        "hair": ("Haarwerk", "Friseur", "Haarsalon"),
        "nails": ("Nagelhaus", "Nagelstudio", "Lackstube"),
        "skin": ("Hautpflege", "Kosmetik", "Hautstudio"),
        "brows": ("Brauenwerk", "Brauenstudio"),
        "massage": ("Massage", "Ruheraum", "Massagehaus"),
        "barber": ("Barbier", "Herrensalon", "Bartstube"),
        "makeup": ("Farbstudio", "Schminkraum"),
        "wax": ("Wachsraum", "Zuckerstube"),
    },
    "paris": {
        "hair": ("Coiffure", "Atelier coiffure"),
        "nails": ("Ongles", "Bar à ongles"),
        "skin": ("Soins", "Maison de soin"),
        "brows": ("Sourcils", "Bar à sourcils"),
        "massage": ("Massages", "Maison de massage"),
        "barber": ("Barbier", "Salon barbier"),
        "makeup": ("Maquillage", "Atelier maquillage"),
        "wax": ("Épilation", "Bar à cire"),
    },
    "barcelona": {
        "hair": ("Perruqueria", "Cabells"),
        "nails": ("Ungles", "Estudi d’ungles"),
        "skin": ("Pell", "Estètica"),
        "brows": ("Celles", "Estudi de celles"),
        "massage": ("Massatges", "Casa de massatge"),
        "barber": ("Barberia", "Barbers"),
        "makeup": ("Maquillatge", "Estudi de color"),
        "wax": ("Cera", "Depilació"),
    },
    "sao-paulo": {
        "hair": ("Salão", "Cabelos", "Ateliê de cabelo"),
        "nails": ("Esmalteria", "Unhas"),
        "skin": ("Estética", "Pele"),
        "brows": ("Sobrancelhas", "Ateliê de sobrancelhas"),
        "massage": ("Massagem", "Casa de massagem"),
        "barber": ("Barbearia", "Barbeiros"),
        "makeup": ("Maquiagem", "Ateliê de cor"),
        "wax": ("Depilação", "Cera"),
    },
}
_PATTERNS: dict[str, tuple[str, ...]] = {
    "berlin": ("{kind} {a}", "{a} & {b}", "{kind} {a}", "{a} {kind}"),
    "paris": ("{kind} {a}", "{a} & {b}", "Maison {a}", "{a} {kind}"),
    "barcelona": ("{kind} {a}", "{a} i {b}", "Casa {a}", "{kind} {a}"),
    "sao-paulo": ("{kind} {a}", "{a} & {b}", "Casa {a}", "{kind} {a}"),
}
_ENGLISH_PATTERNS = ("{a} {kind}", "{a} & {b}", "{a} {b} {kind}", "The {a} {kind}", "{a} {kind}")
_WORDS: dict[str, str] = {
    "berlin": """
        Linde Kastanie Spree Holunder Sperling Kranich Mohn Anton Ottilie Fuchs Kupfer Morgen Quitte
        Wolke Distel Schilf Bernstein Efeu Amsel Hafer Marta Lotte Flieder Mond Panke Wacholder Ufer
        Kornblume Elster Salbei
    """,
    "london": """
        Bramble Lark Tallow Sparrow Juniper Foxglove Copper Thistle Rowan Marlow Plum Hazel Saffron Wren
        Sorrel
    """,
    "paris": """
        Mirabelle Hirondelle Églantine Colette Réséda Fougère Ondine Pivoine Merle Brume Céleste
        Verveine Garance
    """,
    "barcelona": """
        Romaní Lluna Oreneta Mimosa Farigola Coral Marina Ginesta Brisa Magrana Teresa Llimona Garbí
        Estel
    """,
    "new-york": """
        Magnolia Brownstone Finch Pepper Hudson Clover Delancey Rosewood Sunday Bluebird Ember Maple
        Velvet Lou
    """,
    "los-angeles": """
        Sage Poppy Mesa Dune Citrus Mojave Hummingbird Palm Coyote Laurel Sunday Driftwood Agave Echo
    """,
    "sao-paulo": """
        Ipê Jacarandá Manacá Maracujá Orquídea Araucária Rosa Caju Andorinha Bromélia Lua Girassol
        Tucano
    """,
    "nairobi": """
        Acacia Jacaranda Savanna Tamu Amani Zuri Baraka Flamingo Kahawa Mara Upendo Ngong Sunbird Baobab
    """,
    "lagos": """
        Coral Indigo Zobo Iroko Oriole Ayo Palm Sunbird Hibiscus Lagoon Amber Ewa Cowrie Harmattan
    """,
    "mumbai": """
        Mogra Tulsi Saffron Gulmohar Koel Chandan Mango Kesar Indigo Lotus Banyan Sitara Champak Marine
    """,
    "tokyo": "Momiji Sakura Yuzu Tsuki Kaede Suzume Nagi Hikari Matsu Kohaku Ajisai Sora Fuji Komorebi",
    "sydney": """
        Banksia Wattle Lorikeet Saltwater Jarrah Gully Kookaburra Sandstone Bluegum Tidal Heath Fig
        Cockle Dune
    """,
}
_TAKES_SECOND = {
    "hair": ("makeup", "barber", "nails"),
    "nails": ("brows", "skin", "wax"),
    "skin": ("massage", "wax", "brows"),
    "brows": ("makeup", "wax"),
    "massage": ("skin",),
    "barber": ("hair",),
    "makeup": ("hair", "brows"),
    "wax": ("skin", "brows"),
}


class SalonNames:
    """Hands out the salons of each city: those made by hand, from the one `seed` points to, then built ones."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: dict[str, int] = {}
        self._taken: set[str] = {salon.name for salons in HAND_MADE.values() for salon in salons}

    def next(self, city: str, districts: list[str]) -> Salon:
        """The next salon of `city`; never the same name twice."""
        number = self._given.get(city, 0)
        self._given[city] = number + 1
        hand_made = HAND_MADE[city]
        if number < len(hand_made):
            return hand_made[(number + self._seed - 1) % len(hand_made)]
        return self._build(city, districts, Random(f"{self._seed}/{city}/{number}"))

    def _build(self, city: str, districts: list[str], rng: Random) -> Salon:
        first = rng.choice(list(_TAKES_SECOND))
        categories = (first, rng.choice(_TAKES_SECOND[first])) if rng.random() < 0.5 else (first,)
        district = rng.choice(districts)
        kinds = _KINDS.get(city, _ENGLISH)[first]
        name = ""
        for _attempt in range(200):
            a, b = rng.sample(_WORDS[city].split(), 2)
            name = rng.choice(_PATTERNS.get(city, _ENGLISH_PATTERNS)).format(a=a, b=b, kind=rng.choice(kinds))
            if name not in self._taken:
                break
        else:
            name = f"{name} {district}"
        while name in self._taken:
            name += " II"
        self._taken.add(name)
        return Salon(name, district, categories)

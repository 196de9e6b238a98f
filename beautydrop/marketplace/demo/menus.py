"""What salons sell: for each category a menu with sections, prices in euros, and the time it really takes."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from beautydrop.marketplace.demo.cities import City


@dataclass(frozen=True, slots=True)
class Item:
    """A possible service: minutes, price in euros as in Berlin, and the cities that sell it (none: all)."""

    name: str
    section: str
    description: str
    minutes: int
    price: int
    after: int = 0
    before: int = 0
    cities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """A service of one salon: price in its currency, minutes, and how much it is asked for (1 is most)."""

    name: str
    category: str
    section: str
    description: str
    minutes: int
    price: Decimal
    before: int
    after: int
    popularity: float


def _items(words: str) -> tuple[Item, ...]:
    """One item a line: `section | name | description | minutes price [after [before]] [| cities]`."""
    found = []
    for line in words.strip().splitlines():
        section, name, description, numbers, *cities = (cell.strip() for cell in line.split("|"))
        minutes, price, after, before = [*map(int, numbers.split()), 0, 0][:4]
        where = tuple(cities[0].split()) if cities else ()
        found.append(Item(name, section, description, minutes, price, after, before, where))
    return tuple(found)


# The first of each category is what it is known for; it is on every menu.
MENUS: dict[str, tuple[Item, ...]] = {
    "hair": _items("""
        Cut | Cut and finish | Wash, cut and blow-dry | 60 64
        Cut | Short cut | For hair above the ears, with wash | 40 42
        Cut | Curl cut | Cut dry, curl by curl, then washed and diffused | 75 78
        Cut | Fringe trim | Between two cuts, without wash | 15 12
        Cut | Children’s cut | Up to twelve years | 30 26
        Styling | Blow-dry | Smooth, wavy or with volume | 40 38
        Styling | Updo | For a wedding or a long evening; bring a picture | 60 72
        Styling | Silk press | Wash, condition and press on natural hair | 90 70 5 | nairobi lagos new-york
        Braids | Knotless braids | Medium size, hair included | 240 95 15 | nairobi lagos
        Braids | Cornrows | Straight back or feed-in | 90 38 5 | nairobi lagos
        Colour | Root colour | Up to two centimetres of regrowth, with gloss | 90 72 10
        Colour | Full colour | Root to tip, one shade, with blow-dry | 120 98 10
        Colour | Half head of highlights | Foils on top and sides, toner, blow-dry | 135 128 10
        Colour | Balayage | Painted freehand, with toner and cut of the tips | 180 185 10
        Colour | Gloss | Shine and tone for six weeks | 45 46 5
        Care | Repair treatment | Bonds and moisture for bleached hair | 30 34
        Care | Head spa | Scalp massage, warm water, mask | 60 58 10 | tokyo los-angeles paris
        Care | Scalp mask and massage | For dry or itchy scalps | 30 32
    """),
    "nails": _items("""
        Hands | Gel manicure | Shape, cuticles, two coats of gel, any colour | 50 42
        Hands | Manicure without polish | Shape, cuticles, oil and a short massage | 35 28
        Hands | Builder gel overlay | Strength for short or brittle nails | 75 58 5
        Hands | Builder gel refill | After three to four weeks | 60 48 5
        Hands | Gel removal and care | Soak-off, file, oil | 30 22
        Hands | Manicure for two hands that work | Peeling, paraffin and a matt finish | 45 39
        Feet | Pedicure | Foot bath, hard skin, polish if you like | 50 45 10
        Feet | Gel pedicure | With two coats of gel | 65 54 10
        Feet | Foot bath and peeling | Warm salt, scrub, cream | 30 27 10
        Nail art | Two accent nails | Added to a manicure | 15 10
        Nail art | French tips | Fine line on gel, white or a colour | 60 49
        Nail art | Full set, freehand | Bring a picture, or leave it to us | 90 72 5
    """),
    "skin": _items("""
        Face | Deep cleansing facial | Steam, extraction, calming mask | 75 79 10
        Face | Express facial | Cleanse, peel and serum in a lunch break | 30 42 10
        Face | Moisture facial | For tight, dry skin, with massage | 60 72 10
        Face | Facial for blemished skin | Gentle acids and a plan for home | 60 76 10
        Face | Facial massage | Forty minutes for jaw, brow and neck | 40 55 10
        Treatments | Fruit acid peel | Course of four; first visit with skin talk | 45 82 10
        Treatments | Microneedling | With numbing cream; no sun for two days | 75 145 15 10
        Treatments | LED light | Red or blue, on its own or after a facial | 25 30 5
        Body | Back cleansing | Steam, peel and mask where you can’t reach | 50 65 10
        Body | Body scrub | Sea salt and oil, then a warm shower | 45 58 15
        Advice | Skin talk | What you use, what you can leave out | 30 25
    """),
    "brows": _items("""
        Brows | Brow lamination | Lifted, set and shaped; lasts about six weeks | 45 49 5
        Brows | Brow shape and tint | Thread or tweezers, then a matching tint | 35 34
        Brows | Brow shape | Thread, tweezers or wax, as you like | 20 19
        Brows | Brow tint | Patch test one day before | 15 16
        Brows | Henna brows | Stains the skin softly for a week | 45 42
        Threading | Threading, upper lip | Quick and exact | 10 9
        Threading | Threading, whole face | Brows, lip, chin and sides | 35 32
        Lashes | Lash lift and tint | Curled from the root, eight weeks | 60 62 5
        Lashes | Lash extensions, classic | One by one, natural look | 105 98 10
        Lashes | Lash refill | Within three weeks | 60 58 10
        Lashes | Lash removal | Without pulling | 30 20
    """),
    "massage": _items("""
        Massage | Back massage | Back, shoulders and neck | 45 58 10
        Massage | Full body massage | Slow, with warm oil | 75 88 10
        Massage | Deep tissue massage | Firm, for runners and desk shoulders | 60 78 10
        Massage | Head and neck massage | Seated, clothed, no oil | 25 34 5
        Massage | Hot stone massage | Basalt stones and almond oil | 90 105 15 10
        Massage | Massage in pregnancy | Lying on the side, from the fourth month | 60 76 10
        Feet and hands | Foot reflexology | Pressure points and a warm bath | 45 52 10
        Feet and hands | Hand and arm massage | For people who type or play | 25 32 5
        Special | Lymph drainage | Light strokes, for swollen legs | 60 72 10
        Special | Champi head massage | Warm coconut oil, seated | 40 40 10 | mumbai london
        Special | Shiatsu | On the mat, clothed | 60 74 10
    """),
    "barber": _items("""
        Cut and beard | Cut and beard | Scissors and clippers, line and oil | 45 39
        Cut and beard | Haircut | Wash, cut, styling | 30 28
        Cut and beard | Skin fade | Down to the skin, blended by hand | 45 34
        Cut and beard | Beard trim | Shape, line, oil | 20 18
        Cut and beard | Buzz cut | One length, clean edges | 15 16
        Cut and beard | Boys’ cut | Up to twelve years | 25 20
        Shave | Hot towel shave | Open razor, two towels, balm | 40 36
        Shave | Head shave | Foam, razor, cold towel | 35 32
        Extras | Beard colour | Covers grey for three weeks | 25 22 5
        Extras | Ear and nose wax | Two minutes of courage | 10 9
        Extras | The long evening | Cut, shave, face mask, a drink | 90 74 5
    """),
    "makeup": _items("""
        Make-up | Evening make-up | With lashes, holds until you are home | 60 68
        Make-up | Day make-up | Light, for interviews and photos | 40 48
        Make-up | Stage and camera | For film, dance and drag | 75 92
        Make-up | Lash strip, applied | Lashes included | 15 18
        Weddings | Bridal trial | Two looks to choose from | 90 95
        Weddings | Bridal make-up | On the morning itself, at the salon | 105 160 10
        Weddings | Guests of the wedding | Each person; mothers welcome | 45 58
        Weddings | Gele tying | Bring your own gele | 30 26 | lagos
        Weddings | Mehndi, both hands | Natural henna, up to the wrist | 90 70 10 | mumbai london
        Lessons | Lesson, one to one | With your own bag of things | 75 85
        Lessons | Lesson for two | Price for both | 90 120
    """),
    "wax": _items("""
        Legs | Half-leg sugaring | Knee to ankle | 30 32 5
        Legs | Full-leg sugaring | Both legs with feet | 55 54 5
        Body waxing | Bikini line | Along the seam | 20 24 5
        Body waxing | Brazilian | All of it, strip by strip | 40 46 10
        Body waxing | Underarms | Five weeks smooth | 15 17 5
        Body waxing | Arms | Wrist to elbow, or all | 30 30 5
        Body waxing | Back and shoulders | Trimmed, then waxed, with aloe | 45 44 10
        Body waxing | Chest and belly | Hard wax, kind to skin | 45 42 10
        Face waxing | Upper lip | Done in five minutes | 10 9
        Face waxing | Face, without brows | Lip, chin and sides | 25 24
        Aftercare | Ingrown hair care | Peel and soothe, two weeks after | 30 28
    """),
}


def in_currency(euros: float, city: City) -> Decimal:
    """A price as the city asks it, rounded to its step; never below one step."""
    steps = max(1, round(euros * city.price_factor / city.price_step))
    return Decimal(steps * city.price_step)


def menu(categories: tuple[str, ...], city: City, rng: Random) -> list[ServicePlan]:
    """6 to 14 services, category by category, in the order of the menus above."""
    dearness = rng.uniform(0.92, 1.12)
    sizes = [rng.randint(7, 11)] if len(categories) == 1 else [rng.randint(5, 7), rng.randint(3, 5)]
    services = []
    for category, size in zip(categories, sizes, strict=True):
        possible = [item for item in MENUS[category] if not item.cities or city.key in item.cities]
        local = [item for item in possible if item.cities]
        chosen = {possible[0].name, *(item.name for item in local)}
        rest = [item for item in possible if item.name not in chosen]
        chosen |= {item.name for item in rng.sample(rest, min(len(rest), max(0, size - len(chosen))))}
        for place, item in enumerate(one for one in possible if one.name in chosen):
            services.append(
                ServicePlan(
                    name=item.name,
                    category=category,
                    section=item.section,
                    description=item.description,
                    minutes=item.minutes,
                    price=in_currency(item.price * dearness, city),
                    before=item.before,
                    after=item.after,
                    popularity=1 / (1 + 0.4 * place),
                )
            )
    return services

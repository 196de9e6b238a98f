"""Search finds what people mean, and shows only times that are really free."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import translation

from beautydrop.bookings.choosing import iso
from beautydrop.marketplace.actions import toggle_favourite
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import openings
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Category, Service, Shop
from tests.factories import BERLIN, NOW, a_booking, a_service, a_shop, a_world, berlin
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db

SEARCH = "/salons/"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


class Town:
    """Salons to be found: Studio Nord (nails, Mitte) and others, near and far."""

    def __init__(self) -> None:
        self.world = a_world()
        self.client = self.world.client
        self.nord = self.world.shop
        self.sued = self.salon(
            "Haarwerk Süd", "Haarschnitt", "hair", area="Kreuzberg", latitude=52.4990, longitude=13.4180, price=60
        )
        self.ost = self.salon(
            "Ostkreuz Fußpflege",
            "Fußpflege",
            "nails",
            area="Friedrichshain",
            latitude=52.5030,
            longitude=13.4690,
            price=35,
            is_auto_confirmed=False,
            is_step_free=True,
        )
        self.giessen = self.salon(
            "Nägel am Markt",
            "Maniküre",
            "nails",
            city="Gießen",
            area="",
            latitude=50.5840,
            longitude=8.6780,
            price=30,
        )

    def salon(self, name: str, service: str, category: str, *, price: int = 42, **fields: object) -> Shop:
        shop = a_shop(self.client, name, **{"address": "Straße 1", **fields})
        member = shops.create_staff_member(shop=shop, name=f"{name} Person")
        a_service(shop, service, category=category, staff=[member], price=price)
        return shop


NAMES = ["Studio Nord", "Haarwerk Süd", "Ostkreuz Fußpflege", "Nägel am Markt"]


def _found(page: Page) -> list[str]:
    """The salons of the results, in their order, each once."""
    assert page.status == 200
    titles = _titles(page)
    return [name for name in titles if name in NAMES]


def _titles(page: Page) -> list[str]:
    """Names that are links to a salon's page, near misses left out."""
    near = page.html.partition('class="near-misses"')[0]
    salons = {url: words for url, words in page.links.items() if re.fullmatch(r"/s/[^/]+/", url) and f'"{url}"' in near}
    return sorted(salons.values(), key=page.text.index)


def _search(**query: object) -> Page:
    return Visitor().get(SEARCH, query)


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("Studio Nord", ["Studio Nord"]),
        ("studio", ["Studio Nord"]),
        ("Studoi Nord", ["Studio Nord"]),
        ("Stduio Nord", ["Studio Nord"]),
        ("STUDIO NORD", ["Studio Nord"]),
        ("haarwrek süd", ["Haarwerk Süd"]),
        ("gel manicure", ["Studio Nord"]),
        ("manikure", ["Studio Nord", "Nägel am Markt"]),
        ("Maniküre", ["Nägel am Markt"]),
        ("MANIKÜRE", ["Nägel am Markt"]),
        ("Fußpflege", ["Ostkreuz Fußpflege"]),
        ("fusspflege", ["Ostkreuz Fußpflege"]),
        ("FUSSPFLEGE", ["Ostkreuz Fußpflege"]),
        ("Haarschnitt", ["Haarwerk Süd"]),
        # Categories, in every language of the site.
        ("Nails", ["Studio Nord", "Ostkreuz Fußpflege", "Nägel am Markt"]),
        ("nails", ["Studio Nord", "Ostkreuz Fußpflege", "Nägel am Markt"]),
        ("Hair", ["Haarwerk Süd"]),
        ("Wax", []),
        ("qqqqxxxx", []),
        ("%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_what_people_type(what, names):
    Town()
    assert set(_found(_search(what=what))) == set(names)


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_category_words_in_other_languages(language):
    """Whatever a category is called in a language of the site finds it, in whatever language one reads."""
    Town()
    with translation.override(language):
        word = str(Category.NAILS.label)
    assert "Studio Nord" in _found(_search(what=word))
    assert "Haarwerk Süd" not in _found(_search(what=word))


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("", NAMES),
        ("Berlin", ["Studio Nord", "Haarwerk Süd", "Ostkreuz Fußpflege"]),
        ("berlin", ["Studio Nord", "Haarwerk Süd", "Ostkreuz Fußpflege"]),
        ("Berln", ["Studio Nord", "Haarwerk Süd", "Ostkreuz Fußpflege"]),
        ("Gießen", ["Nägel am Markt"]),
        ("giessen", ["Nägel am Markt"]),
        ("Giesen", ["Nägel am Markt"]),
    ],
)
def test_where(where, names):
    Town()
    assert set(_found(_search(where=where))) == set(names)


@pytest.mark.parametrize("where", ["Kreuzberg", "kreuzberg", "Berlin, Kreuzberg", "Kreuzberg Berlin", "Kreuzburg"])
def test_a_district_comes_first_and_its_neighbours_after_by_distance(where):
    Town()
    page = _search(where=where)
    assert _found(page)[0] == "Haarwerk Süd"
    assert page.h1 == "3 salons in Berlin"  # what is listed and counted
    near = _search(where=where, radius="1")
    assert _found(near) == ["Haarwerk Süd"]


def test_near_me_is_by_distance():
    Town()
    at_ostkreuz = _search(lat="52.503", lng="13.469")
    assert _found(at_ostkreuz) == ["Ostkreuz Fußpflege", "Haarwerk Süd", "Studio Nord"]
    assert "near you" in at_ostkreuz.h1
    at_torstrasse = _search(lat="52.5296", lng="13.395")
    assert _found(at_torstrasse) == ["Studio Nord", "Haarwerk Süd", "Ostkreuz Fußpflege"]
    assert "Mitte, 0.1 km" in at_torstrasse.text
    nowhere = _search(lat="0", lng="0")
    assert _found(nowhere) == []
    assert "Nothing fits all of that" in nowhere.text


def _starts(page: Page, shop: Shop) -> list[str]:
    links = [url for url in page.links if url.startswith(f"/s/{shop.slug}/book/") and "start=" in url]
    return [parse_qs(urlsplit(url).query)["start"][0] for url in links]


def _openings(shop: Shop, day: date, part: str = "") -> list[str]:
    service = Service.objects.select_related("shop").get(shop=shop)
    hours = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}.get(part, (0, 24))
    loaded = openings.load(service, now=NOW, first=day, last=day)
    return [iso(one.start) for one in loaded.on(day) if hours[0] <= one.start.astimezone(BERLIN).hour < hours[1]]


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2026, 12, 3), date(2026, 12, 5), date(2026, 12, 6)])
@pytest.mark.parametrize("part", ["", "morning", "afternoon", "evening"])
def test_a_day_and_a_part_of_it_show_only_salons_with_a_real_free_time_then(day, part):
    town = Town()
    for staff in (town.world.mina, town.world.ayla):  # Studio Nord is full from 17:00 on Thursday
        a_booking(town.world, berlin(3, "17:00"), staff=staff)
        a_booking(town.world, berlin(3, "16:00"), staff=staff)
    page = _search(date=day.isoformat(), part=part)
    for shop in Shop.objects.all():
        free = _openings(shop, day, part)
        assert (shop.name in _found(page)) == bool(free), (shop.name, free)
        if free:
            assert _starts(page, shop) == free[:3]


def test_every_time_on_a_card_can_be_booked():
    Town()
    page = _search(where="Berlin", date="2026-12-03", part="afternoon")
    times = [url for url in page.links if "?start=" in url]
    assert len(times) == 9
    for url in times:
        visitor = Visitor()
        when = visitor.get(url)
        start = parse_qs(urlsplit(url).query)["start"][0]
        assert when.form().values["start"] == [start]
        details = visitor.submit(when)
        assert details.form().values["start"][0].startswith(start)
    for url in times[::3]:  # the three of one salon overlap
        visitor = Visitor()
        details = visitor.submit(visitor.get(url))
        assert visitor.submit(details, name="G", email="g@example.com").h1 == "One more step: open the e-mail"


def test_a_part_without_a_day_is_that_part_of_any_day():
    Town()
    page = _search(part="evening")
    starts = _starts(page, Shop.objects.get(name="Haarwerk Süd"))
    assert starts == ["2026-11-30T16:00Z", "2026-12-01T16:00Z", "2026-12-02T16:00Z"]


def test_who_is_not_free_then_but_close_to_it_stands_apart():
    town = Town()
    for staff in (town.world.mina, town.world.ayla):
        a_booking(town.world, berlin(3, "17:00"), staff=staff)
        a_booking(town.world, berlin(3, "16:00"), staff=staff)
    page = _search(where="Berlin", date="2026-12-03", part="evening")
    assert "Studio Nord" not in _found(page)
    assert "Studio Nord" in page.html.partition('class="near-misses"')[2]
    (url,) = [url for url in page.links if url.startswith(f"/s/{town.nord.slug}/book/") and "start=" in url]
    start = parse_qs(urlsplit(url).query)["start"][0]
    assert Visitor().get(url).form().values["start"] == [start]


@pytest.mark.parametrize("day", ["nonsense", "2026-02-29", "0001-01-01", "9999-12-31", "10000-01-01", "2020-01-01"])
def test_a_day_that_is_none_is_left_out_rather_than_half_believed(day):
    """The times then are of any day, so the cards say which, and the form does not claim another."""
    Town()
    page = _search(where="Berlin", date=day)
    assert len(_found(page)) == 3
    assert page.form("Where").values["date"] == [""]
    assert "Today" in page.text


def test_filters():
    Town()
    assert set(_found(_search(where="Berlin", max_price="40"))) == {"Ostkreuz Fußpflege"}
    assert set(_found(_search(where="Berlin", instant="1"))) == {"Studio Nord", "Haarwerk Süd"}
    assert set(_found(_search(where="Berlin", step_free="1"))) == {"Ostkreuz Fußpflege"}
    assert set(_found(_search(lat="52.503", lng="13.469", radius="1"))) == {"Ostkreuz Fußpflege"}
    assert set(_found(_search(lat="52.503", lng="13.469", radius="5"))) == {"Ostkreuz Fußpflege", "Haarwerk Süd"}
    none = _search(where="Berlin", max_price="40", instant="1")
    assert _found(none) == []
    assert "Nothing fits all of that" in none.text


def test_filters_count_what_they_would_leave():
    Town()
    page = _search(where="Berlin")
    for words in ("Confirmed at once , 2", "Step-free entrance , 1", "Any price"):
        assert words in page.text, words


def test_filters_keep_the_search_and_the_search_the_choice():
    Town()
    page = _search(where="Berlin", what="nails", date="2026-12-03")
    narrowed = Visitor().submit(page, "Show these salons", step_free="1")
    query = parse_qs(urlsplit(narrowed.url).query)
    assert (query["where"], query["what"], query["date"]) == (["Berlin"], ["nails"], ["2026-12-03"])
    assert _found(narrowed) == ["Ostkreuz Fußpflege"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("price", ["Ostkreuz Fußpflege", "Studio Nord", "Haarwerk Süd"]),
        ("name", ["Haarwerk Süd", "Ostkreuz Fußpflege", "Studio Nord"]),
        ("soon", ["Haarwerk Süd", "Studio Nord", "Ostkreuz Fußpflege"]),
    ],
)
def test_sorting(sort, names):
    town = Town()
    day = {"reason": "holiday", "start_date": date(2026, 11, 30)}
    scheduling.add_exception(shop=town.nord, end_date=date(2026, 12, 1), **day)
    scheduling.add_exception(shop=town.ost, end_date=date(2026, 12, 3), **day)
    assert _found(_search(where="Berlin", sort=sort)) == names


def test_the_price_is_that_of_who_does_it_for_least():
    """On the card, in the order and in the filter alike; "from" where others take more."""
    town = Town()
    sued = Service.objects.get(shop=town.sued)  # €60
    shops.assign(staff_member=shops.create_staff_member(shop=town.sued, name="Junior"), service=sued, price=Decimal(30))
    gone = shops.create_staff_member(shop=town.sued, name="Gone", is_active=False)
    shops.assign(staff_member=gone, service=sued, price=Decimal(10))
    ost = Service.objects.get(shop=town.ost)  # €35
    ost.assignments.update(price=Decimal(70))
    prices = {name: _price(_search(where="Berlin", sort="price"), name) for name in NAMES[:3]}
    assert prices == {"Studio Nord": "€42", "Haarwerk Süd": "from €30", "Ostkreuz Fußpflege": "€70"}
    assert _found(_search(where="Berlin", sort="price")) == ["Haarwerk Süd", "Studio Nord", "Ostkreuz Fußpflege"]
    assert _found(_search(where="Berlin", max_price="40")) == ["Haarwerk Süd"]
    assert _price(Visitor().get("/", {"where": "Berlin"}), "Haarwerk Süd") == "from €30"
    customer = town.world.customer.user
    toggle_favourite(user=customer, shop=town.sued)
    assert _price(Visitor(customer).get("/favourites/"), "Haarwerk Süd") == "from €30"


def _price(page: Page, name: str) -> str:
    """On the card of that salon."""
    card = page.html.partition(f">{name}</a>")[2].partition('<span class="price">')[2].partition("</p>")[0]
    return " ".join(re.sub("<[^>]*>", " ", card).split())


def test_pages():
    world = a_world()
    for number in range(11):
        shop = a_shop(world.client, f"Salon {number:02d}")
        member = shops.create_staff_member(shop=shop, name="Pia Person")
        a_service(shop, staff=[member])
    first = _search(where="Berlin", sort="name")
    assert "1 to 10 of 12" in first.text
    assert "Salon 09" in first.text and "Salon 10" not in first.text
    second = Visitor().get(first.link("More salons"))
    assert "11 to 12 of 12" in second.text
    assert "Salon 10" in second.text and "Salon 09" not in second.text
    assert parse_qs(urlsplit(second.url).query)["sort"] == ["name"]
    back = Visitor().get(second.link("Previous"))
    assert "1 to 10 of 12" in back.text


@pytest.mark.parametrize("number", ["0", "-1", "3", "199", "99999999999999", "nonsense"])
def test_absurd_pages_answer(number):
    Town()
    page = _search(where="Berlin", page=number)
    assert page.status == 200
    assert "salon" in page.h1.lower()
    assert "11 to" not in page.text


def test_an_unknown_place_says_so_and_names_cities():
    Town()
    page = _search(where="Atlantis", what="nails")
    assert page.h1 == "No salons in “Atlantis” yet"
    assert "We don’t know this place" in page.text
    assert _found(Visitor().get(page.link("Gießen"))) == ["Nägel am Markt"]


def test_nothing_found_leads_on():
    Town()
    page = _search(where="Berlin", what="wax", date="2026-12-03")
    assert "Nothing fits all of that" in page.text
    assert _found(Visitor().get(page.link("Any treatment")))
    assert Visitor().get(page.link("All salons")).status == 200


def test_only_what_can_be_booked_is_found():
    town = Town()
    Shop.objects.filter(pk=town.sued.pk).update(is_active=False)
    Service.objects.filter(shop=town.ost).update(is_active=False)
    town.world.mina.is_active = town.world.ayla.is_active = False
    town.world.mina.save()
    town.world.ayla.save()
    assert _found(_search(where="Berlin")) == []


def test_the_region_is_the_results_alone():
    Town()
    page = Visitor().get(SEARCH, {"where": "Berlin"}, region="results")
    assert page.html.lstrip().startswith('<div id="results"')
    assert _found(page) == _found(_search(where="Berlin"))
    assert page.h1
    assert "HX-Request" in page.response.headers["Vary"]
    assert "HX-Request" in _search(where="Berlin").response.headers["Vary"]


def test_times_are_in_the_zone_of_their_salon_and_it_is_named():
    town = Town()
    town.salon(
        "Nails on Main",
        "Manicure",
        "nails",
        city="New York",
        area="",
        country="US",
        currency="USD",
        timezone="America/New_York",
        latitude=40.72,
        longitude=-74.0,
    )
    page = _search(where="New York")
    assert "Times are New York time (EST)." in page.text
    assert "Each time is in the salon’s own time zone." in _search().text
    times = [url for url in page.links if "start=2026-11-30T15%3A00Z" in url]
    assert len(times) == 1  # 10:00 there


def test_the_same_queries_for_one_and_for_three(django_assert_max_num_queries):
    Town()
    for query in ({"where": "Gießen"}, {"where": "Berlin"}):
        with django_assert_max_num_queries(9):
            _search(**query)
        with django_assert_max_num_queries(9):
            _search(**query, date="2026-12-03")


def test_methods():
    assert Visitor().post(SEARCH).status == 405

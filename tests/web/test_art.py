"""The generated pictures: same shop, same picture; small, well-formed, and never in the wall's own colour."""

import re
from collections.abc import Iterator
from itertools import permutations
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from beautydrop.web.art import portraits, scenes
from beautydrop.web.art.seed import Dice, fnv1a
from beautydrop.web.art.tones import CATEGORIES, PARTNERS, category_pair, inks_for

SINGLES = [(category,) for category in CATEGORIES]
PAIRS = [*permutations(CATEGORIES, 2), *SINGLES]


def shop_ids(count: int, start: int = 0) -> list[str]:
    return [str(UUID(int=fnv1a(f"shop {number}") << 64 | number)) for number in range(start, start + count)]


def many_pictures() -> Iterator[scenes.Picture]:
    """Three shops for each size and each pair of categories: some 1,500 pictures."""
    for size_number, size in enumerate(scenes.SIZES):
        for pair_number, pair in enumerate(PAIRS):
            for shop_id in shop_ids(3, 3 * (pair_number + size_number * len(PAIRS))):
                yield scenes.picture.__wrapped__(shop_id, pair, size)


@pytest.fixture(scope="module")
def pictures() -> list[scenes.Picture]:
    return list(many_pictures())


def render(source: str, **values: object) -> str:
    return Template("{% load art %}" + source).render(Context(values))


def wall_of(svg: str) -> str:
    return ElementTree.fromstring(svg)[0].get("class", "")


def test_hash_and_dice_keep_their_published_values() -> None:
    assert (fnv1a(""), fnv1a("a"), fnv1a("foobar")) == (0x811C9DC5, 0xE40C292C, 0xBF9CF968)
    # mulberry32 in JavaScript, seed 1.
    dice = Dice(1)
    assert [round(dice.roll(), 6) for _ in range(3)] == [0.627074, 0.002736, 0.527447]


def test_same_shop_same_picture() -> None:
    shop = shop_ids(1)[0]
    first = scenes.picture.__wrapped__(shop, ("nails", "skin"), "card")
    assert first == scenes.picture.__wrapped__(shop, ("nails", "skin"), "card")
    assert first.svg != scenes.picture(shop_ids(2)[1], ("nails", "skin"), "card").svg


def test_wall_is_the_same_in_every_size() -> None:
    for shop in shop_ids(20):
        assert len({scenes.picture(shop, ("hair", "wax"), size).walls[0] for size in scenes.SIZES}) == 1


def test_pictures_are_well_formed_and_hidden_from_screen_readers(pictures: list[scenes.Picture]) -> None:
    for picture in pictures:
        root = ElementTree.fromstring(picture.svg)
        assert root.get("aria-hidden") == "true"
        assert "style=" not in picture.svg and "gradient" not in picture.svg.lower()
        assert not list(root.iter("text"))


def test_pictures_are_small(pictures: list[scenes.Picture]) -> None:
    assert max(len(picture.placed("a00000000")) for picture in pictures) <= 4500


def test_every_layout_comes_up(pictures: list[scenes.Picture]) -> None:
    expected = {"one", "close", "arcade", "pair", "fallen", "split", "nest", "facade"}
    assert {picture.layout for picture in pictures} == expected


def test_nothing_is_drawn_in_the_walls_own_colour(pictures: list[scenes.Picture]) -> None:
    for picture in pictures:
        used = re.findall(r'class="([^"]+)"', picture.svg)
        for wall in picture.walls:
            assert sum(f"a{wall}" in classes.split() for classes in used) == 1, picture.layout


def test_main_mirror_has_the_other_hue_and_another_depth(pictures: list[scenes.Picture]) -> None:
    for pair in PAIRS:
        for shop in shop_ids(4):
            picture = scenes.picture(shop, pair, "hit_small")
            ring = re.search(r'class="al ab a(\w\d)"', picture.svg)
            assert ring
            assert ring[1][0] != picture.walls[0][0]
            assert ring[1][1] != picture.walls[0][1]


def test_ids_belong_to_the_picture_and_references_resolve(pictures: list[scenes.Picture]) -> None:
    for picture in pictures:
        svg = picture.placed("here-")
        ids = re.findall(r' id="([^"]+)"', svg)
        assert len(ids) == len(set(ids))
        assert all(name.startswith("here-") for name in ids)
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= set(ids)
        assert "~" not in svg


@pytest.mark.parametrize("depth", "012")
def test_inks_keep_away_from_ground_and_wall(depth: str) -> None:
    for wall in ("h0", "h1", "h2", "s0", "s1", "s2"):
        inks = inks_for(f"h{depth}", "s", (wall,))
        tones = {inks.strong, inks.soft, inks.second, inks.faint}
        assert wall not in tones and inks.ground not in tones
        assert inks.strong[1] != inks.soft[1]


def test_neighbours_have_different_walls_and_layouts() -> None:
    for pair in PAIRS:
        source = "{% for shop in shops %}{% shop_art shop pair 'card' %}\n{% endfor %}"
        walls = [wall_of(svg) for svg in render(source, shops=shop_ids(12), pair=pair).splitlines()]
        for place, wall in enumerate(walls):
            assert wall not in walls[max(0, place - 2) : place]


def test_neighbour_that_is_not_on_the_page_is_avoided_too() -> None:
    for shop, other in zip(shop_ids(40), shop_ids(40, 40), strict=True):
        svg = render("{% shop_art shop pair 'card' neighbour=other %}", shop=shop, other=other, pair=["nails"])
        assert wall_of(svg) != f"a{scenes.picture(other, ('nails',), 'card').walls[0]}"


def test_ids_are_unique_on_a_page_and_for_a_shop_drawn_twice() -> None:
    source = (
        "{% for shop in shops %}{% shop_art shop pair 'row' %}{% shop_art shop pair 'row' %}"
        "{% shop_art shop pair 'card' %}{% endfor %}{% for category in all %}{% door category %}{% endfor %}"
    )
    page = render(source, shops=shop_ids(12), pair=["hair", "barber"], all=CATEGORIES)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) > 24
    assert len(ids) == len(set(ids))


def test_unknown_categories_and_sizes() -> None:
    assert category_pair(["aura", "wax", "wax", "hair", "skin"]) == ("wax", "hair")
    assert category_pair(["nails"]) == ("nails", PARTNERS["nails"])
    assert category_pair([]) == ("massage", "skin")
    with pytest.raises(KeyError):
        scenes.picture("a", ("nails",), "poster")


def test_every_partner_is_another_category() -> None:
    assert set(PARTNERS) == set(CATEGORIES)
    assert all(one != other for one, other in PARTNERS.items())


def test_doors_are_well_formed() -> None:
    for category in CATEGORIES:
        door = render("{% door category %}", category=category)
        assert ElementTree.fromstring(door).get("viewBox") == "0 0 132 116"
        assert "style=" not in door and "~" not in door


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mina Haddad", "MH"), ("Noor", "N"), ("Jo van der Berg", "JB"), ("  élise  ötker ", "ÉÖ"), ("", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert portraits.initials(name) == letters


def test_portraits_show_initials_in_the_tones_of_the_category() -> None:
    svg = render("{% portrait name 'nails' %}", name="Mina Haddad")
    root = ElementTree.fromstring(svg)
    assert "".join(root.itertext()) == "MH"
    assert {name[1] for name in re.findall(r"\ba\w\d", svg)} == {"n"}
    assert "style=" not in svg and " id=" not in svg


def test_portraits_use_all_halos_and_escape_names() -> None:
    bodies = {re.sub(r"<text.*", "", portraits.portrait(f"Person {number}", "wax")) for number in range(60)}
    assert len(bodies) == len(portraits.HALOS)
    assert "&lt;" in portraits.portrait("<b>", "wax")
    assert portraits.portrait("Mina", "unknown") == portraits.portrait("Mina", "unknown")


def test_anyone_is_bottle_green() -> None:
    svg = render("{% anyone_art %}")
    assert ElementTree.fromstring(svg).tag == "svg"
    assert {name[1] for name in re.findall(r"\ba\w\d", svg)} == {"v"}


def test_includes_share_their_pages_neighbours_and_ids() -> None:
    card = Template("{% load art %}{% shop_art shop pair 'card' %}")
    isolated = "{% include card with shop=shop pair=pair only %}"
    source = "{% for shop in shops %}{% include card %}" + isolated + "{% endfor %}"
    page = render(source, shops=shop_ids(6), pair=["barber", "hair"], card=card)
    ids = re.findall(r' id="([^"]+)"', page)
    assert ids and len(ids) == len(set(ids))
    walls = re.findall(r'aria-hidden="true"><path class="(a\w\d)"', page)
    assert len(walls) == 12
    assert all(one != other for one, other in zip(walls, walls[1:], strict=False))

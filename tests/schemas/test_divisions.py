"""Counties of Zhejiang: the table, and which counter a permit reaches."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.divisions import Area, County, UnknownCountyError, counties, county, covers

DOMAIN = Path(__file__).parents[2].parent / "shared" / "domain"
needs_tables = pytest.mark.skipif(
    not DOMAIN.is_dir(), reason="the shared tables do not lie beside this checkout"
)
any_county = st.sampled_from(counties())
any_area = st.sampled_from(list(Area))
WIDENING = [Area.COUNTY, Area.URBAN_UNIT, Area.CITY, Area.PROVINCE, Area.NATIONAL]


def rows(name: str) -> list[dict[str, str]]:
    with (DOMAIN / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_there_are_ninety_in_eleven_cities() -> None:
    kinds = Counter(place.kind for place in counties())

    assert kinds == {"district": 37, "county_level_city": 20, "county": 32, "autonomous_county": 1}
    assert len({place.city_code for place in counties()}) == 11
    assert [place.code for place in counties()] == sorted({place.code for place in counties()})


@needs_tables
def test_every_row_is_the_shared_one() -> None:
    cities = {row["code"]: row for row in rows("zhejiang_divisions_ext.csv")}
    expected = [
        County(
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            city_code=row["parent_code"],
            city_name_zh=cities[row["parent_code"]]["name_zh"],
            city_name_en=cities[row["parent_code"]]["name_en"],
            unit=row["jurisdiction_unit"],
            kind=row["kind"],
        )
        for row in cities.values()
        if row["level"] == "county"
    ]

    assert list(counties()) == expected


@needs_tables
def test_every_retired_code_leads_where_the_shared_table_says() -> None:
    for row in rows("zhejiang_divisions_retired.csv"):
        assert county(row["code"]).code in row["successor"].split("(")[0]


def test_a_county_knows_its_city_and_unit() -> None:
    assert county("330302") == County(
        code="330302",
        name_zh="鹿城区",
        name_en="Lucheng District",
        city_code="330300",
        city_name_zh="温州市",
        city_name_en="Wenzhou",
        unit="330300-URBAN",
        kind="district",
    )


@given(any_county)
def test_districts_share_the_unit_of_their_city_and_others_stand_alone(place: County) -> None:
    expected = f"{place.city_code}-URBAN" if place.kind == "district" else place.code

    assert place.unit == expected
    assert place.code[:4] == place.city_code[:4]
    assert county(place.code) is place


@pytest.mark.parametrize(
    ("retired", "successor"),
    [
        ("330103", "330105"),  # Xiacheng, merged 2021
        ("330104", "330102"),  # Jianggan, merged 2021
        ("330183", "330111"),  # Fuyang, from city to district
        ("330322", "330305"),  # Dongtou, from county to district
        ("331021", "331083"),  # Yuhuan, from county to city
    ],
)
def test_a_retired_code_leads_to_its_successor(retired: str, successor: str) -> None:
    assert county(retired) is county(successor)
    assert retired not in {place.code for place in counties()}


@pytest.mark.parametrize(
    "code",
    ["", "330000", "330300", "330399", "110101", "330302 ", "330302\n", "３３０３０２", "33030２"],
)
def test_other_codes_are_no_county(code: str) -> None:
    with pytest.raises(UnknownCountyError) as caught:
        county(code)

    assert caught.value.code == "unknown_county"
    assert caught.value.remedy


def test_a_long_code_is_not_repeated_whole() -> None:
    with pytest.raises(UnknownCountyError) as caught:
        county("9" * 10_000)

    assert len(caught.value.detail) < 100


@pytest.mark.parametrize(
    ("permit", "counter", "reached"),
    [
        ("330302", "330302", {"county", "urban_unit", "city", "province", "national"}),
        ("330302", "330304", {"urban_unit", "city", "province", "national"}),  # both districts
        ("330302", "330381", {"city", "province", "national"}),  # Rui'an is a city of its own
        ("330381", "330382", {"city", "province", "national"}),
        ("330383", "330327", {"city", "province", "national"}),  # Longgang left Cangnan in 2019
        ("330302", "330102", {"province", "national"}),  # districts of two cities
        ("330103", "330105", {"county", "urban_unit", "city", "province", "national"}),  # retired
    ],
)
def test_what_a_permit_reaches(permit: str, counter: str, reached: set[str]) -> None:
    found = {
        area.value for area in Area if covers(area, permit=county(permit), counter=county(counter))
    }

    assert found == reached


@given(any_area, any_county)
def test_every_area_holds_at_home(area: Area, place: County) -> None:
    assert covers(area, permit=place, counter=place)


@given(any_area, any_county, any_county)
def test_areas_are_the_same_seen_from_either_side(area: Area, one: County, other: County) -> None:
    assert covers(area, permit=one, counter=other) is covers(area, permit=other, counter=one)


@given(any_county, any_county)
def test_a_wider_area_never_covers_less(one: County, other: County) -> None:
    covered = [covers(area, permit=one, counter=other) for area in WIDENING]

    assert covered == sorted(covered)

"""The counties of the form: all of them, and only those open that can decide."""

from datetime import date

from issuer.web.county_choice import city_choices
from schemas.divisions import counties


def open_codes(with_keys: frozenset[str], today: date) -> list[str]:
    cities = city_choices(with_keys, today=today)
    return [place.code for city in cities for place, is_open in city.counties if is_open]


def test_every_county_is_there_once() -> None:
    cities = city_choices(frozenset(), today=date(2026, 11, 23))
    listed = [place.code for city in cities for place, _ in city.counties]

    assert sorted(listed) == sorted(place.code for place in counties())
    assert not any(city.open for city in cities)


def test_open_is_where_the_service_began_and_the_county_has_a_key() -> None:
    keys = frozenset({"330302", "330402", "330106"})

    assert open_codes(keys, date(2021, 6, 6)) == []
    assert open_codes(keys, date(2021, 6, 7)) == ["330302"]


def test_cities_with_an_open_county_come_first() -> None:
    first, *others = city_choices(frozenset({"330381"}), today=date(2026, 11, 23))

    assert (first.code, first.name_zh, first.open) == ("330300", "温州市", True)
    assert [city.code for city in others] == sorted(city.code for city in others)

"""The counties of the province as a form offers them: by city, those that are open first. Pure.

A county is open where the service has begun in its city and its authority has a key here; the
others are shown, so that nobody searches for theirs in vain. Source: [ZJ].
"""

from collections.abc import Collection
from datetime import date

from msgspec import Struct

from issuer.eligibility import PILOT_CITIES
from schemas.divisions import County, counties


class CityChoice(Struct, frozen=True):
    """A city with its counties."""

    code: str
    name_zh: str
    name_en: str
    counties: tuple[tuple[County, bool], ...]
    """Each with whether it is open."""

    @property
    def open(self) -> bool:
        """Whether any of its counties is."""
        return any(is_open for _, is_open in self.counties)


def city_choices(with_keys: Collection[str], *, today: date) -> tuple[CityChoice, ...]:
    """Every city, those with an open county first, then by code."""
    by_city: dict[str, list[County]] = {}
    for place in counties():
        by_city.setdefault(place.city_code, []).append(place)
    cities = [
        CityChoice(
            code=code,
            name_zh=places[0].city_name_zh,
            name_en=places[0].city_name_en,
            counties=tuple(
                (place, _begun(code, today) and place.code in with_keys) for place in places
            ),
        )
        for code, places in by_city.items()
    ]
    return tuple(sorted(cities, key=lambda city: (not city.open, city.code)))


def _begun(city_code: str, today: date) -> bool:
    since = PILOT_CITIES.get(city_code)
    return since is not None and since <= today

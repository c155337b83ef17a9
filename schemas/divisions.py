"""The counties of Zhejiang, and which counter a permit of one of them reaches.

A county here is a county-level division: district, county, county-level city. Districts
of one prefecture city form one jurisdiction unit, all others are units of their own.
Codes are [GBT2260]; retired codes lead to their successor, because a permit may be older
than a merger. The tables stand beside this file.
"""

import csv
from enum import StrEnum
from importlib.resources import files
from typing import Final

from msgspec import Struct

from schemas.errors import InputError


class UnknownCountyError(InputError):
    """No county-level division of Zhejiang has this code."""

    code = "unknown_county"


class County(Struct, frozen=True):
    """A county-level division and the city it belongs to."""

    code: str
    name_zh: str
    name_en: str
    city_code: str
    city_name_zh: str
    city_name_en: str
    unit: str
    """Jurisdiction unit: a city's districts share one, for example ``330300-URBAN``."""
    kind: str
    """``district``, ``county``, ``county_level_city`` or ``autonomous_county``."""


class Area(StrEnum):
    """How far a service item reaches, seen from the counter that offers it."""

    COUNTY = "county"
    URBAN_UNIT = "urban_unit"
    CITY = "city"
    PROVINCE = "province"
    NATIONAL = "national"


def covers(area: Area, *, permit: County, counter: County) -> bool:
    """Whether a permit of one county counts at a counter of another.

    The law grants services within the county [SC663 §12]; wider areas are what an office
    offers by itself.
    """
    match area:
        case Area.COUNTY:
            return permit.code == counter.code
        case Area.URBAN_UNIT:
            return permit.unit == counter.unit
        case Area.CITY:
            return permit.city_code == counter.city_code
        case Area.PROVINCE | Area.NATIONAL:
            return True  # every county known here lies in the province


def county(code: str) -> County:
    """The county with this code, or the one that took its place.

    Raises:
        UnknownCountyError: there is none.
    """
    found = _COUNTIES.get(_SUCCESSORS.get(code, code))
    if found is None:
        raise UnknownCountyError(
            f"no county of Zhejiang has the code {code[:12]!r}",
            remedy="Use a six-digit county code such as 330302.",
        )
    return found


def counties() -> tuple[County, ...]:
    """All counties, by code."""
    return tuple(_COUNTIES.values())


def _rows(name: str) -> list[dict[str, str]]:
    text = files("schemas").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _read_counties() -> dict[str, County]:
    rows = {row["code"]: row for row in _rows("divisions.csv")}
    counties = {}
    for code, row in rows.items():
        if not row["jurisdiction_unit"]:
            continue  # the province and its cities
        city = rows[row["parent_code"]]
        counties[code] = County(
            code=code,
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            city_code=city["code"],
            city_name_zh=city["name_zh"],
            city_name_en=city["name_en"],
            unit=row["jurisdiction_unit"],
            kind=row["kind"],
        )
    return counties


_COUNTIES: Final = _read_counties()
_SUCCESSORS: Final = {row["code"]: row["successor"] for row in _rows("divisions_retired.csv")}

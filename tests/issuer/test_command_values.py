"""Officers, days and counties as they are typed."""

from datetime import date

import click
import pytest

from issuer.command_values import COUNTY, DAY, OFFICER
from issuer.desk import Officer


def test_what_is_meant_is_understood() -> None:
    assert OFFICER.convert("li-3@330302", None, None) == Officer("li-3", "330302")
    assert OFFICER.convert(Officer("li-3", "330302"), None, None) == Officer("li-3", "330302")
    assert DAY.convert("2026-11-23", None, None) == date(2026, 11, 23)
    assert DAY.convert(date(2026, 11, 23), None, None) == date(2026, 11, 23)
    assert COUNTY.convert("330302", None, None) == "330302"


@pytest.mark.parametrize("typed", ["", "999999", "Lucheng"])
def test_no_county(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="no county of Zhejiang"):
        COUNTY.convert(typed, None, None)


@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_near_the_end_of_the_calendar_is_a_typing_mistake(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="1900 to 2200"):
        DAY.convert(typed, None, None)


@pytest.mark.parametrize("typed", ["", "li-3", "li-3@", "@330302"])
def test_half_an_officer_is_none(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="ID@COUNTY"):
        OFFICER.convert(typed, None, None)


@pytest.mark.parametrize("typed", ["", "23.11.2026", "2026-02-30", "tomorrow"])
def test_no_day(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="YYYY-MM-DD"):
        DAY.convert(typed, None, None)

"""Days and counties as they are typed; officers have a file of their own."""

from datetime import date

import click
import pytest

from issuer.command_values import ACCOUNT, COUNTY, DAY, OFFICER
from issuer.console_officer import AccountType, OfficerType


def test_what_is_meant_is_understood() -> None:
    assert DAY.convert("2026-11-23", None, None) == date(2026, 11, 23)
    assert DAY.convert(date(2026, 11, 23), None, None) == date(2026, 11, 23)
    assert COUNTY.convert("330302", None, None) == "330302"


def test_officers_are_looked_up() -> None:
    assert isinstance(OFFICER, OfficerType)
    assert isinstance(ACCOUNT, AccountType)


@pytest.mark.parametrize("typed", ["", "999999", "Lucheng"])
def test_no_county(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="no county of Zhejiang"):
        COUNTY.convert(typed, None, None)


@pytest.mark.parametrize("typed", ["0001-01-01", "1899-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_near_the_end_of_the_calendar_is_a_typing_mistake(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="1900 to 2200"):
        DAY.convert(typed, None, None)


@pytest.mark.parametrize("typed", ["", "23.11.2026", "2026-02-30", "tomorrow"])
def test_no_day(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="YYYY-MM-DD"):
        DAY.convert(typed, None, None)

"""Values as they are typed on the command line: an officer, a day, a county."""

from datetime import date
from typing import Final

import click

from issuer.console_officer import AccountType, OfficerType
from schemas.divisions import UnknownCountyError, county

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2200


class _DayType(click.ParamType[date]):
    """A calendar day, Asia/Shanghai."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            day = value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail("a day is given as YYYY-MM-DD", param, ctx)
        # Calendars end somewhere, and a year before or after must still be a day.
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"a day lies in the years {FIRST_YEAR} to {LAST_YEAR}", param, ctx)
        return day


class _CountyType(click.ParamType[str]):
    """Six digits; a code that was given up leads to its successor [GBT2260]."""

    name = "CODE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        try:
            return county(str(value)).code
        except UnknownCountyError as error:
            self.fail(error.detail, param, ctx)


OFFICER: Final = OfficerType()
ACCOUNT: Final = AccountType()
DAY: Final = _DayType()
COUNTY: Final = _CountyType()

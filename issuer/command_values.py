"""Values as they are typed on the command line: an officer, a day."""

from datetime import date
from typing import Final

import click

from issuer.desk import Officer


class _OfficerType(click.ParamType[Officer]):
    """ID@COUNTY, for example li-3@330302."""

    name = "ID@COUNTY"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Officer:
        if isinstance(value, Officer):
            return value
        officer_id, at, county_code = str(value).partition("@")
        if not (officer_id and at and county_code):
            self.fail("an officer is given as ID@COUNTY, for example li-3@330302", param, ctx)
        return Officer(officer_id, county_code)


class _DayType(click.ParamType[date]):
    """A calendar day, Asia/Shanghai."""

    name = "YYYY-MM-DD"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail("a day is given as YYYY-MM-DD", param, ctx)


OFFICER: Final = _OfficerType()
DAY: Final = _DayType()

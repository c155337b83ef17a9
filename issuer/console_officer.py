"""Who acts at the command line: an officer whose account is there, is open, and has the role.

The name that is typed is looked up before the command begins, whichever command it is, so no
command can forget to. No password is asked for: whoever can type here can read the register's
file, and the machine's own accounts guard it.
"""

import click

from issuer.errors import DeskError
from issuer.officer import Officer
from issuer.officer_account import AccountName, read_account_name
from issuer.officers import Officers
from issuer.opened_register import opened_register


class AccountType(click.ParamType[AccountName]):
    """ID@COUNTY, for example li-3@330302; whether there is such an account is not asked."""

    name = "ID@COUNTY"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> AccountName:
        if isinstance(value, AccountName):
            return value
        try:
            return read_account_name(str(value))
        except DeskError:
            self.fail("an officer is given as ID@COUNTY, for example li-3@330302", param, ctx)


class OfficerType(click.ParamType[Officer]):
    """The same, as who acts: with the roles of the account as they are now."""

    name = "ID@COUNTY"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Officer:
        if isinstance(value, Officer):
            return value
        named = AccountType().convert(value, param, ctx)
        with opened_register() as (settings, storage, clock):
            officers = Officers(storage, clock, allow_demo_ids=settings.allow_demo_ids)
            return officers.acting(str(named))

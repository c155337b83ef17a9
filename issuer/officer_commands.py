"""``python -m issuer officer …``: the accounts of a county's officers.

The first administrator of a county is made here, by nobody but the console; with ``--by`` an
administrator acts, within their county. Passwords are made by the service and shown once.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from issuer.command_values import ACCOUNT, COUNTY, OFFICER
from issuer.officer import Officer, Role
from issuer.officer_account import Account, AccountName
from issuer.officers import Officers
from issuer.opened_register import opened_register
from keys.clock import Clock

_account = click.argument("account", type=ACCOUNT, metavar="ID@COUNTY")
_by = click.option("--by", type=OFFICER, help="An administrator of the county; else the console.")
_roles = click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What the account is for; repeatable.",
)


@click.group()
def officer() -> None:
    """Accounts of officers: who may act, and as what."""


@officer.command()
@_account
@click.option("--name", "own_name", required=True, help="The officer's own name.")
@_roles
@_by
def add(account: AccountName, own_name: str, roles: tuple[str, ...], by: Officer | None) -> None:
    """Make an account; the password for the first sign-in is shown once."""
    with _officers() as (officers, clock):
        made, password = officers.add(account, own_name, frozenset(map(Role, roles)), by=by)
        _say(made, clock)
        _say_password(password)


@officer.command("list")
@click.option("--county", type=COUNTY, required=True, help="Of this county.")
@_by
def list_officers(county: str, by: Officer | None) -> None:
    """List a county's accounts, their roles and standing."""
    with _officers() as (officers, clock):
        accounts = officers.accounts(county, by=by)
        for account in accounts:
            _say(account, clock)
    if not accounts:
        click.echo("The county has no officers; make an administrator with officer add.")


@officer.command()
@_account
@_roles
@_by
def roles(account: AccountName, roles: tuple[str, ...], by: Officer | None) -> None:
    """Give an account other roles in place of those it has."""
    with _officers() as (officers, clock):
        _say(officers.change_roles(account, frozenset(map(Role, roles)), by=by), clock)


@officer.command()
@_account
@_by
def disable(account: AccountName, by: Officer | None) -> None:
    """Close an account; open sessions of it end."""
    with _officers() as (officers, clock):
        _say(officers.disable(account, by=by), clock)


@officer.command()
@_account
@_by
def enable(account: AccountName, by: Officer | None) -> None:
    """Open an account again."""
    with _officers() as (officers, clock):
        _say(officers.enable(account, by=by), clock)


@officer.command()
@_account
@_by
def password(account: AccountName, by: Officer | None) -> None:
    """Make a new password, shown once; a lock after wrong tries ends."""
    with _officers() as (officers, clock):
        changed, made = officers.reset_password(account, by=by)
        _say(changed, clock)
        _say_password(made)


@officer.command("forget-passkeys")
@_account
@_by
def forget_passkeys(account: AccountName, by: Officer | None) -> None:
    """Take all passkeys off an account whose device is lost."""
    with _officers() as (officers, clock):
        _say(officers.forget_passkeys(account, by=by), clock)


@contextmanager
def _officers() -> Iterator[tuple[Officers, Clock]]:
    with opened_register() as (settings, storage, clock):
        yield Officers(storage, clock, allow_demo_ids=settings.allow_demo_ids), clock


def _say(account: Account, clock: Clock) -> None:
    words = [str(account.account_name), account.name, ",".join(sorted(account.roles))]
    if account.disabled:
        words.append("disabled")
    if account.locked(clock()):
        words.append(f"locked until {account.locked_until:%Y-%m-%d %H:%M:%SZ}")
    if account.must_change:
        words.append("password to be changed")
    if account.passkeys:
        words.append(f"passkeys: {len(account.passkeys)}")
    if account.demonstration:
        words.append("for demonstrations")
    click.echo("  ".join(words))


def _say_password(password: str) -> None:
    click.echo(f"password  {password}")
    click.echo("Shown this once; to be changed at the first sign-in, within seven days.")

"""``python -m issuer cancel`` and ``replace``: a permit ends for good, or all its copies do."""

from typing import Final

import click

from issuer.cancel_cause import CancelCause
from issuer.command_values import OFFICER
from issuer.desk import Desk, Grounds
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.permit_lines import permit_line
from schemas.endorsement_window import day_of

_number: Final = click.argument("number", metavar="PERMIT_NUMBER")
_officer: Final = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_reason: Final = click.option("--reason", required=True, help="Why; goes into the audit log.")
_basis: Final = click.option("--legal-basis", required=True, help="By which provision.")


@click.command()
@_number
@_officer
@click.option(
    "--cause",
    type=click.Choice([cause.value for cause in CancelCause]),
    required=True,
    help="After a death no text message goes out.",
)
@_reason
@_basis
def cancel(number: str, officer: Officer, cause: str, reason: str, legal_basis: str) -> None:
    """End a permit for good without fault."""
    grounds = Grounds(reason, legal_basis)
    with opened_register() as (_, storage, clock):
        ended = Desk(storage, clock).cancel(number, officer, grounds, cause=CancelCause(cause))
        click.echo(permit_line(ended, day_of(clock())))


@click.command()
@_number
@_officer
@_reason
@_basis
def replace(number: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Retire every copy of a permit that is out, slips too; the permit goes on."""
    with opened_register() as (_, storage, clock):
        replaced = Desk(storage, clock).replace(number, officer, Grounds(reason, legal_basis))
        click.echo(permit_line(replaced, day_of(clock())))

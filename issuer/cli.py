"""Commands of the issuer: what officers do, without a page to do it on, and the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from os import environ
from pathlib import Path

import click

from issuer.application_commands import application
from issuer.audit_commands import audit
from issuer.campaign_commands import campaign
from issuer.command_values import COUNTY, DAY, OFFICER
from issuer.demonstration import grant_demonstration
from issuer.demonstration_officers import PASSWORD, add_demonstration_officers
from issuer.demonstration_registrations import add_demonstration_registrations
from issuer.desk import Desk, Grounds
from issuer.due_notice_commands import due
from issuer.issuance_errors import NotReadyError
from issuer.mass_act_commands import mass_act
from issuer.notice_commands import notices
from issuer.offers import Offers
from issuer.officer import Officer
from issuer.officer_commands import officer
from issuer.opened_register import opened_register
from issuer.particulars import MAX_PORTRAIT_BYTES, Particulars
from issuer.permit import Permit
from issuer.permit_end_commands import cancel, replace
from issuer.permit_lines import permit_line
from issuer.proposal_commands import proposal
from issuer.registration_commands import import_registrations
from issuer.settings import load_settings
from issuer.slip_commands import slip
from keys.clock import Clock
from keys.county_keys import counties_with_keys
from schemas.endorsement_window import day_of, start_of_day
from schemas.errors import ServiceError


class _Explained(click.Group):
    """Turns our errors into one clear message and exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ServiceError as error:
            lines = filter(None, (f"{error.code}: {error.detail}", error.remedy))
            raise click.ClickException("\n".join(lines)) from error


_number = click.argument("number", metavar="PERMIT_NUMBER")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_reason = click.option("--reason", required=True, help="Why; goes into the audit log.")
_basis = click.option("--legal-basis", required=True, help="By which provision.")


@contextmanager
def _desk() -> Iterator[tuple[Desk, Clock]]:
    with opened_register() as (settings, storage, clock):
        yield Desk(storage, clock, allow_demo_ids=settings.allow_demo_ids), clock


@click.group(cls=_Explained)
def main() -> None:
    """The county police's side of the residence permit. Settings: ISSUER_…, see README."""


main.add_command(application)
main.add_command(audit)
main.add_command(campaign)
main.add_command(cancel)
main.add_command(mass_act)
main.add_command(notices)
notices.add_command(due)
main.add_command(proposal)
main.add_command(import_registrations)
main.add_command(officer)
main.add_command(replace)
main.add_command(slip)


@main.command()
@_officer
@click.option("--name", required=True)
@click.option("--citizen-id", required=True, help="Citizen identification number.")
@click.option("--ethnic-group", required=True, help="Two digits, GB/T 3304.")
@click.option("--registered-address", required=True, help="Of the household registration.")
@click.option("--residence-address", required=True, help="In the officer's county.")
@click.option("--registered-on", type=DAY, required=True, help="Residence registered since.")
@click.option(
    "--portrait", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True
)
def grant(
    officer: Officer,
    name: str,
    citizen_id: str,
    ethnic_group: str,
    registered_address: str,
    residence_address: str,
    registered_on: date,
    portrait: Path,
) -> None:
    """Grant a permit to an invented person; everybody else applies."""
    particulars = Particulars(
        name=name,
        citizen_id_number=citizen_id,
        ethnic_group=ethnic_group,
        registered_address=registered_address,
        residence_address=residence_address,
        residence_registered_on=registered_on,
        portrait=_read(portrait),
    )
    with _desk() as (desk, clock):
        _say(desk.grant(particulars, officer), clock)


@main.command()
@_number
@_officer
def endorse(number: str, officer: Officer) -> None:
    """Endorse a permit for another year, in its window or late."""
    with _desk() as (desk, clock):
        _say(desk.endorse(number, officer), clock)


@main.command()
@_number
@_officer
@_reason
@_basis
def suspend(number: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Suspend a permit by order; every copy shows it with the next status list."""
    with _desk() as (desk, clock):
        _say(desk.suspend(number, officer, Grounds(reason, legal_basis)), clock)


@main.command()
@_number
@_officer
@_reason
@_basis
def restore(number: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Lift a suspension; another officer does than the one who gave it."""
    with _desk() as (desk, clock):
        _say(desk.restore(number, officer, Grounds(reason, legal_basis)), clock)


@main.command()
@_number
@click.option("--proposed-by", type=OFFICER, required=True)
@click.option("--confirmed-by", type=OFFICER, required=True, help="Another officer.")
@_reason
@_basis
def revoke(
    number: str, proposed_by: Officer, confirmed_by: Officer, reason: str, legal_basis: str
) -> None:
    """Take a permit back for good; two officers do."""
    grounds = Grounds(reason, legal_basis)
    with _desk() as (desk, clock):
        revoked = desk.revoke(
            number, proposed_by=proposed_by, confirmed_by=confirmed_by, grounds=grounds
        )
        _say(revoked, clock)


@main.command()
@_number
@click.option("--officer", type=OFFICER, help="Shows the whole record; is written down.")
def show(number: str, officer: Officer | None) -> None:
    """Show a permit's standing and history, and the person only to an officer."""
    with opened_register() as (_, storage, clock):
        if officer is not None:
            _say_resident(Desk(storage, clock).look(number, officer))
        with storage.reading() as register:
            permit = register.permit(number)
            entries = register.audit_about(number)
        _say(permit, clock)
        for entry in entries:
            details = "  ".join(f"{name}: {text}" for name, text in entry.details.items())
            click.echo(f"  {entry.at:%Y-%m-%d %H:%M:%SZ}  {entry.act}  {entry.actor}  {details}")


@main.command("list")
@click.option("--county", type=COUNTY, help="Only this county's.")
def list_permits(county: str | None) -> None:
    """List permits and where they stand."""
    with opened_register() as (_, storage, clock):
        with storage.reading() as register:
            permits = register.permits(county)
        for permit in permits:
            _say(permit, clock)
        if not permits:
            click.echo("No permit has been granted.")


@main.command()
@_number
@click.option("--officer", type=OFFICER, help="Who hands it out; of the permit's county.")
@click.option("--by-reference", is_flag=True, help="A short link instead.")
def offer(number: str, officer: Officer | None, by_reference: bool) -> None:
    """Make an offer for a wallet: a link, and a code that goes another way."""
    with opened_register() as (settings, storage, clock):
        with storage.reading() as register:
            county = register.permit(number).county
        if county not in counties_with_keys(Path(settings.keys_dir)):
            raise NotReadyError(
                f"county {county} has no keys, so nothing could be fetched with an offer",
                remedy=f"Make some with python -m keys add-county --county {county}.",
            )
        created = Offers(storage, clock, settings).create(
            number, officer=officer, by_reference=by_reference
        )
    click.echo(f"offer             {created.uri}")
    click.echo(f"transaction code  {created.tx_code}")
    click.echo(f"good until        {created.expires_at:%Y-%m-%d %H:%M:%SZ}")


@main.command("demo-data")
@click.option("--issued-on", type=DAY, help="Day of the grants; today by default.")
@click.option(
    "--county", "counties", type=COUNTY, multiple=True, help="Only people of it; repeatable."
)
def demo_data(issued_on: date | None, counties: tuple[str, ...]) -> None:
    """Grant permits to invented people; register all of them, and make officers' accounts."""
    with opened_register() as (settings, storage, clock):
        on = issued_on or day_of(clock())
        then = clock if on == day_of(clock()) else lambda: start_of_day(on)
        desk = Desk(storage, then, allow_demo_ids=settings.allow_demo_ids)
        permits = grant_demonstration(storage, desk, on=on, counties=counties)
        for permit in permits:
            _say(permit, clock, permit.resident.name)
        if settings.allow_demo_ids:
            add_demonstration_registrations(storage, on=on)
            places = {permit.county for permit in permits}
            made = add_demonstration_officers(storage, places, clock())
            ids = ", ".join(sorted({account.id for account in made}))
            # Beside the list of permits, which is read by programs.
            click.echo(f"officers of each county: {ids}; password: {PASSWORD}", err=True)


@main.command()
def serve() -> None:
    """Serve wallets and counters until the process is told to end."""
    # Imported here: the web framework would slow every other command down.
    from issuer import app

    app.serve(load_settings(environ))


def _read(portrait: Path) -> bytes:
    # One byte more than is taken: enough to be refused, however long the file is.
    with portrait.open("rb") as file:
        return file.read(MAX_PORTRAIT_BYTES + 1)


def _say(permit: Permit, clock: Clock, *more: str) -> None:
    click.echo(permit_line(permit, day_of(clock()), *more))


def _say_resident(permit: Permit) -> None:
    resident = permit.resident
    click.echo(f"{resident.name}  {resident.citizen_id_number}  {resident.birthdate}")
    click.echo(f"{resident.registered_address}  ->  {permit.residence_address}")

"""``python -m issuer application …``: applications without a page to do them on.

What applicants do is in ``applicant_commands``; here is what officers do, and what runs by the
calendar.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from msgspec.structs import replace

from issuer.applicant_commands import submit, supplement, withdraw
from issuer.application import Kind
from issuer.application_desk import ApplicationDesk
from issuer.application_lines import (
    application_line,
    finding_lines,
    grounds_of,
    queue_line,
)
from issuer.application_queue import ApplicationQueue, QueueFilter
from issuer.application_record import ApplicationRecords
from issuer.automatic_endorsement import endorse_automatically
from issuer.command_values import COUNTY, OFFICER
from issuer.desk import Grounds
from issuer.document_pruning import prune_documents
from issuer.document_store import FileDocumentStore
from issuer.eligibility_facts import Finding
from issuer.errors import DeskError
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.stored_residences import StoredResidences
from issuer.supplement_lapse import lapse_unanswered
from keys.clock import Clock

_number = click.argument("number", metavar="RECEIPT_NUMBER")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_reason = click.option("--reason", required=True, help="Why; goes into the audit log.")
_basis = click.option("--legal-basis", required=True, help="By which provision.")


@click.group()
def application() -> None:
    """Applications: handed in, supplemented, decided."""


for _command in (submit, supplement, withdraw):
    application.add_command(_command)


@application.command()
@_number
@_officer
@click.option("--wanted", multiple=True, required=True, help="What is lacking; repeatable.")
def ask(number: str, officer: Officer, wanted: tuple[str, ...]) -> None:
    """Ask for all that is lacking, once; the clocks stop."""
    with _desk() as (desk, clock):
        click.echo(application_line(desk.request_supplement(number, officer, wanted), clock()))


@application.command()
@_number
@_officer
def grant(number: str, officer: Officer) -> None:
    """Grant what an application asks for, if no ground fails now."""
    with _desk() as (desk, _):
        permit = desk.grant(number, officer)
    click.echo(f"{permit.number}  usable through {permit.usable_through}")


@application.command("second-opinion")
@_number
@_officer
def second_opinion(number: str, officer: Officer) -> None:
    """Ask another officer to confirm an exemption that this one would grant."""
    with _desk() as (desk, clock):
        click.echo(application_line(desk.second_opinion(number, officer), clock()))


@application.command()
@_number
@_officer
def confirm(number: str, officer: Officer) -> None:
    """Grant an exemption that another officer proposed to grant."""
    with _desk() as (desk, _):
        permit = desk.confirm(number, officer)
    click.echo(f"{permit.number}  usable through {permit.usable_through}")


@application.command()
@_number
@_officer
@_reason
@_basis
def disagree(number: str, officer: Officer, reason: str, legal_basis: str) -> None:
    """Send back what another officer proposed to grant; nothing is decided."""
    with _desk() as (desk, clock):
        back = desk.disagree(number, officer, Grounds(reason, legal_basis))
        click.echo(application_line(back, clock()))


@application.command()
@_number
@_officer
@_reason
@_basis
@click.option("--false-materials", is_flag=True, help="A document was found false.")
def refuse(
    number: str, officer: Officer, reason: str, legal_basis: str, false_materials: bool
) -> None:
    """Refuse an application by every ground that fails now."""
    grounds = Grounds(reason, legal_basis)
    with _desk() as (desk, clock):
        refused = desk.refuse(number, officer, grounds, materials_false=false_materials)
        click.echo(application_line(refused, clock()))
        _say_findings(grounds_of(refused))


@application.command()
@_number
@click.option("--officer", type=OFFICER, help="Shows person and findings; is written down.")
def show(number: str, officer: Officer | None) -> None:
    """Show where an application stands, and the person only to an officer."""
    with opened_register() as (settings, storage, clock):
        with storage.reading() as register:
            held = register.application(number)
        found = grounds_of(held)
        if officer is not None:
            documents = FileDocumentStore(settings.documents_path)
            records = ApplicationRecords(storage, StoredResidences(storage), documents, clock)
            found = records.record(number, officer).findings
        click.echo(application_line(held, clock()))
        for asked in held.supplements:
            click.echo(f"  wanted: {' | '.join(asked.wanted)}")
        if officer is not None:
            click.echo(f"  {held.applicant.name}  {held.applicant.citizen_id_number}")
            for given in held.materials:
                click.echo(f"  {given.basis or given.whose}  {given.filename}  {given.sha256}")
        _say_findings(found)


@application.command("list")
@click.option("--county", type=COUNTY, help="Only this county's.")
@click.option("--all", "closed_too", is_flag=True, help="Decided and withdrawn ones too.")
@click.option("--overdue", is_flag=True, help="Only what should have been decided by now.")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="Only this kind.")
@click.option("--text", default="", help="Part of a receipt number.")
def list_applications(
    county: str | None, closed_too: bool, overdue: bool, kind: str | None, text: str
) -> None:
    """List applications, the most pressing first, with the time left to decide."""
    wanted = QueueFilter(kind=Kind(kind) if kind else None, overdue=overdue, text=text)
    with opened_register() as (_, storage, clock):
        queue = ApplicationQueue(storage, clock)
        lines = queue.lines_of(county, wanted)
        if closed_too and not text:
            lines += queue.lines_of(county, replace(wanted, closed=True))
        for line in lines:
            click.echo(queue_line(line, clock()))
    if not lines:
        click.echo("No application waits.")


@application.command()
def lapse() -> None:
    """Close what was not supplemented within thirty days; run it once a day."""
    with opened_register() as (_, storage, clock):
        for closed in lapse_unanswered(storage, clock):
            click.echo(application_line(closed, clock()))


@application.command("auto-endorse")
def auto_endorse() -> None:
    """Endorse what needs no officer, where the setting ISSUER_AUTO_ENDORSE allows it."""
    with opened_register() as (settings, storage, clock):
        if not settings.auto_endorse:
            raise DeskError(
                "endorsing without an officer is switched off",
                remedy="Set ISSUER_AUTO_ENDORSE=true, where the county has decided so.",
            )
        for endorsed in endorse_automatically(storage, StoredResidences(storage), clock):
            click.echo(application_line(endorsed, clock()))


@application.command("prune-documents")
def prune() -> None:
    """Let go of documents that no application names any more; run it once a day."""
    with opened_register() as (settings, storage, clock):
        gone = prune_documents(storage, FileDocumentStore(settings.documents_path), clock)
    click.echo(f"{gone} documents discarded")


@contextmanager
def _desk() -> Iterator[tuple[ApplicationDesk, Clock]]:
    with opened_register() as (settings, storage, clock):
        residences = StoredResidences(storage)
        yield (
            ApplicationDesk(storage, residences, clock, allow_demo_ids=settings.allow_demo_ids),
            clock,
        )


def _say_findings(found: tuple[Finding, ...]) -> None:
    for line in finding_lines(found):
        click.echo(line)

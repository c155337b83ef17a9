"""``python -m issuer application …``: applications without a page to do them on.

Applicants pass the simulated identity check here, which a service that takes no demonstration
numbers does not have.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import click

from issuer import commitment_text
from issuer.application import Application, Channel, Granted, Guardian, Material, Refused
from issuer.application_desk import ApplicationDesk
from issuer.application_intake import ApplicationIntake, Request
from issuer.command_values import COUNTY, OFFICER
from issuer.decision_deadline import Deadline, overdue, past_the_law, time_left
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Grounds, Officer
from issuer.eligibility import Basis, Finding
from issuer.errors import IdentityCheckError
from issuer.identity_check import IdentityCheck, SimulatedIdentityCheck
from issuer.opened_register import opened_register
from issuer.settings import Settings
from issuer.stored_residences import StoredResidences
from keys.clock import Clock
from schemas.endorsement_window import day_of
from schemas.errors import TooLargeError

MAX_DOCUMENT_BYTES: Final = 10 * 1024 * 1024
_number = click.argument("number", metavar="RECEIPT_NUMBER")
_officer = click.option("--officer", type=OFFICER, required=True, help="Who acts.")
_citizen_id = click.option("--citizen-id", required=True, help="Of the applicant, who is checked.")
_documents = click.option(
    "--document",
    "documents",
    type=(click.Choice([basis.value for basis in Basis]), click.Path(path_type=Path, exists=True)),
    metavar="BASIS FILE",
    multiple=True,
    help="A file, and what it is to prove; repeatable.",
)


@click.group()
def application() -> None:
    """Applications: handed in, supplemented, decided."""


@application.command()
@_citizen_id
@click.option("--county", type=COUNTY, required=True, help="Applied in.")
@click.option(
    "--basis",
    "bases",
    type=click.Choice([basis.value for basis in Basis]),
    multiple=True,
    required=True,
    help="What the application rests on; repeatable.",
)
@_documents
@click.option("--government", default="", help="That determined an exemption.")
@click.option("--guardian", type=(str, str), metavar="NAME NUMBER", help="Who applies instead.")
@click.option("--officer", type=OFFICER, help="Who enters it at the counter.")
@click.option("--commit", is_flag=True, help="The notice was read and its truth is committed to.")
def submit(
    citizen_id: str,
    county: str,
    bases: tuple[str, ...],
    documents: tuple[tuple[str, Path], ...],
    government: str,
    guardian: tuple[str, str] | None,
    officer: Officer | None,
    commit: bool,
) -> None:
    """Hand in an application for a first permit."""
    if not commit:
        click.echo(f"{commitment_text.ZH}\n{commitment_text.EN}\n")
    with opened_register() as (settings, storage, clock):
        identity = _identity_check(settings, clock).verify(citizen_id)
        request = Request(
            channel=Channel.COUNTER if officer else Channel.WEB,
            county=county,
            bases=frozenset(map(Basis, bases)),
            materials=_materials(documents, government),
            commitment=commitment_text.commitment_at(clock()) if commit else None,
            guardian=Guardian(*guardian) if guardian else None,
        )
        intake = ApplicationIntake(storage, clock, allow_demo_ids=settings.allow_demo_ids)
        _say(intake.submit(request, identity, officer=officer), clock())


@application.command()
@_number
@_citizen_id
@_documents
@click.option("--government", default="", help="That determined an exemption.")
def supplement(
    number: str, citizen_id: str, documents: tuple[tuple[str, Path], ...], government: str
) -> None:
    """Add the documents that were asked for."""
    with opened_register() as (settings, storage, clock):
        identity = _identity_check(settings, clock).verify(citizen_id)
        intake = ApplicationIntake(storage, clock, allow_demo_ids=settings.allow_demo_ids)
        _say(intake.supplement(number, identity, _materials(documents, government)), clock())


@application.command()
@_number
@_citizen_id
def withdraw(number: str, citizen_id: str) -> None:
    """Take an application back before it is decided."""
    with opened_register() as (settings, storage, clock):
        identity = _identity_check(settings, clock).verify(citizen_id)
        intake = ApplicationIntake(storage, clock, allow_demo_ids=settings.allow_demo_ids)
        _say(intake.withdraw(number, identity), clock())


@application.command()
@_number
@_officer
@click.option("--wanted", multiple=True, required=True, help="What is lacking; repeatable.")
def ask(number: str, officer: Officer, wanted: tuple[str, ...]) -> None:
    """Ask for all that is lacking, once; the clocks stop."""
    with _desk() as (desk, clock):
        _say(desk.request_supplement(number, officer, wanted), clock())


@application.command()
@_number
@_officer
def grant(number: str, officer: Officer) -> None:
    """Grant a permit on an application, if no ground fails now."""
    with _desk() as (desk, _):
        permit = desk.grant(number, officer)
    click.echo(f"{permit.number}  usable through {permit.usable_through}")


@application.command()
@_number
@_officer
@click.option("--reason", required=True, help="Why; goes into the audit log.")
@click.option("--legal-basis", required=True, help="By which provision.")
@click.option("--false-materials", is_flag=True, help="A document was found false.")
def refuse(
    number: str, officer: Officer, reason: str, legal_basis: str, false_materials: bool
) -> None:
    """Refuse an application by every ground that fails now."""
    grounds = Grounds(reason, legal_basis)
    with _desk() as (desk, clock):
        refused = desk.refuse(number, officer, grounds, materials_false=false_materials)
        _say(refused, clock())
        _say_findings(_grounds(refused))


@application.command()
@_number
@click.option("--officer", type=OFFICER, help="Shows person and findings; is written down.")
def show(number: str, officer: Officer | None) -> None:
    """Show where an application stands, and the person only to an officer."""
    with opened_register() as (_, storage, clock):
        found: tuple[Finding, ...] = ()
        if officer is not None:
            found = ApplicationDesk(storage, StoredResidences(storage), clock).findings(
                number, officer
            )
        with storage.reading() as register:
            held = register.application(number)
        _say(held, clock())
        for asked in held.supplements:
            click.echo(f"  wanted: {' | '.join(asked.wanted)}")
        if officer is not None:
            click.echo(f"  {held.applicant.name}  {held.applicant.citizen_id_number}")
        _say_findings(_grounds(held) or found)


@application.command("list")
@click.option("--county", type=COUNTY, help="Only this county's.")
@click.option("--all", "closed_too", is_flag=True, help="Decided and withdrawn ones too.")
def list_applications(county: str | None, closed_too: bool) -> None:
    """List applications, the most pressing first, with the time left to decide."""
    with opened_register() as (_, storage, clock):
        with storage.reading() as register:
            listed = register.applications(county, open_only=not closed_too)
        now = clock()
    by_deadline = {held.number: held.deadline(day_of(now)) for held in listed}
    listed.sort(key=lambda held: (not held.open, _promised(by_deadline[held.number]), held.number))
    for held in listed:
        _say(held, now)
    if not listed:
        click.echo("No application waits.")


@contextmanager
def _desk() -> Iterator[tuple[ApplicationDesk, Clock]]:
    with opened_register() as (settings, storage, clock):
        residences = StoredResidences(storage)
        yield (
            ApplicationDesk(storage, residences, clock, allow_demo_ids=settings.allow_demo_ids),
            clock,
        )


def _identity_check(settings: Settings, clock: Clock) -> IdentityCheck:
    if not settings.allow_demo_ids:
        raise IdentityCheckError(
            "no identity provider stands behind this command",
            remedy="A demonstration service sets ISSUER_ALLOW_DEMO_IDS=true.",
        )
    return SimulatedIdentityCheck(demonstration_identities(today=day_of(clock())))


def _materials(documents: tuple[tuple[str, Path], ...], government: str) -> tuple[Material, ...]:
    return tuple(Material(Basis(basis), _digest(file), government) for basis, file in documents)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        data = opened.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise TooLargeError(f"a document has more than {MAX_DOCUMENT_BYTES} bytes")
    return sha256(data).hexdigest()


def _promised(deadline: Deadline | None) -> str:
    return deadline.promised_on.isoformat() if deadline else "-"


def _grounds(held: Application) -> tuple[Finding, ...]:
    return held.state.grounds if isinstance(held.state, Refused) else ()


def _say(held: Application, now: datetime) -> None:
    words = [held.number, held.county, held.stage, held.kind.value]
    deadline = held.deadline(day_of(now))
    if isinstance(held.state, Granted):
        words.append(held.state.permit_number)
    elif held.open and deadline is not None:
        words += _clock_words(deadline, now)
    click.echo("  ".join(words))


def _clock_words(deadline: Deadline, now: datetime) -> list[str]:
    decided_by = f"decide by {deadline.promised_on}"
    if deadline.provisional:
        decided_by += " (provisional)"
    if past_the_law(deadline, now):
        return [decided_by, f"PAST THE LAW'S {deadline.statutory_on}"]
    if overdue(deadline, now):
        return [decided_by, f"OVERDUE by {_span(-time_left(deadline, now))}"]
    if deadline.stopped:
        return ["stopped: waits for the applicant"]
    return [decided_by, f"{_span(time_left(deadline, now))} left"]


def _span(time: timedelta) -> str:
    hours, rest = divmod(int(time.total_seconds()), 3600)
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h {rest // 60} min"


def _say_findings(found: tuple[Finding, ...]) -> None:
    for finding in found:
        click.echo(f"  {finding.outcome.value:10}  {finding.ground.value:20}  {finding.en}")
        click.echo(f"  {'':10}  {'':20}  {finding.zh}")

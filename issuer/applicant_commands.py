"""``python -m issuer application …`` as applicants use it, without a page to do it on.

Applicants pass the simulated identity check here, which a service that takes no demonstration
numbers does not have; at the counter an officer enters the application for them.
"""

from pathlib import Path
from typing import Any, Final

import click
from msgspec import UNSET, Struct

from issuer import commitment_text
from issuer.application import Channel, Guardian, IdentityDocument, Kind, Material, Whose
from issuer.application_drafts import Answers, ApplicationDrafts
from issuer.application_errors import DraftIncompleteError
from issuer.application_intake import ApplicationIntake
from issuer.application_lines import application_line
from issuer.command_values import COUNTY, OFFICER
from issuer.demonstration_identities import demonstration_identities
from issuer.document_checks import MAX_DOCUMENT_BYTES
from issuer.document_store import DocumentStore, FileDocumentStore
from issuer.eligibility_facts import Basis
from issuer.errors import IdentityCheckError
from issuer.hand_in_checks import NEEDS_BASIS
from issuer.identity_attempts import IdentityAttempts
from issuer.identity_check import (
    IdentityCheck,
    IdentityPurpose,
    SimulatedIdentityCheck,
    VerifiedIdentity,
)
from issuer.officer import Officer
from issuer.opened_register import opened_register
from issuer.settings import Settings
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of

_number: Final = click.argument("number", metavar="RECEIPT_NUMBER")
_citizen_id: Final = click.option(
    "--citizen-id", required=True, help="Of the applicant, who is checked."
)
_documents: Final = click.option(
    "--document",
    "documents",
    type=(
        click.Choice([*(basis.value for basis in Basis), *(whose.value for whose in Whose)]),
        click.Path(path_type=Path, exists=True, dir_okay=False),
    ),
    metavar="BASIS|PERSON FILE",
    multiple=True,
    help="A file, and what it is to prove or whose it is; repeatable.",
)
_government: Final = click.option("--government", default="", help="That determined an exemption.")
_clerk: Final = click.option("--officer", type=OFFICER, help="Who enters it at the counter.")

Documents = tuple[tuple[str, Path], ...]


class _Typed(Struct, frozen=True):
    kind: str
    county: str | None
    bases: tuple[str, ...]
    documents: Documents
    government: str
    guardian: tuple[str, str] | None
    phone: str
    statement: str
    seen: tuple[tuple[str, str], ...]


@click.command()
@_citizen_id
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in Kind]),
    default=Kind.FIRST_PERMIT.value,
    show_default=True,
)
@click.option("--county", type=COUNTY, help="Applied in; the permit's, where there is one.")
@click.option(
    "--basis",
    "bases",
    type=click.Choice([basis.value for basis in Basis]),
    multiple=True,
    help="What the application rests on; repeatable.",
)
@_documents
@_government
@click.option("--guardian", type=(str, str), metavar="NAME NUMBER", help="Who applies instead.")
@click.option("--phone", default="", help="Mobile number for messages.")
@click.option("--statement", default="", help="Why, or what has changed; one line.")
@click.option(
    "--seen",
    type=(
        click.Choice([whose.value for whose in Whose]),
        click.Choice([document.value for document in IdentityDocument]),
    ),
    metavar="PERSON DOCUMENT",
    multiple=True,
    help="What the officer saw of whom, at the counter; repeatable.",
)
@_clerk
@click.option("--commit", is_flag=True, help="The notice was read and its truth is committed to.")
def submit(citizen_id: str, officer: Officer | None, commit: bool, **typed: Any) -> None:
    """Hand in an application, step by step as on the pages; a refused step keeps the draft."""
    if not commit:
        click.echo(f"{commitment_text.ZH}\n{commitment_text.EN}\n")
        raise DraftIncompleteError(
            "the commitment has not been given", remedy="Read the notice; then add --commit."
        )
    with opened_register() as (settings, storage, clock):
        identity = _identity(settings, storage, clock, citizen_id, officer)
        drafts = ApplicationDrafts(
            storage,
            FileDocumentStore(settings.documents_path),
            clock,
            allow_demo_ids=settings.allow_demo_ids,
        )
        number = _filled_in(drafts, identity, _Typed(**typed), officer)
        click.echo(application_line(drafts.submit(number, identity, officer=officer), clock()))


@click.command()
@_number
@_citizen_id
@_documents
@_government
@_clerk
def supplement(
    number: str,
    citizen_id: str,
    documents: Documents,
    government: str,
    officer: Officer | None,
) -> None:
    """Add the documents that were asked for, all at once."""
    with opened_register() as (settings, storage, clock):
        identity = _identity(settings, storage, clock, citizen_id, officer)
        store = FileDocumentStore(settings.documents_path)
        materials = [_kept(store, *document, government) for document in documents]
        intake = ApplicationIntake(storage, clock, allow_demo_ids=settings.allow_demo_ids)
        held = intake.supplement(number, identity, materials, officer=officer)
        click.echo(application_line(held, clock()))


@click.command()
@_number
@_citizen_id
@_clerk
def withdraw(number: str, citizen_id: str, officer: Officer | None) -> None:
    """Take an application back before it is decided."""
    with opened_register() as (settings, storage, clock):
        identity = _identity(settings, storage, clock, citizen_id, officer)
        intake = ApplicationIntake(storage, clock, allow_demo_ids=settings.allow_demo_ids)
        click.echo(application_line(intake.withdraw(number, identity, officer=officer), clock()))


def _filled_in(
    drafts: ApplicationDrafts, identity: VerifiedIdentity, typed: _Typed, officer: Officer | None
) -> str:
    """The number of the draft that everything typed was put into."""
    kind = Kind(typed.kind)
    draft = drafts.open(
        identity, kind, Channel.COUNTER if officer else Channel.WEB, officer=officer
    )
    number, bases = draft.number, frozenset(map(Basis, typed.bases))
    start = Answers(
        county=typed.county or UNSET, bases=bases if bases and kind in NEEDS_BASIS else UNSET
    )
    form = Answers(
        guardian=Guardian(*typed.guardian) if typed.guardian else None,
        contact_phone=typed.phone,
        statement=typed.statement,
    )
    drafts.save(number, identity, start, revision=draft.revision, officer=officer)
    committed = drafts.commit(number, identity, officer=officer)
    drafts.save(number, identity, form, revision=committed.revision, officer=officer)
    for purpose, file in typed.documents:
        basis, whose = _purpose(purpose)
        data = _read(file)
        drafts.attach(
            *(number, identity, basis, data, file.name, typed.government),
            whose=whose,
            officer=officer,
        )
    if officer is not None:
        for person, document in typed.seen:
            noted = (Whose(person), IdentityDocument(document))
            drafts.saw(number, identity, *noted, officer=officer)
    return number


def _identity(
    settings: Settings,
    storage: IssuerStorage,
    clock: Clock,
    citizen_id: str,
    officer: Officer | None,
) -> VerifiedIdentity:
    if not settings.allow_demo_ids:
        raise IdentityCheckError(
            "no identity provider stands behind this command",
            remedy="A demonstration service sets ISSUER_ALLOW_DEMO_IDS=true.",
        )
    people = demonstration_identities(today=day_of(clock()))
    check: IdentityCheck = IdentityAttempts(SimulatedIdentityCheck(people), storage, clock)
    purpose = IdentityPurpose.COUNTER if officer else IdentityPurpose.APPLY
    return check.verify(citizen_id, purpose=purpose)


def _purpose(purpose: str) -> tuple[Basis | None, Whose | None]:
    if purpose in {whose.value for whose in Whose}:
        return None, Whose(purpose)
    return Basis(purpose), None


def _kept(store: DocumentStore, purpose: str, file: Path, government: str) -> Material:
    basis, whose = _purpose(purpose)
    kept = store.put(_read(file))
    return Material(basis, kept.sha256, government, kept.media_type, file.name, whose)


def _read(file: Path) -> bytes:
    with file.open("rb") as opened:
        # One byte more than is taken: enough to be refused, however long the file is.
        return opened.read(MAX_DOCUMENT_BYTES + 1)

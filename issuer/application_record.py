"""One application as an officer sees it: findings, clocks, documents, notices, its history.

Every look at a record or at a document is written down, in the same block that reads it
[SC663 §17]. A draft is nobody's business but its applicant's, until it is handed in; only one
that is being entered at the county's counter is seen there.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from issuer.application import (
    Application,
    Channel,
    Draft,
    NeedsSupplement,
    Refused,
    Submitted,
)
from issuer.application_checks import needs_second_officer
from issuer.application_desk import application_for
from issuer.application_errors import UnknownDocumentError
from issuer.application_findings import permit_of_application, weigh
from issuer.application_intake import write_down
from issuer.application_storage import ApplicationNotice
from issuer.audit_log import AuditEntry
from issuer.decision_deadline import Deadline, overdue, time_left
from issuer.document_store import DocumentContent, DocumentStore
from issuer.eligibility_facts import Finding
from issuer.errors import UnknownApplicationError
from issuer.officer import READERS, Officer
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerReading, IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of


class ApplicationRecord(Struct, frozen=True, kw_only=True):
    """Everything about one application. Its documents are named in ``application.materials``."""

    application: Application
    findings: tuple[Finding, ...]
    """While it waits, as they are now; of a refused one, the grounds it was refused by."""
    changes: tuple[str, ...]
    """Fields of the permit that a change of data would put right."""
    needs_second_officer: bool
    """An exemption decides: one officer asks for a second opinion, another confirms."""
    registrations: tuple[ResidenceRegistration, ...]
    """Of the person, ended ones too, as they are now."""
    deadline: Deadline | None
    """None once it is decided."""
    time_left: timedelta | None
    """To the end of the promised day; negative once late, None while the clocks stand still."""
    overdue: bool
    notices: tuple[ApplicationNotice, ...]
    history: tuple[AuditEntry, ...]
    """Acts and looks, oldest first, this look included."""
    permit: Permit | None
    """The permit it is about or led to."""


class ApplicationRecords:
    """Looks at applications and documents, for officers of their county. All methods block.

    Args:
        storage: the register.
        residences: who is registered where.
        documents: where documents are kept.
        clock: gives ``now``.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        residences: ResidenceRegister,
        documents: DocumentStore,
        clock: Clock,
    ) -> None:
        self._storage = storage
        self._residences = residences
        self._documents = documents
        self._clock = clock

    def record(self, number: str, officer: Officer) -> ApplicationRecord:
        """The whole record; the look is written down.

        Raises:
            UnknownApplicationError: no application has this number, or it is a draft.
            DeskError: it is another county's, or no role of the officer is for reading.
        """
        with self._storage.reading() as register:
            held, _ = application_for(register, number, officer, allowed=READERS)
        # Before the transaction: another register may be asked over a network.
        registrations = self._residences.registrations_of(held.applicant.citizen_id_number)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer, allowed=READERS)
            _refuse_draft(held)
            write_down(tx, held, "look", actor, now, {})
            return _record(tx, held, registrations, now)

    def document(self, number: str, sha256: str, officer: Officer) -> DocumentContent:
        """One document of an application; the look is written down.

        Raises:
            UnknownDocumentError: the application has none with this digest.
            UnknownApplicationError, DeskError: as ``record``.
        """
        with self._storage.reading() as register:
            held, _ = application_for(register, number, officer, allowed=READERS)
        _refuse_draft(held)
        if sha256 not in {given.sha256 for given in held.materials}:
            raise UnknownDocumentError(
                "the application has no such document", remedy="Open the list again."
            )
        content = self._documents.get(sha256)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer, allowed=READERS)
            write_down(tx, held, "look_at_document", actor, now, {"document": sha256})
        return content


def _refuse_draft(held: Application) -> None:
    if isinstance(held.state, Draft) and held.channel is not Channel.COUNTER:
        raise UnknownApplicationError(
            "no application has this number", remedy="Compare it with the receipt."
        )


def _record(
    register: IssuerReading,
    held: Application,
    registrations: list[ResidenceRegistration],
    now: datetime,
) -> ApplicationRecord:
    waits = isinstance(held.state, Submitted | NeedsSupplement)
    weighed = weigh(register, held, registrations, now) if waits else None
    found = weighed.findings if weighed else ()
    deadline = held.deadline(day_of(now)) if waits else None
    history = register.audit_about(held.number)
    if held.draft_number:
        history = register.audit_about(held.draft_number) + history
    return ApplicationRecord(
        application=held,
        findings=held.state.grounds if isinstance(held.state, Refused) else found,
        changes=weighed.facts.changes if weighed else (),
        needs_second_officer=weighed is not None and needs_second_officer(weighed.facts),
        registrations=tuple(registrations),
        deadline=deadline,
        time_left=time_left(deadline, now) if deadline and not deadline.stopped else None,
        overdue=deadline is not None and overdue(deadline, now),
        notices=tuple(register.application_notices(held.number)),
        history=tuple(history),
        permit=permit_of_application(register, held),
    )

"""What applicants do with an application: hand it in, supplement it, take it back.

Name, number, sex and birth date are those of the identity check; a form adds none of them
[ZJ]. Each act is one transaction with its audit entry and notice. At the counter an officer
enters the application for the person in front of them; conditions are the same [ZJ].
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from issuer import application_steps as steps
from issuer.application import Application, Channel, Commitment, Guardian, Kind, Material
from issuer.application_checks import checked_guardian, checked_materials, receipt_number
from issuer.application_storage import ApplicationNotice
from issuer.audit_log import Act
from issuer.commitment_text import is_current
from issuer.desk import Officer, check_ids
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError, DeskError, UnknownApplicationError
from issuer.identity_check import VerifiedIdentity
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.civil_id import is_demonstration
from schemas.divisions import county
from schemas.endorsement_window import day_of

APPLICANT: Final = "applicant"
"""Who acted, in the audit log, where it was no officer."""


class Request(Struct, frozen=True, kw_only=True):
    """What a form says; nothing of it has been checked."""

    kind: Kind = Kind.FIRST_PERMIT
    channel: Channel
    county: str
    bases: frozenset[Basis]
    materials: tuple[Material, ...] = ()
    commitment: Commitment | None = None
    guardian: Guardian | None = None


class ApplicationIntake:
    """Applications coming in. All methods block.

    Args:
        storage: the register.
        clock: gives ``now``.
        allow_demo_ids: whether invented citizen numbers are taken.
    """

    def __init__(
        self, storage: IssuerStorage, clock: Clock, *, allow_demo_ids: bool = False
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._allow_demo_ids = allow_demo_ids

    def submit(
        self, request: Request, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """Handed in, with a receipt number; ``officer`` enters it at the counter.

        Raises:
            ApplicationStateError: the commitment is missing or to an older text, an open
                application of this person and kind is there, or this kind is not taken.
            DeskError: a demonstration number where those are not allowed, or an officer of
                another county.
            schemas.errors.InputError: a county, guardian or document that cannot be one.
        """
        place = county(request.county).code
        actor = _actor(place, request.channel, officer)
        self._refuse_untaken(request, identity)
        with self._storage.transaction() as tx:
            now = self._clock()
            _refuse_second(tx, identity, request.kind)
            year = day_of(now).year
            draft = Application(
                number=receipt_number(place, year, tx.next_application_serial(place, year)),
                kind=request.kind,
                channel=request.channel,
                county=place,
                applicant=identity,
                bases=request.bases,
                guardian=checked_guardian(request.guardian, identity, today=day_of(now)),
                materials=checked_materials(request.materials),
                commitment=request.commitment,
            )
            submitted = steps.submit(draft, at=now)
            tx.add_application(submitted)
            details = {"kind": request.kind.value, "channel": request.channel.value}
            write_down(tx, submitted, "apply", actor, now, details, notice="submitted")
        return submitted

    def supplement(
        self, number: str, identity: VerifiedIdentity, materials: Sequence[Material]
    ) -> Application:
        """Documents added by the applicant; the clocks run again."""
        with self._storage.transaction() as tx:
            now = self._clock()
            waiting = _own(tx, number, identity)
            supplied = steps.supply(waiting, checked_materials(materials), at=now)
            tx.replace_application(supplied)
            details = {"documents": str(len(materials))}
            write_down(tx, supplied, "supplement", APPLICANT, now, details)
        return supplied

    def withdraw(self, number: str, identity: VerifiedIdentity) -> Application:
        """Taken back by the applicant, before it is decided."""
        with self._storage.transaction() as tx:
            now = self._clock()
            withdrawn = steps.withdraw(_own(tx, number, identity), at=now)
            tx.replace_application(withdrawn)
            write_down(tx, withdrawn, "withdraw", APPLICANT, now, {})
        return withdrawn

    def _refuse_untaken(self, request: Request, identity: VerifiedIdentity) -> None:
        if request.kind is not Kind.FIRST_PERMIT:
            raise ApplicationStateError(
                f"applications of the kind {request.kind} are not taken here",
                remedy="The officers of the county do it at the desk.",
            )
        if request.commitment is not None and not is_current(request.commitment):
            raise ApplicationStateError(
                "the commitment is to an older text", remedy="Read the present one and commit."
            )
        if is_demonstration(identity.citizen_id_number) and not self._allow_demo_ids:
            raise DeskError(
                "this citizen number is for demonstrations; nobody has it",
                remedy="A demonstration service sets ISSUER_ALLOW_DEMO_IDS=true.",
            )


def refuse_stranger(officer: Officer, place: str) -> None:
    """Raises ``DeskError`` where an officer acts on an application of another county."""
    if officer.county != place:
        raise DeskError(
            f"the application is of county {place}, the officer of {officer.county}",
            remedy=f"Officers of {place} decide about it.",
        )


def write_down(
    tx: IssuerTransaction,
    held: Application,
    act: str,
    actor: str,
    now: datetime,
    details: dict[str, str],
    *,
    notice: str = "",
) -> None:
    """The act in the audit log and, where one is due, the notice; part of ``tx``."""
    tx.record(Act(held.county, now, actor, act, held.number, details))
    if notice:
        tx.add_application_notice(ApplicationNotice(held.number, held.county, notice, now))


def _own(tx: IssuerReading, number: str, identity: VerifiedIdentity) -> Application:
    held = tx.application(number)
    if held.applicant.citizen_id_number != identity.citizen_id_number:
        # As for a number that nobody has: who guesses learns nothing.
        raise UnknownApplicationError(
            "no application has this number", remedy="Compare it with the receipt."
        )
    return held


def _actor(place: str, channel: Channel, officer: Officer | None) -> str:
    if (channel is Channel.COUNTER) != (officer is not None):
        raise DeskError("at the counter an officer enters the application, elsewhere nobody does")
    if officer is None:
        return APPLICANT
    check_ids([officer])
    refuse_stranger(officer, place)
    return officer.id


def _refuse_second(tx: IssuerReading, identity: VerifiedIdentity, kind: Kind) -> None:
    for held in tx.applications_of(identity.citizen_id_number):
        if held.open and held.kind is kind:
            raise ApplicationStateError(
                f"application {held.number} of the same kind is open",
                remedy="Wait for its decision, or withdraw it first.",
            )

"""What applicants do with an application: hand it in, supplement it, take it back.

Name, number, sex and birth date are those of the identity check; a form adds none of them
[ZJ]. Each act is one transaction with its audit entry and notice. At the counter an officer
enters the application for the person in front of them; conditions and queue are the same [ZJ].
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import (
    Application,
    Channel,
    Commitment,
    Guardian,
    Kind,
    Material,
    SeenDocument,
)
from issuer.application_checks import (
    checked_guardian,
    checked_materials,
    checked_statement,
    permit_held,
    receipt_number,
)
from issuer.application_storage import ApplicationNotice
from issuer.audit_log import Act
from issuer.eligibility_facts import Basis
from issuer.errors import ApplicationStateError, DeskError, UnknownApplicationError
from issuer.hand_in_checks import check_place, check_whole, permit_it_is_about
from issuer.identity_check import VerifiedIdentity
from issuer.officer import AT_THE_COUNTER, Officer, require
from issuer.phone_numbers import checked_phone
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from keys.clock import Clock
from schemas.civil_id import is_demonstration
from schemas.divisions import county
from schemas.endorsement_window import day_of

APPLICANT: Final = "applicant"
"""Who acted, in the audit log, where it was no officer."""


class Actor(Struct, frozen=True):
    """Who acts on an application, as the audit log says it."""

    id: str = APPLICANT
    role: str = ""
    """Of an officer, as ``issuer.officer.require`` gives it."""


class Request(Struct, frozen=True, kw_only=True):
    """A form filled in whole; nothing of it has been checked."""

    kind: Kind = Kind.FIRST_PERMIT
    channel: Channel
    county: str
    bases: frozenset[Basis]
    materials: tuple[Material, ...] = ()
    commitment: Commitment | None = None
    guardian: Guardian | None = None
    contact_phone: str = ""
    statement: str = ""
    seen: tuple[SeenDocument, ...] = ()


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
        """Handed in whole, with a receipt number; ``officer`` enters it at the counter.

        Raises:
            ApplicationStateError: as ``hand_in``, or an open application of this person and
                kind is there.
            DeskError: a demonstration number where those are not allowed, or an officer of
                another county.
            schemas.errors.InputError: a county, guardian or document that cannot be one.
        """
        place = county(request.county).code
        actor = actor_at(place, request.channel, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            refuse_second(tx, identity, request.kind)
            draft = Application(
                number="",
                kind=request.kind,
                channel=request.channel,
                county=place,
                applicant=identity,
                bases=request.bases,
                guardian=checked_guardian(request.guardian, identity, today=day_of(now)),
                contact_phone=checked_phone(request.contact_phone) if request.contact_phone else "",
                statement=checked_statement(request.statement),
                materials=checked_materials(request.materials),
                seen=request.seen,
                commitment=request.commitment,
            )
            return hand_in(tx, draft, actor, now, allow_demo_ids=self._allow_demo_ids)

    def supplement(
        self,
        number: str,
        identity: VerifiedIdentity,
        materials: Sequence[Material],
        *,
        officer: Officer | None = None,
    ) -> Application:
        """Documents added by the applicant, or for them at the counter; the clocks run again."""
        with self._storage.transaction() as tx:
            now = self._clock()
            waiting = own_application(tx, number, identity)
            actor = actor_for(waiting, officer)
            supplied = steps.supply(waiting, checked_materials(materials), at=now)
            tx.replace_application(supplied)
            details = {"documents": str(len(materials))}
            write_down(tx, supplied, "supplement", actor, now, details)
        return supplied

    def withdraw(
        self, number: str, identity: VerifiedIdentity, *, officer: Officer | None = None
    ) -> Application:
        """Taken back by the applicant, or for them at the counter, before it is decided."""
        with self._storage.transaction() as tx:
            now = self._clock()
            held = own_application(tx, number, identity)
            actor = actor_for(held, officer)
            withdrawn = steps.withdraw(held, at=now)
            tx.replace_application(withdrawn)
            write_down(tx, withdrawn, "withdraw", actor, now, {})
        return withdrawn


def hand_in(
    tx: IssuerTransaction,
    draft: Application,
    actor: Actor,
    now: datetime,
    *,
    allow_demo_ids: bool,
) -> Application:
    """The draft submitted under a receipt number, inside the caller's transaction.

    Raises:
        DeskError: a demonstration number where those are not allowed.
        DraftIncompleteError: a step is still to be done, above all the commitment.
        NoPermitError, WindowNotOpenError: there is no permit it could be about, or not yet.
        ApplicationStateError: its kind does not fit the place.
    """
    if is_demonstration(draft.applicant.citizen_id_number) and not allow_demo_ids:
        raise DeskError(
            "this citizen number is for demonstrations; nobody has it",
            remedy="A demonstration service sets ISSUER_ALLOW_DEMO_IDS=true.",
        )
    check_whole(draft)
    today, person = day_of(now), draft.applicant.citizen_id_number
    held = permit_it_is_about(draft.kind, permit_held(tx.permits_of(person)), today=today)
    check_place(draft.kind, draft.county, held)
    serial = tx.next_application_serial(draft.county, today.year)
    numbered = replace(
        draft,
        number=receipt_number(draft.county, today.year, serial),
        draft_number=draft.number,
        permit_number=held.number if held else "",
    )
    submitted = steps.submit(numbered, at=now)
    if draft.number:
        tx.remove_draft(draft.number)
    tx.add_application(submitted)
    if submitted.contact_phone:
        tx.put_contact(person, submitted.contact_phone)
    write_down(tx, submitted, "apply", actor, now, _how(submitted), notice="submitted")
    return submitted


def actor_at(place: str, channel: Channel, officer: Officer | None) -> Actor:
    """Who enters an application: at the counter an officer of the county, elsewhere nobody.

    Raises:
        DeskError: it is the other way round, or the officer may not.
    """
    if (channel is Channel.COUNTER) != (officer is not None):
        raise DeskError("at the counter an officer enters the application, elsewhere nobody does")
    if officer is None:
        return Actor()
    role = require(officer, AT_THE_COUNTER)
    refuse_stranger(officer, place)
    return Actor(officer.id, role)


def actor_for(held: Application, officer: Officer | None) -> Actor:
    """Who acts on an application that is there: its applicant, or an officer for them."""
    if officer is None:
        return Actor()
    role = require(officer, AT_THE_COUNTER)
    refuse_stranger(officer, held.county)
    return Actor(officer.id, role)


def refuse_stranger(officer: Officer, place: str) -> None:
    """Raises ``DeskError`` where an officer acts on an application of another county."""
    if officer.county != place:
        raise DeskError(
            f"the application is of county {place}, the officer of {officer.county}",
            remedy=f"Officers of {place} decide about it.",
        )


def refuse_second(tx: IssuerReading, identity: VerifiedIdentity, kind: Kind) -> None:
    """Raises ``ApplicationStateError`` where one of this person and kind is open."""
    for held in tx.applications_of(identity.citizen_id_number):
        if held.open and held.kind is kind:
            raise ApplicationStateError(
                f"application {held.number} of the same kind is open",
                remedy="Wait for its decision, or withdraw it first.",
            )


def own_application(tx: IssuerReading, number: str, identity: VerifiedIdentity) -> Application:
    """The application, if it is this person's. Raises ``UnknownApplicationError``."""
    held = tx.application(number)
    if held.applicant.citizen_id_number != identity.citizen_id_number:
        # As for a number that nobody has: who guesses learns nothing.
        raise UnknownApplicationError(
            "no application has this number", remedy="Compare it with the receipt."
        )
    return held


def write_down(
    tx: IssuerTransaction,
    held: Application,
    act: str,
    actor: Actor,
    now: datetime,
    details: Mapping[str, str],
    *,
    notice: str = "",
) -> None:
    """The act in the audit log and, where one is due, the notice; part of ``tx``."""
    tx.record(Act(held.county, now, actor.id, act, held.number, dict(details), actor.role))
    if notice:
        tx.add_application_notice(ApplicationNotice(held.number, held.county, notice, now))


def _how(submitted: Application) -> dict[str, str]:
    details = {"kind": submitted.kind.value, "channel": submitted.channel.value}
    for seen in submitted.seen:
        details[f"seen_{seen.whose.value}"] = f"{seen.document.value} by {seen.by}"
    return details

"""What officers do with applications: ask for more, look, grant, refuse; one transaction each.

Findings are made anew for the decision, on the registrations and permits of that moment; half
a year and ages are those of the day of application. Who comes second to a decision is told
that it was made. Steps are ``application_steps``', grounds ``eligibility``'s. [SC663 §9].
"""

from collections.abc import Iterable
from datetime import datetime

from issuer import application_steps as steps
from issuer.application import Application, Submitted
from issuer.application_checks import facts_of, particulars_of
from issuer.application_intake import refuse_stranger, write_down
from issuer.application_storage import ApplicationNotice
from issuer.desk import Grounds, Officer, check_ids, grant_in, words_of
from issuer.eligibility import Finding, failed, findings
from issuer.errors import ApplicationStateError, NotEligibleError
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerReading, IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of


class ApplicationDesk:
    """The acts of the officers of a county. All methods block.

    Args:
        storage: the register.
        residences: who is registered where.
        clock: gives ``now``.
        allow_demo_ids: whether invented citizen numbers are taken.
    """

    def __init__(
        self,
        storage: IssuerStorage,
        residences: ResidenceRegister,
        clock: Clock,
        *,
        allow_demo_ids: bool = False,
    ) -> None:
        self._storage = storage
        self._residences = residences
        self._clock = clock
        self._allow_demo_ids = allow_demo_ids

    def request_supplement(
        self, number: str, officer: Officer, wanted: Iterable[str]
    ) -> Application:
        """What is lacking, told once and completely; the clocks stop."""
        with self._storage.transaction() as tx:
            now = self._clock()
            held = application_for(tx, number, officer)
            asked = steps.request_supplement(held, wanted, by=officer.id, at=now)
            tx.replace_application(asked)
            details = {"wanted": " | ".join(asked.supplements[-1].wanted)}
            write_down(
                tx, asked, "ask_supplement", officer.id, now, details, notice="supplement_wanted"
            )
        return asked

    def findings(self, number: str, officer: Officer) -> tuple[Finding, ...]:
        """Every ground as it stands now; the look is written down."""
        registrations = self._registrations(number)
        with self._storage.transaction() as tx:
            now = self._clock()
            held = application_for(tx, number, officer)
            write_down(tx, held, "look", officer.id, now, {})
            return _findings(tx, held, registrations, now, materials_false=False)

    def grant(self, number: str, officer: Officer) -> Permit:
        """Decided for the applicant: permit, decision, audit entries and notice at once.

        Raises:
            ApplicationStateError: it waits for no decision, perhaps because there is one.
            NotEligibleError: a ground fails now, whatever was found earlier.
            DeskError, schemas.errors.InputError: as ``Desk.grant``.
        """
        registrations = self._registrations(number)
        with self._storage.transaction() as tx:
            now = self._clock()
            held = application_for(tx, number, officer)
            _refuse_undecidable(held)
            against = failed(_findings(tx, held, registrations, now, materials_false=False))
            if against:
                raise NotEligibleError(
                    f"grounds that failed: {', '.join(finding.code for finding in against)}",
                    remedy="Ask for what is lacking, or refuse it; a refusal names each ground.",
                )
            particulars = particulars_of(held, registrations, on=day_of(now))
            permit = grant_in(tx, particulars, officer, now, allow_demo_ids=self._allow_demo_ids)
            granted = steps.grant(held, permit_number=permit.number, by=officer.id, at=now)
            tx.replace_application(granted)
            # The permit's own notice is the message: two about one decision would confuse.
            details = {"permit": permit.number}
            write_down(tx, granted, "grant_application", officer.id, now, details)
        return permit

    def refuse(
        self, number: str, officer: Officer, grounds: Grounds, *, materials_false: bool = False
    ) -> Application:
        """Decided against the applicant, by every ground that fails now.

        Raises:
            ApplicationStateError: it waits for no decision, or no ground fails.
            DeskError: an officer of another county, or no reason or legal basis is given.
        """
        words = words_of(grounds)
        registrations = self._registrations(number)
        with self._storage.transaction() as tx:
            now = self._clock()
            held = application_for(tx, number, officer)
            _refuse_undecidable(held)
            found = _findings(tx, held, registrations, now, materials_false=materials_false)
            refused = steps.refuse(held, failed(found), by=officer.id, at=now)
            tx.replace_application(refused)
            grounds_failed = {"grounds": ",".join(finding.code for finding in failed(found))}
            notice = ApplicationNotice(number, held.county, "refused", now, grounds_failed)
            tx.add_application_notice(notice)
            details = grounds_failed | words
            write_down(tx, refused, "refuse_application", officer.id, now, details)
        return refused

    def _registrations(self, number: str) -> list[ResidenceRegistration]:
        # Before the transaction: another register may be asked over a network.
        with self._storage.reading() as register:
            person = register.application(number).applicant.citizen_id_number
        return self._residences.registrations_of(person)


def application_for(tx: IssuerReading, number: str, officer: Officer) -> Application:
    """The application, if this officer decides about it.

    Raises:
        UnknownApplicationError: no application has this number.
        DeskError: it is another county's, or the officer's id is none.
    """
    check_ids([officer])
    held = tx.application(number)
    refuse_stranger(officer, held.county)
    return held


def _refuse_undecidable(held: Application) -> None:
    if not isinstance(held.state, Submitted):
        raise ApplicationStateError(
            f"the application is {held.stage}; it waits for no decision",
            remedy="Look at its state again.",
        )


def _findings(
    tx: IssuerReading,
    held: Application,
    registrations: list[ResidenceRegistration],
    now: datetime,
    *,
    materials_false: bool,
) -> tuple[Finding, ...]:
    permits = tx.permits_of(held.applicant.citizen_id_number)
    facts = facts_of(held, registrations, permits, on=day_of(now), materials_false=materials_false)
    return findings(facts, today=day_of(held.submitted_at or now))

"""What officers do with applications: ask for more, grant, refuse; one transaction each.

Findings are made anew for the decision, on the registrations and permits of that moment; half
a year, ages and windows are those of the day of application. Who comes second to a decision is
told that it was made. An exemption takes two officers who decide: one proposes, another
confirms. Steps are ``application_steps``', grounds ``eligibility``'s, and what becomes of the
permit ``permit_changes``'. Sources: [ZJ], [SC663 §9].
"""

from collections.abc import Iterable

from issuer import application_steps as steps
from issuer.application import Application, Kind, Submitted
from issuer.application_checks import needs_second_officer
from issuer.application_errors import SecondOpinionError
from issuer.application_findings import weigh
from issuer.application_intake import Actor, refuse_stranger, write_down
from issuer.application_storage import ApplicationNotice
from issuer.desk import Grounds, words_of
from issuer.eligibility import Finding, failed
from issuer.errors import ApplicationStateError
from issuer.officer import AT_THE_COUNTER, DECIDERS, READERS, Officer, Role, require
from issuer.permit import Permit
from issuer.permit_changes import Decision, carry_out
from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerReading, IssuerStorage
from keys.clock import Clock


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
            held, actor = application_for(tx, number, officer, allowed=AT_THE_COUNTER)
            asked = steps.request_supplement(held, wanted, by=officer.id, at=now)
            tx.replace_application(asked)
            details = {"wanted": " | ".join(asked.supplements[-1].wanted)}
            write_down(tx, asked, "ask_supplement", actor, now, details, notice="supplement_wanted")
        return asked

    def findings(self, number: str, officer: Officer) -> tuple[Finding, ...]:
        """Every ground as it stands now; the look is written down."""
        registrations = self._registrations(number, officer, allowed=READERS)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer, allowed=READERS)
            write_down(tx, held, "look", actor, now, {})
            return weigh(tx, held, registrations, now).findings

    def grant(self, number: str, officer: Officer) -> Permit:
        """Decided for the applicant: permit, decision, audit entries and notice at once.

        What is done to the permit follows from the kind of application.

        Raises:
            ApplicationStateError: it waits for no decision, perhaps because there is one.
            SecondOpinionError: an exemption decides, which takes ``second_opinion`` first.
            NotEligibleError: a ground fails now, whatever was found earlier.
            PermitStateError, DeskError, schemas.errors.InputError: as ``permit_changes``.
        """
        return self._grant(number, officer, confirmed=False)

    def second_opinion(self, number: str, officer: Officer) -> Application:
        """Ask another officer to confirm what this one would grant; for exemptions.

        Raises:
            ApplicationStateError, NotEligibleError: as ``grant``.
            SecondOpinionError: it was proposed already, or one officer is enough.
        """
        registrations = self._registrations(number, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer)
            refuse_undecidable(held)
            found = weigh(tx, held, registrations, now)
            found.refuse_failed()
            if not needs_second_officer(found.facts):
                raise SecondOpinionError(
                    "no exemption decides here, so one officer is enough", remedy="Grant it."
                )
            proposed = steps.propose_grant(held, by=officer.id, at=now)
            tx.replace_application(proposed)
            write_down(tx, proposed, "propose_grant", actor, now, {})
        return proposed

    def confirm(self, number: str, officer: Officer) -> Permit:
        """The second officer grants what the first one proposed.

        Raises:
            SecondOpinionError: nothing was proposed, or by the same officer.
            ApplicationStateError, NotEligibleError: as ``grant``.
        """
        return self._grant(number, officer, confirmed=True)

    def disagree(self, number: str, officer: Officer, grounds: Grounds) -> Application:
        """The second officer would not grant it: it is looked at anew, nothing is decided."""
        words = words_of(grounds)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer)
            dropped = steps.drop_proposal(held)
            tx.replace_application(dropped)
            proposed_by = held.proposal.by if held.proposal else ""
            write_down(tx, dropped, "disagree", actor, now, {**words, "proposed_by": proposed_by})
        return dropped

    def refuse(
        self, number: str, officer: Officer, grounds: Grounds, *, materials_false: bool = False
    ) -> Application:
        """Decided against the applicant, by every ground that fails now.

        A permit that it is about stays as it is: one whose endorsement is refused can be used
        through its last day *(ours)*.

        Raises:
            ApplicationStateError: it waits for no decision, or no ground fails.
            DeskError: an officer of another county, or no reason or legal basis is given.
        """
        words = words_of(grounds)
        registrations = self._registrations(number, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer)
            refuse_undecidable(held)
            found = weigh(tx, held, registrations, now, materials_false=materials_false)
            against = failed(found.findings)
            refused = steps.refuse(held, against, by=officer.id, at=now)
            tx.replace_application(refused)
            details = {"grounds": ",".join(finding.code for finding in against)}
            kind = "endorsement_refused" if held.kind is Kind.ENDORSEMENT else "refused"
            tx.add_application_notice(
                ApplicationNotice(held.number, held.county, kind, now, details)
            )
            write_down(tx, refused, "refuse_application", actor, now, details | words)
        return refused

    def _grant(self, number: str, officer: Officer, *, confirmed: bool) -> Permit:
        registrations = self._registrations(number, officer)
        with self._storage.transaction() as tx:
            now = self._clock()
            held, actor = application_for(tx, number, officer)
            refuse_undecidable(held)
            found = weigh(tx, held, registrations, now)
            found.refuse_failed()
            if confirmed:
                steps.confirm_grant(held, by=officer.id)
            elif needs_second_officer(found.facts):
                raise SecondOpinionError(
                    "an exemption takes two officers who decide",
                    remedy="Ask for a second opinion; another officer confirms it.",
                )
            decision = Decision(held, registrations, officer, now, self._allow_demo_ids)
            permit = carry_out(tx, decision)
            granted = steps.grant(held, permit_number=permit.number, by=officer.id, at=now)
            tx.replace_application(granted)
            # The permit's own notice is the message: two about one decision would confuse.
            details = {"permit": permit.number}
            if confirmed and held.proposal is not None:
                details["proposed_by"] = held.proposal.by
            write_down(tx, granted, "grant_application", actor, now, details)
        return permit

    def _registrations(
        self, number: str, officer: Officer, *, allowed: frozenset[Role] = DECIDERS
    ) -> list[ResidenceRegistration]:
        # Before the transaction: another register may be asked over a network. And not before
        # it is clear that this officer may know.
        with self._storage.reading() as register:
            held, _ = application_for(register, number, officer, allowed=allowed)
        return self._residences.registrations_of(held.applicant.citizen_id_number)


def application_for(
    tx: IssuerReading, number: str, officer: Officer, *, allowed: frozenset[Role] = DECIDERS
) -> tuple[Application, Actor]:
    """The application, if this officer acts on it, and how the audit log names them.

    Raises:
        UnknownApplicationError: no application has this number.
        DeskError: it is another county's, or no role of the officer is ``allowed``.
    """
    role = require(officer, allowed)
    held = tx.application(number)
    refuse_stranger(officer, held.county)
    return held, Actor(officer.id, role)


def refuse_undecidable(held: Application) -> None:
    """Raises ``ApplicationStateError`` unless it waits for a decision."""
    if not isinstance(held.state, Submitted):
        raise ApplicationStateError(
            f"the application is {held.stage}; it waits for no decision",
            remedy="Look at its state again.",
        )

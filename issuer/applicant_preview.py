"""What an applicant can know beforehand: where they are registered, and what would be found.

Findings are those of the moment, made on the draft as it is. They decide nothing: an officer
makes them anew, and the law lets anybody apply. All methods block. Sources: [ZJ], [SC663 §2].
"""

from issuer.application import Application
from issuer.application_checks import facts_of
from issuer.eligibility import Finding, findings
from issuer.identity_check import VerifiedIdentity
from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerStorage
from keys.clock import Clock
from schemas.endorsement_window import day_of


class ApplicantPreview:
    """Looks at the registers for the person themselves."""

    def __init__(self, storage: IssuerStorage, residences: ResidenceRegister, clock: Clock) -> None:
        self._storage = storage
        self._residences = residences
        self._clock = clock

    def registrations(self, identity: VerifiedIdentity) -> list[ResidenceRegistration]:
        """The person's registrations that hold today, the latest first."""
        today = day_of(self._clock())
        held = self._residences.registrations_of(identity.citizen_id_number)
        holding = [registration for registration in held if registration.holds_on(today)]
        return sorted(holding, key=lambda held: held.registered_on, reverse=True)

    def findings(self, draft: Application) -> tuple[Finding, ...]:
        """What would be found if the draft were handed in today; nothing without a county."""
        if not draft.county:
            return ()
        today = day_of(self._clock())
        person = draft.applicant.citizen_id_number
        registrations = self._residences.registrations_of(person)
        with self._storage.reading() as register:
            permits = register.permits_of(person)
            earlier = register.applications_of(person)
        facts = facts_of(draft, registrations, permits, on=today, earlier=earlier)
        return findings(facts, today=today)

"""The findings about an application, on what the register holds at the moment of asking.

Half a year, ages and windows are those of the day of application; registrations and permits
are those of now. The grounds are ``eligibility``'s.
"""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from issuer.application import Application, Granted
from issuer.application_checks import facts_of
from issuer.eligibility import Facts, Finding, failed, findings
from issuer.errors import NotEligibleError
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerReading
from schemas.endorsement_window import day_of


class Weighed(Struct, frozen=True):
    """What the rules looked at, and what they found."""

    facts: Facts
    findings: tuple[Finding, ...]
    asked_on: date
    """The day of application, Asia/Shanghai."""

    def refuse_failed(self) -> None:
        """Raises ``NotEligibleError``, naming each ground that failed, if one did."""
        if against := failed(self.findings):
            raise NotEligibleError(
                f"grounds that failed: {', '.join(finding.code for finding in against)}",
                remedy="Ask for what is lacking, or refuse it; a refusal names each ground.",
            )


def weigh(
    register: IssuerReading,
    held: Application,
    registrations: Sequence[ResidenceRegistration],
    now: datetime,
    *,
    materials_false: bool = False,
) -> Weighed:
    """Every ground that concerns the application; ``registrations`` are all of the person's."""
    person = held.applicant.citizen_id_number
    facts = facts_of(
        held,
        registrations,
        register.permits_of(person),
        on=day_of(now),
        earlier=register.applications_of(person),
        materials_false=materials_false,
    )
    asked_on = day_of(held.submitted_at or now)
    return Weighed(facts, findings(facts, today=asked_on), asked_on)


def permit_of_application(register: IssuerReading, held: Application) -> Permit | None:
    """The permit an application led to, or else is about."""
    granted = held.state.permit_number if isinstance(held.state, Granted) else ""
    number = granted or held.permit_number
    return register.permit(number) if number else None

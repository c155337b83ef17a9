"""Endorsements that need no officer: where registration and ground still stand *(ours)*.

Off by default, see ``Settings.auto_endorse``. Only what asks for nothing but another year on
the same ground is done: every finding is in favour and no new document has to be looked at.
Everything else waits for an officer as ever, and so does everything that is late.
"""

from issuer import application_steps as steps
from issuer.application import Application, Kind, Submitted
from issuer.application_findings import weigh
from issuer.application_intake import Actor, write_down
from issuer.application_storage import BriefQuery
from issuer.eligibility_facts import Finding, Outcome
from issuer.permit_changes import AUTOMATIC, Decision, carry_out
from issuer.residence_register import ResidenceRegister
from issuer.storage import IssuerStorage
from keys.clock import Clock


def endorse_automatically(
    storage: IssuerStorage, residences: ResidenceRegister, clock: Clock
) -> list[Application]:
    """Grant every endorsement that needs no officer; blocks.

    Each is a block of its own, so that it can be broken off and begun again. Gives those that
    were granted, as they are then.
    """
    query = BriefQuery(only_open=True, stage="submitted", kind=Kind.ENDORSEMENT)
    with storage.reading() as register:
        waiting = [brief.number for brief in register.application_briefs(query)]
    return [
        granted
        for number in waiting
        if (granted := _endorse(storage, residences, clock, number)) is not None
    ]


def _endorse(
    storage: IssuerStorage, residences: ResidenceRegister, clock: Clock, number: str
) -> Application | None:
    with storage.reading() as register:
        person = register.application(number).applicant.citizen_id_number
    registrations = residences.registrations_of(person)
    with storage.transaction() as tx:
        now = clock()
        held = tx.application(number)
        weighed = weigh(tx, held, registrations, now)
        permit = weighed.facts.permit
        if (
            not isinstance(held.state, Submitted)
            or permit is None
            or permit.lapsed_on(weighed.asked_on)
            or held.materials
            or not held.bases <= weighed.facts.proven_before
            or _any_failed(weighed.findings)
        ):
            return None
        decision = Decision(held, registrations, None, now, allow_demo_ids=False)
        endorsed = carry_out(tx, decision)
        granted = steps.grant(held, permit_number=endorsed.number, by=AUTOMATIC, at=now)
        tx.replace_application(granted)
        details = {"permit": endorsed.number}
        write_down(tx, granted, "grant_application", Actor(AUTOMATIC), now, details)
    return granted


def _any_failed(found: tuple[Finding, ...]) -> bool:
    return any(finding.outcome is Outcome.FAILED for finding in found)

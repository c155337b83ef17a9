"""What granting an application does to permits, one way for each kind; in the caller's block.

A first permit is granted. An endorsement asked for in time counts from the day it was asked
for *(ours)*: how long the authority took must not make it late. A replacement retires the
copies that are out; a change of data inside the unit corrects the permit and does the same;
both leave number, dates and endorsements alone. A move ends the permit there and grants one
here in one block, so there is neither a gap nor a moment with two. Sources: [ZJ],
[ZJ-REG §19], [SC663 §10, §11].
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from issuer import permit as rules
from issuer import permit_acts as acts
from issuer.application import Application, Kind
from issuer.application_checks import particulars_of, permit_held
from issuer.audit_log import Act
from issuer.cancel_cause import CancelCause
from issuer.desk import grant_in
from issuer.eligibility_facts import STAYS_IN_COUNTY
from issuer.errors import PermitStateError
from issuer.officer import DECIDERS, Officer, require
from issuer.particulars import address, resident_of
from issuer.permit import Permit
from issuer.permit_acts import Acting
from issuer.permit_corrections import correct, reissue
from issuer.permit_grounds import changes_between
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerTransaction
from schemas.divisions import county
from schemas.endorsement_window import day_of
from schemas.status_list import INVALID

REPORT_DAYS: Final = 10
"""Natural days in which a change inside the unit is to be reported [ZJ-REG §19]."""
AUTOMATIC: Final = "automatic-endorsement"
"""Who the audit log says endorsed where no officer had to."""
_MOVED_BY: Final = "居住证暂行条例"
"""The regulations a permit of the old place ends by [SC663 §11]."""


class Decision(Struct, frozen=True):
    """An application that is to be granted, with what the decision stands on."""

    application: Application
    registrations: Sequence[ResidenceRegistration]
    officer: Officer | None
    """None: the service itself, where a setting lets it."""
    now: datetime
    allow_demo_ids: bool

    @property
    def acting(self) -> Acting:
        """Who acts, for the audit log, which also names the application."""
        within = {"application": self.application.number}
        if self.officer is None:
            return Acting(AUTOMATIC, "", self.now, within)
        return Acting(self.officer.id, require(self.officer, DECIDERS), self.now, within)


def carry_out(tx: IssuerTransaction, decision: Decision) -> Permit:
    """Do what the application asks for, and give the permit as it is then.

    Raises:
        PermitStateError: the permit's state does not allow it.
        NotEligibleError, schemas.errors.InputError: particulars that no permit can carry.
    """
    return _ACTS[decision.application.kind](tx, decision)


def _grant_first(tx: IssuerTransaction, decision: Decision, *, notice: str = "granted") -> Permit:
    if decision.officer is None:
        raise PermitStateError("permits are granted by officers")
    particulars = particulars_of(
        decision.application, decision.registrations, on=day_of(decision.now)
    )
    return grant_in(
        tx,
        particulars,
        decision.officer,
        decision.now,
        allow_demo_ids=decision.allow_demo_ids,
        notice=notice,
    )


def _endorse(tx: IssuerTransaction, decision: Decision) -> Permit:
    held, acting = _held(tx, decision), decision.acting
    today = day_of(decision.now)
    asked_on = day_of(decision.application.submitted_at or decision.now)
    on = today if held.lapsed_on(asked_on) else asked_on
    endorsed = rules.endorse(held, on=on, by=acting.officer_id)
    tx.replace_permit(endorsed)
    details = {
        "usable_through": endorsed.usable_through.isoformat(),
        "late": "yes" if held.lapsed_on(on) else "no",
        "asked_on": asked_on.isoformat(),
    }
    acts.write_down(tx, endorsed, "endorse", acting, details, notice="endorsed")
    return endorsed


def _replace(tx: IssuerTransaction, decision: Decision) -> Permit:
    words = {"reason": decision.application.statement} if decision.application.statement else {}
    return acts.replace_in(tx, _held(tx, decision), decision.acting, words)


def _change(tx: IssuerTransaction, decision: Decision) -> Permit:
    held, acting, application = _held(tx, decision), decision.acting, decision.application
    today = day_of(decision.now)
    particulars = particulars_of(application, decision.registrations, on=today)
    corrected = correct(
        held,
        resident=resident_of(particulars, today=today),
        residence_address=address(particulars.residence_address),
        county_code=application.county,
    )
    changed = changes_between(
        held, corrected.resident, corrected.residence_address, corrected.county
    )
    tx.replace_permit(corrected)
    tx.retire_copies(held.number)
    details = {"changed": ",".join(changed)}
    if "residence_address" in changed:
        asked_on = day_of(application.submitted_at or decision.now)
        in_time = asked_on <= particulars.residence_registered_on + timedelta(days=REPORT_DAYS)
        details["reported"] = "in_time" if in_time else "late"
    if corrected.county != held.county:
        _refuse_proposed(tx, held)
        details["from_county"] = held.county
        _tell_county(tx, held, acting, "hand_over", {"to_county": corrected.county})
    acts.write_down(tx, corrected, "change", acting, details, notice="changed")
    return corrected


def _move(tx: IssuerTransaction, decision: Decision) -> Permit:
    held, acting = _held(tx, decision), decision.acting
    _refuse_proposed(tx, held)
    # Under an order nobody moves on: ``reissue`` says what has to be done first.
    ended = rules.cancel(
        reissue(held),
        cause=CancelCause.MOVED_AWAY,
        by=acting.officer_id,
        reason=f"moved to county {decision.application.county}",
        legal_basis=_MOVED_BY,
        at=decision.now,
    )
    tx.replace_permit(ended)
    tx.set_permit_status(held.number, INVALID)
    granted = _grant_first(tx, decision, notice="moved")
    details = {"to_county": granted.county, "to_permit": granted.number}
    _tell_county(tx, ended, acting, "move_away", details)
    return granted


def _tell_county(
    tx: IssuerTransaction, held: Permit, acting: Acting, act: str, details: dict[str, str]
) -> None:
    """The entry in the chain of the county that had the permit; the notice is the other's."""
    entry = Act(
        county=held.county,
        at=acting.now,
        actor=acting.officer_id,
        act=act,
        permit_number=held.number,
        details=details | acting.within,
        role=acting.role,
    )
    tx.record(entry)


def _held(tx: IssuerTransaction, decision: Decision) -> Permit:
    application = decision.application
    held = permit_held(tx.permits_of(application.applicant.citizen_id_number))
    if held is None or held.number != application.permit_number:
        raise PermitStateError(
            "the permit has ended for good; only a new one can be granted",
            remedy="Refuse it; a refusal names each ground.",
        )
    if application.kind in STAYS_IN_COUNTY and county(held.county) != county(application.county):
        raise PermitStateError(
            f"the permit is of county {held.county} by now",
            remedy="Refuse it; a refusal names each ground.",
        )
    return held


def _refuse_proposed(tx: IssuerTransaction, held: Permit) -> None:
    """Nobody moves on from under a proposal to revoke, no more than from under an order."""
    for proposal in tx.proposals(held.county, open_only=True):
        if proposal.permit_number == held.number:
            raise PermitStateError(
                f"it is proposed to revoke the permit ({proposal.id})",
                remedy=f"Officers of {held.county} confirm or reject that first.",
            )


_ACTS: Final[dict[Kind, Callable[[IssuerTransaction, Decision], Permit]]] = {
    Kind.FIRST_PERMIT: _grant_first,
    Kind.ENDORSEMENT: _endorse,
    Kind.REPLACEMENT: _replace,
    Kind.CHANGE_OF_DATA: _change,
    Kind.MOVE: _move,
}

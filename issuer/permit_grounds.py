"""Grounds about the permit that an application wants endorsed, replaced, changed or moved.

Each rule answers for one ground, see ``eligibility_facts``; all are pure. A permit that an
officer suspended waits for its order to be lifted: none of these ways leads around an inquiry.
One that only lapsed is as good as a usable one here. Sources: [ZJ], [ZJ-REG §19], [SC663 §10].
"""

from issuer.eligibility_facts import STAYS_IN_COUNTY, Answer, Case, Kind
from issuer.particulars import Resident
from issuer.permit import Permit
from schemas.divisions import county
from schemas.endorsement_window import next_window


def permit_stands(case: Case) -> Answer:
    """There is a permit, of the county that decides about it, and no order on it."""
    held = case.facts.permit
    if held is None or held.ended:
        return "permit_ended"
    if case.facts.kind in STAYS_IN_COUNTY and county(held.county) != case.place:
        return "other_county"  # handed over since the application came in
    return held.order is None or "permit_suspended"


def window_is_open(case: Case) -> Answer:
    """The day of application lies in the window or behind it, when it is late but welcome."""
    held = case.facts.permit
    if held is None:
        return False
    opens_on = next_window(held.issued_on, held.usable_through).opens_on
    return opens_on <= case.today or "window_not_open"


def right_unit(case: Case) -> Answer:
    """A move leaves the permit's unit; a change of data stays inside it [ZJ-REG §19]."""
    held = case.facts.permit
    if held is None:
        return False
    inside = county(held.county).unit == case.place.unit
    if case.facts.kind is Kind.MOVE:
        return "same_unit" if inside else True
    return inside or "other_unit"


def something_changes(case: Case) -> Answer:
    """The permit says something else than identity check and registration say now."""
    if case.facts.permit is None:
        return False
    return bool(case.facts.changes) or "nothing_changed"


def changes_between(
    held: Permit, resident: Resident, residence_address: str, county_code: str
) -> tuple[str, ...]:
    """Names of the fields in which the permit differs from what is right now."""
    fields = Resident.__struct_fields__
    changed = [name for name in fields if getattr(held.resident, name) != getattr(resident, name)]
    if held.residence_address != residence_address:
        changed.append("residence_address")
    if county(held.county) != county(county_code):
        changed.append("county")
    return tuple(changed)

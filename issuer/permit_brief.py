"""A permit as lists and headings show it: enough to tell people apart, and no more. Pure.

Name, the last four characters of the citizen number, and how the permit stands. A list of these
is no look at a record, so it has no entry in the audit log; everything else about a person is
behind ``PermitRecords.record``, which writes one [SC663 §17]. Days are Asia/Shanghai.
"""

from datetime import date

from msgspec import Struct

from issuer.permit import Permit, Standing
from schemas.endorsement_window import EndorsementWindow, next_window


class PermitBrief(Struct, frozen=True, kw_only=True):
    """One permit, named."""

    number: str
    name: str
    tail: str
    """The last four characters of the citizen number."""
    standing: Standing
    usable_through: date
    window: EndorsementWindow
    window_open: bool
    """The next endorsement can be made; never of a permit that has ended."""


def brief_of(permit: Permit, today: date) -> PermitBrief:
    """The permit as it stands ``today``."""
    window = next_window(permit.issued_on, permit.usable_through)
    return PermitBrief(
        number=permit.number,
        name=permit.resident.name,
        tail=permit.resident.citizen_id_number[-4:],
        standing=permit.standing_on(today),
        usable_through=permit.usable_through,
        window=window,
        window_open=window.opens_on <= today and not permit.ended,
    )

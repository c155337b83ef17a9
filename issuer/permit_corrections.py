"""A permit that goes on with new copies: replaced, or with its contents put right. Pure.

All copies that are out are retired with it; that is the caller's part. Sources: [SC663 §11],
[ZJ-REG §19].
"""

from msgspec.structs import replace

from issuer.errors import PermitStateError
from issuer.particulars import Resident
from issuer.permit import Permit
from schemas.divisions import county


def reissue(permit: Permit) -> Permit:
    """Good for new copies in place of all that are out: a device was lost, a copy damaged.

    Number, dates and endorsements stay [SC663 §11]. One that lapsed stays lapsed.

    Raises:
        PermitStateError: ended, or suspended by order.
    """
    if permit.ended:
        raise PermitStateError("the permit has ended for good; only a new one can be granted")
    if permit.order is not None:
        raise PermitStateError(
            "the permit is suspended by order",
            remedy="Another officer restores it first; then it can be replaced or changed.",
        )
    return permit


def correct(
    permit: Permit, *, resident: Resident, residence_address: str, county_code: str
) -> Permit:
    """What the permit says put right; number, dates, endorsements and residence count stay.

    ``county_code`` may be another district of the same unit, which then decides about the permit
    [ZJ-REG §19].

    Raises:
        PermitStateError: ended, suspended by order, or the county lies in another unit.
    """
    if county(county_code).unit != county(permit.county).unit:
        raise PermitStateError(
            f"county {county_code} lies in another unit than {permit.county}",
            remedy="That is a move: the permit ends and a new one is granted there.",
        )
    return replace(
        reissue(permit), resident=resident, residence_address=residence_address, county=county_code
    )

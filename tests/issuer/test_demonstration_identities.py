"""The invented people of the simulated identity check can be nobody, and fit the rules."""

from datetime import date

import pytest

from issuer.demonstration import PEOPLE
from issuer.demonstration_identities import demonstration_identities
from issuer.identity_check import SimulatedIdentityCheck, VerifiedIdentity
from issuer.particulars import Particulars, resident_of
from schemas.civil_id import is_demonstration

TODAY = date(2026, 11, 23)
IDENTITIES = demonstration_identities(today=TODAY)


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=lambda i: i.citizen_id_number)
def test_nobody_has_these_numbers_and_a_permit_could_carry_the_rest(
    identity: VerifiedIdentity,
) -> None:
    resident = resident_of(
        Particulars(
            name=identity.name,
            citizen_id_number=identity.citizen_id_number,
            ethnic_group=identity.ethnic_group,
            registered_address=identity.registered_address,
            residence_address="示范路1号",
            residence_registered_on=TODAY,
            portrait=identity.portrait,
        ),
        today=TODAY,
    )

    assert is_demonstration(identity.citizen_id_number)
    assert (resident.sex, resident.birthdate) == (identity.sex, identity.birthdate)
    assert resident.name == identity.name


def test_everybody_of_the_demonstration_passes_the_check() -> None:
    check = SimulatedIdentityCheck(IDENTITIES)

    assert len(IDENTITIES) == len(PEOPLE) + 7
    assert [check.verify(p.citizen_id_number).name for p in PEOPLE] == [p.name for p in PEOPLE]

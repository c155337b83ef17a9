"""The simulated identity check: passes whom it knows, and tells nothing of others."""

from datetime import date

import pytest

from issuer.errors import IdentityCheckError
from issuer.identity_check import SimulatedIdentityCheck, VerifiedIdentity
from schemas.civil_id import Sex

PERSON = VerifiedIdentity(
    name="林样例",
    citizen_id_number="52000019920512000X",
    sex=Sex.FEMALE,
    birthdate=date(1992, 5, 12),
    ethnic_group="01",
    household_code="520100",
    registered_address="贵州省贵阳市示范路1号",
    portrait=b"\xff\xd8\xff",
)
CHECK = SimulatedIdentityCheck({PERSON.citizen_id_number: PERSON})


@pytest.mark.parametrize("typed", ["52000019920512000X", "520000 19920512 000x"])
def test_r19_what_comes_back_is_the_register_s(typed: str) -> None:
    assert CHECK.verify(typed) == PERSON


@pytest.mark.parametrize("typed", ["", "520000199205120001", "430000198506160017"])
def test_whoever_is_not_passed_is_told_the_other_way(typed: str) -> None:
    with pytest.raises(IdentityCheckError, match="at the counter") as caught:
        CHECK.verify(typed)

    assert not typed or typed not in str(caught.value)

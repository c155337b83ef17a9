"""Who a campaign would leave as they are, by name: the same that its preview counts."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.batch import Outcome
from issuer.campaign import Due
from issuer.campaign_left_out import CampaignLeftOut
from issuer.campaigns import Campaigns
from issuer.desk import Desk, Grounds
from issuer.errors import DeskError
from issuer.officer import ALL_ROLES, Officer, Role
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences

NOW = datetime(2027, 11, 1, 4, tzinfo=UTC)
LI = Officer("li-3", "330302", ALL_ROLES)


def clock() -> datetime:
    return NOW


@pytest.fixture
def numbers(storage: IssuerStorage, permit: Permit) -> list[str]:
    """Of four permits in their window: suspended, unregistered, and two that can be endorsed."""
    more = [
        replace(
            permit,
            number=f"{permit.number}{n}",
            resident=replace(permit.resident, citizen_id_number=f"{n:018d}"),
        )
        for n in range(1, 4)
    ]
    everybody = [permit, *more]
    with storage.transaction() as tx:
        for one in more:
            tx.add_permit(one)
        tx.put_registrations(
            ResidenceRegistration(one.resident.citizen_id_number, one.county, "x", date(2026, 1, 1))
            for one in everybody
            if one is not more[0]
        )
    Desk(storage, clock).suspend(permit.number, LI, Grounds("示范", "示范"))
    return [one.number for one in everybody]


@pytest.fixture
def left_out(storage: IssuerStorage) -> CampaignLeftOut:
    return CampaignLeftOut(storage, StoredResidences(storage), clock)


def test_each_is_named_with_its_reason(left_out: CampaignLeftOut, numbers: list[str]) -> None:
    found = left_out.listed(LI, Due.IN_WINDOW, limit=10)

    assert [(line.permit_number, line.why) for line in found] == [
        (numbers[0], Outcome.SUSPENDED),
        (numbers[1], Outcome.NOT_REGISTERED),
    ]
    assert {line.usable_through for line in found} == {date(2027, 11, 23)}
    assert left_out.listed(LI, Due.IN_WINDOW, limit=1) == found[:1]
    assert left_out.listed(LI, Due.LAPSED, limit=10) == []


@pytest.mark.parametrize("due", list(Due))
def test_the_list_and_the_preview_agree(
    left_out: CampaignLeftOut, storage: IssuerStorage, numbers: list[str], due: Due
) -> None:
    preview = Campaigns(storage, StoredResidences(storage), clock).preview(LI, due)
    found = left_out.listed(LI, due, limit=100)

    assert Counter(line.why for line in found) == preview.left_out
    assert preview.count == (0 if due is Due.LAPSED else 2)


def test_it_is_for_who_may_start_a_campaign_in_this_county(
    left_out: CampaignLeftOut, numbers: list[str]
) -> None:
    auditor = Officer("zhao-7", "330302", frozenset({Role.AUDITOR}))
    with pytest.raises(DeskError):
        left_out.listed(auditor, Due.BOTH, limit=10)

    assert left_out.listed(Officer("li-3", "330304", ALL_ROLES), Due.BOTH, limit=10) == []

"""What an applicant can know beforehand, which decides nothing."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from issuer.applicant_preview import ApplicantPreview
from issuer.application import Application, Channel, Kind
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis, failed
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from schemas.endorsement_window import start_of_day

TODAY = date(2026, 11, 23)
LIN = demonstration_identities(today=TODAY)["52000019920512000X"]
DRAFT = Application(
    number="CG1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="330302",
    applicant=LIN,
    bases=frozenset({Basis.STABLE_HOUSING}),
)


def clock() -> datetime:
    return start_of_day(TODAY)


@pytest.fixture
def preview(storage: IssuerStorage) -> ApplicantPreview:
    return ApplicantPreview(storage, StoredResidences(storage), clock)


def registered(
    storage: IssuerStorage, county: str, since: date, ended_on: date | None = None
) -> None:
    held = ResidenceRegistration(LIN.citizen_id_number, county, "示范路1号", since, ended_on)
    with storage.transaction() as tx:
        tx.put_registrations([held])


def test_registrations_that_hold_come_latest_first(
    preview: ApplicantPreview, storage: IssuerStorage
) -> None:
    assert preview.registrations(LIN) == []
    registered(storage, "330302", date(2025, 1, 1))
    registered(storage, "330304", date(2026, 1, 1))
    registered(storage, "330381", date(2026, 2, 1), ended_on=TODAY)
    registered(storage, "330382", date(2026, 11, 24))

    assert [held.county for held in preview.registrations(LIN)] == ["330304", "330302"]


@pytest.mark.parametrize(
    ("since", "codes"),
    [
        pytest.param(date(2026, 5, 23), {"materials_incomplete"}, id="half a year is full"),
        pytest.param(
            date(2026, 5, 24), {"residence_too_short", "materials_incomplete"}, id="a day short"
        ),
    ],
)
def test_findings_are_those_of_today(
    preview: ApplicantPreview, storage: IssuerStorage, since: date, codes: set[str]
) -> None:
    registered(storage, "330302", since)

    assert {finding.code for finding in failed(preview.findings(DRAFT))} == codes


def test_without_a_county_there_is_nothing_to_find(preview: ApplicantPreview) -> None:
    assert preview.findings(replace(DRAFT, county="")) == ()

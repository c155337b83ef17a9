"""A check as a counter makes it: for a service it offers, with its case, in its county."""

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.presentation_qr import pack
from verifier.case_details import CaseDetails, CaseDetailsError
from verifier.counter_checks import CounterChecks
from verifier.counter_desks import Desk
from verifier.errors import PermitNotNeededError, UnknownItemError
from verifier.qr_reader import NotAPictureError
from verifier.service_items import load_items

ITEMS = load_items()


def desk(county: str = "330302") -> Desk:
    return Desk(
        id="0123456789abcdef",
        county=county,
        office="Counter 12",
        items=("identity_look", "compulsory_education", "driving_licence"),
        set_up_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def checks(counters: Any) -> CounterChecks:
    return CounterChecks(verifier=counters.verifier, items=ITEMS, clock=lambda: counters.world.now)


def asked(checks: CounterChecks, item: str, **case: str) -> Any:
    given = {"case_number": "", "purpose": ""} | case
    return checks.for_service(desk(), item=item, **given)


@pytest.mark.parametrize(("county", "kind"), [("330302", "accepted"), ("330326", "refused")])
async def test_the_county_is_the_counters(
    checks: CounterChecks, counters: Any, county: str, kind: str
) -> None:
    verdict = await checks.text(
        desk(county), asked(checks, "identity_look"), pack(counters.world.present())
    )
    assert verdict.kind == kind


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ("library_card", UnknownItemError),
        ("lottery", UnknownItemError),
        ("driving_licence", PermitNotNeededError),
        ("compulsory_education", CaseDetailsError),
    ],
)
def test_what_is_refused_before_anything_is_read(
    checks: CounterChecks, item: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        asked(checks, item)


def test_the_case_goes_with_it(checks: CounterChecks) -> None:
    made = asked(checks, "compulsory_education", case_number="A-1", purpose="x")
    assert made.case == CaseDetails("A-1", "x")


async def test_a_file_that_is_no_picture(checks: CounterChecks) -> None:
    with pytest.raises(NotAPictureError):
        await checks.picture(desk(), asked(checks, "identity_look"), b"no picture")

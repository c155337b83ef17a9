"""Who passed the check is known from the session, and a permit takes a check of its own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from issuer.demonstration_identities import demonstration_identities
from issuer.web.applicant_session import (
    Purpose,
    require_fresh_check,
    sign_in_address,
    sign_in_applicant,
    signed_in_applicant,
    spend_check,
)
from issuer.web.page_errors import SignInNeededError

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]


def visit(path: str = "/progress", **session: Any) -> Request[Any, Any, Any]:
    made: Request[Any, Any, Any] = RequestFactory().get(path, session=session)
    made.scope["state"] = {}
    return made


async def test_the_person_comes_back_as_the_register_had_them() -> None:
    request = visit()
    sign_in_applicant(request, LIN, Purpose.PROGRESS, NOW)

    assert await signed_in_applicant(request) == LIN
    assert request.session["applicant"] == LIN.citizen_id_number


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        pytest.param("/progress/SQ1", "progress", id="progress"),
        pytest.param("/apply?kind=endorsement", "apply", id="apply"),
    ],
)
async def test_nobody_is_led_to_the_door_and_back(path: str, purpose: str) -> None:
    with pytest.raises(SignInNeededError) as refused:
        await signed_in_applicant(visit(path))

    asked = parse_qs(urlsplit(refused.value.where).query)
    assert asked == {"purpose": [purpose], "next": [path]}


async def test_an_officers_session_is_no_applicants() -> None:
    with pytest.raises(SignInNeededError):
        await signed_in_applicant(visit(officer_id="li-3"))


@pytest.mark.parametrize(
    ("purpose", "age_s", "passes"),
    [
        pytest.param(Purpose.COLLECT, 299, True, id="fresh"),
        pytest.param(Purpose.COLLECT, 300, False, id="too old"),
        pytest.param(Purpose.COLLECT, -1, False, id="from the future"),
        pytest.param(Purpose.APPLY, 0, False, id="for something else"),
    ],
)
def test_a_check_counts_for_its_purpose_and_a_short_time(
    purpose: Purpose, age_s: int, passes: bool
) -> None:
    request = visit()
    sign_in_applicant(request, LIN, purpose, NOW)
    now = NOW + timedelta(seconds=age_s)
    if passes:
        require_fresh_check(request, Purpose.COLLECT, now, fresh_s=300)
        spend_check(request)
    with pytest.raises(SignInNeededError):
        require_fresh_check(request, Purpose.COLLECT, now, fresh_s=300)


def test_a_form_leads_back_to_its_page_without_what_was_asked() -> None:
    sent = RequestFactory().post("/progress/permits/ZJ1/wallet")

    assert sign_in_address(sent, Purpose.COLLECT).endswith(
        "next=%2Fprogress%2Fpermits%2FZJ1%2Fwallet"
    )

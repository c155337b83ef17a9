"""Validity: nbf, exp, and exp as the endorsement makes it. VP-30, VP-32."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.endorsement_window import expires_at
from schemas.permit_credential import (
    Confirmation,
    EndorsementClaim,
    PermitPayload,
    StatusClaim,
)
from schemas.status_list import StatusReference
from verifier.checks.validity import check_validity, has_expired
from verifier.verdict import CheckResult, Passed, failed

THROUGH = date(2026, 11, 23)
END = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
"""Midnight in Shanghai behind the last day."""


def permit(**changes: object) -> PermitPayload:
    members: dict[str, object] = {
        "iss": "https://issuer.example/330302",
        "vct": "urn:zhejiang:residence-permit:1",
        "iat": 0,
        "nbf": int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
        "exp": int(END.timestamp()),
        "cnf": Confirmation(jwk={}),
        "status": StatusClaim(status_list=StatusReference(idx=0, uri="https://a")),
        "jurisdiction": "330302",
        "endorsement": EndorsementClaim(sequence=1, usable_through=THROUGH),
    }
    return PermitPayload(**(members | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (END - timedelta(microseconds=1), Passed()),
        (END, failed("expired", expired_at=END)),  # R13: strictly later than now
        (END + timedelta(days=400), failed("expired", expired_at=END)),
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), Passed()),  # the minute clocks may differ
        (
            datetime(2025, 12, 31, 23, 58, 59, tzinfo=UTC),
            failed("not_yet_valid", valid_from=datetime(2026, 1, 1, tzinfo=UTC)),
        ),
    ],
)
def test_vp_30_32_the_edges(now: datetime, expected: CheckResult) -> None:
    assert check_validity(permit(), now=now) == expected
    assert has_expired(permit(), now) == (now >= END)


@pytest.mark.parametrize("off_s", [-1, 1, 86400, 365 * 86400])
def test_exp_agrees_with_the_endorsement(off_s: int) -> None:
    exp = END + timedelta(seconds=off_s)

    result = check_validity(permit(exp=int(exp.timestamp())), now=END - timedelta(days=1))

    assert result == failed("expiry_disagrees", expires_at=exp, usable_through=THROUGH)


@pytest.mark.parametrize("exp", [2**53, -(2**53), 10**30])
def test_an_instant_beyond_the_calendar_is_an_answer_too(exp: int) -> None:
    assert check_validity(permit(exp=exp), now=END - timedelta(days=1)) != Passed()


def test_the_last_day_there_is() -> None:
    endorsement = EndorsementClaim(sequence=1, usable_through=date.max)

    assert check_validity(permit(endorsement=endorsement), now=END - timedelta(days=1)) != Passed()


@given(st.dates(date(2021, 6, 7), date(2090, 1, 1)))
def test_what_an_issuer_computes_always_agrees(through: date) -> None:
    end = expires_at(through)
    sound = permit(
        nbf=0,
        exp=int(end.timestamp()),
        endorsement=EndorsementClaim(sequence=1, usable_through=through),
    )

    assert check_validity(sound, now=end - timedelta(seconds=1)) == Passed()
    assert check_validity(sound, now=end) == failed("expired", expired_at=end)

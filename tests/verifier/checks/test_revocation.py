"""Revocation: every value, every age, and never "good" where nothing is known."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.status_list import StatusList
from verifier.checks.revocation import StatusKnowledge, StatusUnavailable, check_revocation
from verifier.verdict import CheckResult, Passed, failed, unknown

AS_OF = datetime(2026, 11, 25, tzinfo=UTC)
LIST = StatusList.from_values(4, 16, {1: 1, 2: 2, 3: 3, 12: 12, 15: 15})


def check(idx: int, *, age_s: int = 0) -> CheckResult:
    return check_revocation(StatusKnowledge(LIST, AS_OF, age_s), idx=idx, maximum_age_s=3600)


@pytest.mark.parametrize(
    ("idx", "expected"),
    [
        (0, Passed()),
        (1, failed("revoked")),
        (2, failed("suspended")),
        (3, failed("status_not_valid", value=3)),  # the raw value, not "suspended"
        (12, failed("status_not_valid", value=12)),
        (15, failed("status_not_valid", value=15)),
    ],
)
def test_vp_60_only_zero_is_valid(idx: int, expected: CheckResult) -> None:
    assert check(idx) == expected


@pytest.mark.parametrize("idx", [16, 17, 2**40, -1])
def test_vp_59_a_place_outside_the_list(idx: int) -> None:
    assert check(idx) == failed("status_out_of_range", idx=idx, entries=16)


@pytest.mark.parametrize("code", ["status_unavailable", "status_list_refused"])
def test_vp_61_nothing_known_is_never_good(code: str) -> None:
    result = check_revocation(StatusUnavailable(code), idx=0, maximum_age_s=3600)

    assert result == unknown(code)


TOO_OLD = unknown("status_too_old", age_s=3601, maximum_age_s=3600)


@pytest.mark.parametrize(
    ("idx", "age_s", "expected"),
    [
        (0, 3600, Passed()),
        (0, 3601, TOO_OLD),
        (2, 3600, failed("suspended")),
        (2, 3601, TOO_OLD),  # may have been restored since
        (1, 3601, failed("revoked")),  # final, whatever its age
    ],
)
def test_how_old_it_may_be(idx: int, age_s: int, expected: CheckResult) -> None:
    assert check(idx, age_s=age_s) == expected


@given(st.integers(1, 255), st.integers(0, 10**6))
def test_no_other_value_ever_passes(value: int, age_s: int) -> None:
    knowledge = StatusKnowledge(StatusList.from_values(8, 8, {5: value}), AS_OF, age_s)

    assert check_revocation(knowledge, idx=5, maximum_age_s=3600) != Passed()

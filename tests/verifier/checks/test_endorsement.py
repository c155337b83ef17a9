"""Endorsement: the last day belongs to the holder, and a lapse says how to mend it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from schemas.divisions import county
from schemas.endorsement_window import day_of
from schemas.permit_credential import permit_payload
from verifier.checks.endorsement import check_endorsement
from verifier.verdict import CheckResult, Passed, failed

THROUGH = date(2027, 11, 23)
LAPSED = failed("lapsed", usable_through=THROUGH, county=county("330302"))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 11, 22), Passed()),
        (date(2027, 11, 23), Passed()),  # through: that day included
        (date(2027, 11, 24), LAPSED),
        (date(2030, 1, 1), LAPSED),
    ],
)
def test_the_edges(world: Any, today: date, expected: CheckResult) -> None:
    payload = permit_payload(world.visible(usable_through=THROUGH))

    assert check_endorsement(payload, today=today) == expected


@pytest.mark.parametrize(
    ("instant", "passes"),
    [
        (datetime(2027, 11, 23, 15, 59, 59, tzinfo=UTC), True),  # 23:59:59 in Shanghai
        (datetime(2027, 11, 23, 16, 0, tzinfo=UTC), False),  # midnight in Shanghai
    ],
)
def test_the_day_turns_in_shanghai(world: Any, instant: datetime, passes: bool) -> None:
    payload = permit_payload(world.visible(usable_through=THROUGH))

    result = check_endorsement(payload, today=day_of(instant))

    assert isinstance(result, Passed) == passes
    assert check_endorsement(payload, today=day_of(instant + timedelta(1))) == LAPSED


def test_a_county_that_is_none_does_not_stop_the_answer(world: Any) -> None:
    payload = msgspec.structs.replace(permit_payload(world.visible()), jurisdiction="999999")

    result = check_endorsement(payload, today=date(2030, 1, 1))

    assert result == failed("lapsed", usable_through=THROUGH, county="999999")

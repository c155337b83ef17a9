"""When a residence registration holds."""

from datetime import date

import pytest

from issuer.residence_register import ResidenceRegistration


@pytest.mark.parametrize(
    ("day", "ended_on", "holds"),
    [
        (date(2026, 3, 1), None, False),
        (date(2026, 3, 2), None, True),
        (date(2026, 11, 22), date(2026, 11, 23), True),
        (date(2026, 11, 23), date(2026, 11, 23), False),
    ],
)
def test_it_holds_from_its_day_until_it_has_ended(
    day: date, ended_on: date | None, holds: bool
) -> None:
    held = ResidenceRegistration(
        "52000019920512000X", "330302", "示范路1号", date(2026, 3, 2), ended_on
    )

    assert held.holds_on(day) is holds

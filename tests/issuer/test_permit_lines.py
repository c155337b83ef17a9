"""A permit on one line."""

from datetime import date

from issuer.permit import Permit
from issuer.permit_lines import permit_line


def test_standing_and_dates_and_no_person(permit: Permit, today: date) -> None:
    assert permit_line(permit, today, "more") == (
        "33030220260001  330302  usable  usable through 2027-11-23"
        "  next endorsement from 2027-10-23  residence since 2026-11-23  more"
    )
    assert "  lapsed  " in permit_line(permit, date(2027, 11, 24))

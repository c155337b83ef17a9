"""A permit as lists show it: named, standing, and nothing else about its holder."""

from datetime import UTC, date, datetime

import msgspec
from msgspec.structs import replace

from issuer.permit import Cancellation, Permit, Standing
from issuer.permit_brief import brief_of


def test_a_brief_names_a_permit_and_says_nothing_else_of_the_person(
    permit: Permit, today: date
) -> None:
    brief = brief_of(permit, today)

    assert (brief.name, brief.tail) == ("张示范", "001X")
    assert (brief.standing, brief.window_open) == (Standing.USABLE, False)
    held = permit.resident
    for hidden in (held.citizen_id_number, held.registered_address, permit.residence_address):
        assert hidden not in msgspec.json.encode(brief).decode()


def test_the_window_is_open_in_its_month_and_never_of_an_ended_permit(permit: Permit) -> None:
    opens_on = brief_of(permit, permit.issued_on).window.opens_on
    before = brief_of(permit, date.fromordinal(opens_on.toordinal() - 1))
    ended = replace(permit, order=Cancellation("li-3", "r", "b", datetime.now(UTC)))
    lapsed = brief_of(permit, date.fromordinal(permit.usable_through.toordinal() + 1))

    assert not before.window_open
    assert brief_of(permit, opens_on).window_open
    assert (lapsed.standing, lapsed.window_open) == (Standing.LAPSED, True)
    assert not brief_of(ended, opens_on).window_open
    assert brief_of(ended, opens_on).standing is Standing.CANCELLED

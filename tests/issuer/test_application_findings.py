"""Findings on what the register holds at the moment of asking, as of the day of application."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Granted, Kind, Material, Submitted
from issuer.application_findings import permit_of_application, weigh
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis, Outcome
from issuer.errors import NotEligibleError
from issuer.permit import Permit
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LIN = demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"]
HERE = ResidenceRegistration(LIN.citizen_id_number, "330302", "示范路1号", date(2026, 5, 24))
HELD = Application(
    number="SQ330302202600000018",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.APP,
    county="330302",
    applicant=LIN,
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(Material(Basis.STABLE_HOUSING, "ab" * 32),),
    submitted_at=NOW,
    state=Submitted(),
)


def test_half_a_year_is_that_of_the_day_of_application(storage: IssuerStorage) -> None:
    later = datetime(2026, 12, 24, 4, 0, tzinfo=UTC)
    with storage.reading() as register:
        weighed = weigh(register, HELD, [HERE], later)

    assert weighed.asked_on == date(2026, 11, 23)
    with pytest.raises(NotEligibleError, match="residence_too_short") as refused:
        weighed.refuse_failed()
    assert "2026" not in refused.value.detail  # codes only: nothing of the person


def test_a_draft_is_weighed_as_if_it_were_handed_in_now(storage: IssuerStorage) -> None:
    with storage.reading() as register:
        weighed = weigh(
            register, replace(HELD, submitted_at=None), [HERE], NOW.replace(month=12, day=24)
        )

    assert all(found.outcome is not Outcome.FAILED for found in weighed.findings)
    weighed.refuse_failed()


def test_what_led_to_the_permit_counts_for_its_endorsement(
    storage: IssuerStorage, permit: Permit
) -> None:
    mine = replace(
        permit, resident=replace(permit.resident, citizen_id_number=LIN.citizen_id_number)
    )
    again = replace(
        HELD, number="SQ2", kind=Kind.ENDORSEMENT, materials=(), permit_number=permit.number
    )
    with storage.transaction() as tx:
        tx.replace_permit(mine)
        tx.add_application(replace(HELD, state=Granted(NOW, "li-3", permit.number)))
        weighed = weigh(tx, again, [HERE], NOW)

    assert weighed.facts.permit == mine
    assert weighed.facts.proven_before == {Basis.STABLE_HOUSING}


def test_the_permit_it_led_to_comes_before_the_one_it_was_about(
    storage: IssuerStorage, permit: Permit
) -> None:
    with storage.reading() as register:
        assert permit_of_application(register, HELD) is None
        about = replace(HELD, permit_number=permit.number)
        assert permit_of_application(register, about) == permit
        moved = replace(HELD, permit_number="ZJ-old", state=Granted(NOW, "li-3", permit.number))
        assert permit_of_application(register, moved) == permit

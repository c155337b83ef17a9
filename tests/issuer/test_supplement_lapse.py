"""What was not supplemented in time is closed, once, and nothing is decided by it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from issuer.application import Application, Channel, Lapsed, Material
from issuer.application_desk import ApplicationDesk
from issuer.application_intake import ApplicationIntake, Request
from issuer.audit_log import verify_chain
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility_facts import Basis
from issuer.errors import ApplicationStateError
from issuer.officer import ALL_ROLES, Officer
from issuer.sql_register import SqlReading, SqlTransaction
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.supplement_lapse import CALENDAR, lapse_unanswered

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LAST_MOMENT = datetime(2026, 12, 23, 15, 59, 59, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = PEOPLE["52000019920512000X"], PEOPLE["650000198801030013"]
LI = Officer("li-3", "330302", ALL_ROLES)
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
REQUEST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    commitment=commitment_at(NOW),
)


@pytest.fixture
def waiting(storage: IssuerStorage) -> Application:
    intake = ApplicationIntake(storage, lambda: NOW, allow_demo_ids=True)
    desk = ApplicationDesk(storage, StoredResidences(storage), lambda: NOW)
    intake.submit(REQUEST, AYI)  # which waits for its decision
    return desk.request_supplement(intake.submit(REQUEST, LIN).number, LI, ["租房合同"])


def test_through_the_thirtieth_day_it_may_come(
    storage: IssuerStorage, waiting: Application
) -> None:
    assert lapse_unanswered(storage, lambda: LAST_MOMENT) == []
    supplied = ApplicationIntake(storage, lambda: LAST_MOMENT).supplement(
        waiting.number, LIN, [LEASE]
    )

    assert supplied.stage == "submitted"
    assert lapse_unanswered(storage, lambda: LAST_MOMENT + timedelta(days=400)) == []


def test_a_second_later_it_is_closed_with_entry_and_notice(
    storage: IssuerStorage, waiting: Application
) -> None:
    midnight = LAST_MOMENT + timedelta(seconds=1)
    (closed,) = lapse_unanswered(storage, lambda: midnight)

    assert closed == replace(waiting, state=Lapsed(midnight))
    with storage.reading() as register:
        assert register.application(waiting.number) == closed
        entry = register.audit("330302")[-1]
        notices = [notice.kind for notice in register.application_notices(waiting.number)]
        assert len(register.applications(open_only=True)) == 1
    assert (entry.act, entry.actor, entry.role) == ("lapse", CALENDAR, "")
    assert notices == ["submitted", "supplement_wanted", "lapsed"]
    with pytest.raises(ApplicationStateError, match="is lapsed"):
        ApplicationIntake(storage, lambda: midnight).supplement(waiting.number, LIN, [LEASE])


def test_run_again_it_finds_nothing_and_the_person_applies_anew(
    storage: IssuerStorage, waiting: Application
) -> None:
    later = LAST_MOMENT + timedelta(days=1)
    lapse_unanswered(storage, lambda: later)

    assert lapse_unanswered(storage, lambda: later) == []
    again = ApplicationIntake(storage, lambda: later, allow_demo_ids=True)
    assert again.submit(replace(REQUEST, commitment=commitment_at(later)), LIN).open


def test_broken_off_in_the_middle_it_is_taken_up_again(
    storage: IssuerStorage, waiting: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = LAST_MOMENT + timedelta(days=1)
    with monkeypatch.context() as patched:

        def fail(*_: object) -> None:
            raise InterruptedError

        patched.setattr(SqlTransaction, "add_application_notice", fail)
        with pytest.raises(InterruptedError):
            lapse_unanswered(storage, lambda: later)
    assert len(lapse_unanswered(storage, lambda: later)) == 1
    with storage.reading() as register:
        verify_chain(register.audit("330302"))


def test_what_was_answered_a_moment_ago_is_left_alone(
    storage: IssuerStorage, waiting: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood in the list, and is read again before it is closed."""
    ApplicationIntake(storage, lambda: LAST_MOMENT).supplement(waiting.number, LIN, [LEASE])
    monkeypatch.setattr(SqlTransaction, "awaiting_applicants", lambda _: [waiting.number])
    monkeypatch.setattr(SqlReading, "awaiting_applicants", lambda _: [waiting.number])

    assert lapse_unanswered(storage, lambda: LAST_MOMENT + timedelta(days=1)) == []

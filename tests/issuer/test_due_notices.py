"""Notices that an endorsement is due: each once a period, made up for, and to no others."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from issuer import due_notices
from issuer.desk import Desk, Grounds
from issuer.due_notices import DAYS_BEFORE, kind_of, queue_due_notices, stage_of
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from schemas.endorsement_window import start_of_day

THROUGH = date(2027, 11, 23)  # of the permit that conftest grants
LI = Officer("li-3", "330302", ALL_ROLES)
CHEN = Officer("chen-5", "330302", ALL_ROLES)
WHY = Grounds("示范原因", "示范条例")
KINDS = {"endorsement_due_30", "endorsement_due_7", "endorsement_due_1"}


def on(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=9)


def days_before(days: int) -> datetime:
    return on(THROUGH - timedelta(days=days))


def told(storage: IssuerStorage, permit: Permit) -> list[str]:
    with storage.reading() as register:
        return [n.kind for n in register.notices(permit.number) if n.kind in KINDS]


@pytest.mark.parametrize(
    ("left", "stage"),
    [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, None), (-1, None)],
)
def test_the_stage_of_a_day(left: int, stage: int | None) -> None:
    assert stage_of(THROUGH, THROUGH - timedelta(days=left)) == stage


def test_run_every_day_each_is_said_once(storage: IssuerStorage, permit: Permit) -> None:
    queued = [queue_due_notices(storage, days_before(days)) for days in range(40, -10, -1)]

    assert told(storage, permit) == [f"endorsement_due_{n}" for n in (30, 7, 1)]
    assert [n for n, kinds in enumerate(queued) if kinds] == [10, 33, 39]
    with storage.reading() as register:
        (notice, *_) = register.notices(permit.number)
    assert notice.params == {"usable_through": "2027-11-23", "opens_on": "2027-10-23"}


def test_days_are_those_of_shanghai(storage: IssuerStorage, permit: Permit) -> None:
    midnight = start_of_day(THROUGH - timedelta(days=30))

    assert queue_due_notices(storage, midnight - timedelta(seconds=1)) == Counter()
    assert queue_due_notices(storage, midnight) == Counter(endorsement_due_30=1)


def test_days_without_the_job_are_made_up_for_by_the_latest(
    storage: IssuerStorage, permit: Permit
) -> None:
    queue_due_notices(storage, days_before(20))
    queue_due_notices(storage, days_before(20))
    queue_due_notices(storage, days_before(1))

    assert told(storage, permit) == ["endorsement_due_30", "endorsement_due_1"]


@pytest.mark.parametrize("act", ["suspend", "cancel", "revoke", "endorse"])
def test_no_notice_to_those_it_is_not_for(storage: IssuerStorage, permit: Permit, act: str) -> None:
    desk = Desk(storage, lambda: datetime(2027, 10, 23, 4, tzinfo=UTC))
    acts = {
        "suspend": lambda: desk.suspend(permit.number, LI, WHY),
        "cancel": lambda: desk.cancel(permit.number, LI, WHY),
        "revoke": lambda: desk.revoke(
            permit.number, proposed_by=LI, confirmed_by=CHEN, grounds=WHY
        ),
        "endorse": lambda: desk.endorse(permit.number, LI),
    }
    acts[act]()

    for days in range(31, -2, -1):
        queue_due_notices(storage, days_before(days))

    assert told(storage, permit) == []


def test_restored_in_time_it_is_said_after_all(storage: IssuerStorage, permit: Permit) -> None:
    desk = Desk(storage, lambda: days_before(25))
    desk.suspend(permit.number, LI, WHY)
    queue_due_notices(storage, days_before(25))
    desk.restore(permit.number, CHEN, WHY)
    queue_due_notices(storage, days_before(24))

    assert told(storage, permit) == ["endorsement_due_30"]


def test_each_period_has_its_own(storage: IssuerStorage, permit: Permit) -> None:
    queue_due_notices(storage, days_before(3))
    Desk(storage, lambda: days_before(2)).endorse(permit.number, LI)
    queue_due_notices(storage, on(date(2028, 11, 20)))

    assert told(storage, permit) == ["endorsement_due_7"] * 2


def test_many_permits_are_taken_in_portions(
    storage: IssuerStorage, permit: Permit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due_notices, "PORTION", 3)
    with storage.transaction() as tx:
        for n in range(7):
            tx.add_permit(replace(permit, number=f"{permit.number}{n}"))

    assert queue_due_notices(storage, days_before(30)) == Counter(endorsement_due_30=8)
    assert queue_due_notices(storage, days_before(30)) == Counter()


@given(days=st.lists(st.integers(-2, 40), max_size=30))
def test_whenever_the_job_runs_no_stage_is_said_early_or_for_another(days: list[int]) -> None:
    said: set[int] = set()
    for left in sorted(days, reverse=True):
        stage = stage_of(THROUGH, THROUGH - timedelta(days=left))
        if stage is not None:
            assert 0 < left <= stage
            assert not {earlier for earlier in said if earlier < stage}
            said.add(stage)
    assert said <= set(DAYS_BEFORE)
    assert {kind_of(stage) for stage in said} <= KINDS

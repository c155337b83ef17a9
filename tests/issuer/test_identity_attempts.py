"""Three failed identity checks lock for half an hour, across processes and for that person only."""

from datetime import UTC, date, datetime, timedelta

import pytest

from issuer.application_errors import IdentityLockedError
from issuer.demonstration_identities import demonstration_identities
from issuer.errors import IdentityCheckError
from issuer.identity_attempts import IdentityAttempts
from issuer.identity_check import (
    IdentityCheck,
    IdentityPurpose,
    SimulatedIdentityCheck,
    VerifiedIdentity,
)
from issuer.storage import IssuerStorage
from issuer.storage_sql import SqlIssuerStorage

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = "52000019920512000X", "650000198801030013"


class Camera(IdentityCheck):
    """Passes the people of demonstrations while it is told to."""

    passes = True
    asked = 0

    def verify(
        self, subject: str, *, purpose: IdentityPurpose = IdentityPurpose.APPLY
    ) -> VerifiedIdentity:
        self.asked += 1
        if not self.passes:
            raise IdentityCheckError("the identity check was not passed")
        return SimulatedIdentityCheck(PEOPLE).verify(subject, purpose=purpose)


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def camera() -> Camera:
    return Camera()


@pytest.fixture
def check(storage: IssuerStorage, camera: Camera, time: Time) -> IdentityAttempts:
    return IdentityAttempts(camera, storage, time)


def fail(check: IdentityAttempts, camera: Camera, times: int, subject: str = LIN) -> None:
    camera.passes = False
    for _ in range(times):
        with pytest.raises(IdentityCheckError, match="not passed"):
            check.verify(subject)
    camera.passes = True


def test_who_passes_is_the_person(check: IdentityAttempts) -> None:
    assert check.verify(f" {LIN} ") == PEOPLE[LIN]
    assert check.verify(LIN, purpose=IdentityPurpose.COUNTER) == PEOPLE[LIN]


def test_after_three_failures_nobody_is_asked_any_more_until_half_an_hour_is_over(
    check: IdentityAttempts, camera: Camera, time: Time
) -> None:
    fail(check, camera, 3)
    asked = camera.asked
    for _ in range(3):
        with pytest.raises(IdentityLockedError) as refused:
            check.verify(LIN)
    assert camera.asked == asked
    assert "12:30" in refused.value.detail  # in Shanghai
    assert LIN not in refused.value.detail
    assert "counter" in refused.value.remedy
    time.now = NOW + timedelta(minutes=30) - timedelta(seconds=1)
    with pytest.raises(IdentityLockedError):
        check.verify(LIN)
    time.now = NOW + timedelta(minutes=30)
    assert check.verify(LIN) == PEOPLE[LIN]


def test_two_failures_lock_nobody_and_a_passed_check_forgets_them(
    check: IdentityAttempts, camera: Camera
) -> None:
    for _ in range(3):
        fail(check, camera, 2)
        assert check.verify(LIN) == PEOPLE[LIN]


def test_spaces_and_small_letters_are_the_same_person_s(
    check: IdentityAttempts, camera: Camera
) -> None:
    fail(check, camera, 2)
    fail(check, camera, 1, subject="520000 19920512 000x")

    with pytest.raises(IdentityLockedError):
        check.verify(LIN)


def test_another_person_is_not_locked_out(check: IdentityAttempts, camera: Camera) -> None:
    fail(check, camera, 3)

    assert check.verify(AYI) == PEOPLE[AYI]


def test_failures_of_long_ago_are_forgotten(
    check: IdentityAttempts, camera: Camera, time: Time, storage: IssuerStorage
) -> None:
    fail(check, camera, 2)
    time.now = NOW + timedelta(minutes=31)
    fail(check, camera, 2)

    assert check.verify(LIN) == PEOPLE[LIN]


def test_a_number_that_nobody_has_locks_too_so_that_nothing_is_learned(
    check: IdentityAttempts,
) -> None:
    for _ in range(3):
        with pytest.raises(IdentityCheckError, match="not passed"):
            check.verify("110101190001010004")
    with pytest.raises(IdentityLockedError):
        check.verify("110101190001010004")


def test_all_processes_count_together(register_url: str, camera: Camera, time: Time) -> None:
    storages = [SqlIssuerStorage(register_url) for _ in range(2)]
    for turn in range(3):
        fail(IdentityAttempts(camera, storages[turn % 2], time), camera, 1)
    with pytest.raises(IdentityLockedError):
        IdentityAttempts(camera, storages[1], time).verify(LIN)
    for held in storages:
        held.close()

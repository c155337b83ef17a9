"""No face, no permit; one check for one purpose and 90 seconds; failures are counted."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from holder_sim.errors import FaceMismatchError, LockedError, TooManyFailuresError
from holder_sim.face_check import KEEPING_S, OTHER_WAY, FaceCheck, FaceMatcher, Purpose
from holder_sim.held_credential import Holdings

ROOT = Path(__file__).parents[2]


def fail(phone: Any, times: int) -> None:
    for _ in range(times):
        with pytest.raises(FaceMismatchError):
            phone.face.unlock(b"mismatch", Purpose.PRESENT)


@pytest.mark.parametrize("sample", [b"mismatch", b"", b"MATCH", b"match ", b"\xff"])
def test_anything_but_the_holders_face_opens_nothing(phone: Any, sample: bytes) -> None:
    with pytest.raises(FaceMismatchError) as caught:
        phone.face.unlock(sample, Purpose.VIEW)

    assert OTHER_WAY in caught.value.remedy


@pytest.mark.parametrize(("after_s", "open_still"), [(0, True), (89.999, True), (90, False)])
def test_a_check_holds_for_ninety_seconds(
    phone: Any, clock: Any, after_s: float, open_still: bool
) -> None:
    unlocked = phone.unlock(Purpose.VIEW)
    clock.forward(after_s)

    assert unlocked.fresh is open_still
    if open_still:
        assert unlocked.holdings() == Holdings()
        return
    with pytest.raises(LockedError):
        unlocked.holdings()


@pytest.mark.parametrize("purpose", [Purpose.VIEW, Purpose.PRESENT])
def test_nothing_is_changed_with_a_check_that_is_over(
    phone: Any, clock: Any, purpose: Purpose
) -> None:
    unlocked = phone.unlock(purpose)
    clock.forward(90)

    with pytest.raises(LockedError):
        unlocked.change(lambda held: held)


@pytest.mark.parametrize(("late_s", "kept"), [(0, True), (KEEPING_S - 1, True), (KEEPING_S, False)])
def test_what_was_collected_may_be_kept_a_little_later(
    phone: Any, clock: Any, late_s: int, kept: bool
) -> None:
    unlocked = phone.unlock(Purpose.COLLECT)
    clock.forward(90 + late_s)

    if kept:
        assert unlocked.change(lambda held: held) == Holdings()
        return
    with pytest.raises(LockedError):
        unlocked.change(lambda held: held)


def test_after_five_failures_the_wallet_locks_itself(phone: Any, clock: Any) -> None:
    fail(phone, 5)

    with pytest.raises(TooManyFailuresError) as caught:
        phone.face.unlock(b"match", Purpose.VIEW)
    assert OTHER_WAY in caught.value.remedy

    clock.forward(1799)
    with pytest.raises(TooManyFailuresError):
        phone.unlock(Purpose.VIEW)
    clock.forward(1)
    assert phone.unlock(Purpose.VIEW).fresh


def test_a_pass_starts_the_count_anew(phone: Any) -> None:
    for _ in range(3):
        fail(phone, 4)
        phone.unlock(Purpose.VIEW)


def test_an_attempt_while_locked_does_not_prolong_it(phone: Any, clock: Any) -> None:
    fail(phone, 5)
    clock.forward(1000)
    with pytest.raises(TooManyFailuresError):
        phone.face.unlock(b"mismatch", Purpose.VIEW)
    clock.forward(800)

    assert phone.unlock(Purpose.VIEW).fresh


def test_failures_survive_a_restart(phone: Any, clock: Any) -> None:
    fail(phone, 3)
    phone.face = FaceCheck(phone.vault, *matcher_settings_clock(phone))
    fail(phone, 2)

    with pytest.raises(TooManyFailuresError):
        phone.unlock(Purpose.VIEW)


def matcher_settings_clock(phone: Any) -> tuple[Any, Any, Any]:
    from holder_sim.face_check import ScriptedMatcher

    return ScriptedMatcher(), phone.settings, phone.clock


KILLED_WHILE_COMPARING = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from holder_sim.face_check import FaceCheck, FaceMatcher, Purpose
from holder_sim.settings import Settings
from holder_sim.vault import Vault

class Killed(FaceMatcher):
    def matches(self, sample):
        os.kill(os.getpid(), signal.SIGKILL)

settings = Settings(state_dir=sys.argv[1])
face = FaceCheck(Vault(Path(sys.argv[1])), Killed(), settings, lambda: datetime.now(UTC))
face.unlock(b"guess", Purpose.VIEW)
"""


def test_to_kill_the_process_in_the_middle_gives_no_free_try(phone: Any) -> None:
    fail(phone, 4)
    done = subprocess.run(
        [sys.executable, "-c", KILLED_WHILE_COMPARING, phone.settings.state_dir],
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == -9

    with pytest.raises(TooManyFailuresError):
        phone.face.unlock(b"mismatch", Purpose.VIEW)


def test_a_matcher_of_another_kind_can_be_put_in(phone: Any) -> None:
    class Matcher(FaceMatcher):
        def matches(self, sample: bytes) -> bool:
            return sample == b"picture"

    face = FaceCheck(phone.vault, Matcher(), phone.settings, phone.clock)

    assert face.unlock(b"picture", Purpose.VIEW).purpose is Purpose.VIEW
    with pytest.raises(FaceMismatchError):
        face.unlock(b"match", Purpose.VIEW)


def test_how_long_a_check_still_holds(phone: Any, clock: Any) -> None:
    unlocked = phone.unlock(Purpose.VIEW)
    assert unlocked.left_s == 90

    clock.forward(89.5)
    assert unlocked.left_s == 0
    clock.forward(100)
    assert unlocked.left_s == 0


def test_how_long_the_wallet_stays_locked(phone: Any, clock: Any) -> None:
    assert phone.face.locked_for_s == 0
    fail(phone, 4)
    assert phone.face.locked_for_s == 0

    fail(phone, 1)

    assert phone.face.locked_for_s == 1800
    clock.forward(1799.5)
    assert phone.face.locked_for_s == 1
    clock.forward(0.5)
    assert phone.face.locked_for_s == 0


def test_the_simulated_matcher_says_that_it_is_one(phone: Any) -> None:
    assert phone.face.simulated


@pytest.mark.parametrize(("late_s", "kept"), [(KEEPING_S - 1, True), (KEEPING_S, False)])
def test_what_is_being_fetched_may_be_kept_whatever_the_check_was_for(
    phone: Any, clock: Any, late_s: int, kept: bool
) -> None:
    unlocked = phone.unlock(Purpose.VIEW)
    with unlocked.collecting():
        clock.forward(90 + late_s)
        if kept:
            assert unlocked.change(lambda held: held) == Holdings()
        else:
            with pytest.raises(LockedError):
                unlocked.change(lambda held: held)

    with pytest.raises(LockedError):
        unlocked.change(lambda held: held)

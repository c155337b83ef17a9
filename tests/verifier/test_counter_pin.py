"""The administrator's PIN: kept as a hash, slow to guess, and needed."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from verifier.counter_pin import (
    FILE,
    FREE_TRIES,
    LOCKED_S,
    MAX_LOCKED_S,
    CounterPin,
    NewPinError,
    PinLockedError,
    PinNotSetError,
    WrongPinError,
    new_pin,
)

PIN = "48120377"


class Clock:
    now_s = 0.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pin(tmp_path: Path, clock: Clock) -> CounterPin:
    return CounterPin(
        tmp_path, hasher=PasswordHasher.from_parameters(CHEAPEST), now_s=lambda: clock.now_s
    )


def test_without_one_no_counter_is_set_up(pin: CounterPin) -> None:
    assert not pin.is_set()
    with pytest.raises(PinNotSetError, match="counter-pin"):
        pin.check(PIN)


def test_only_a_hash_is_kept(pin: CounterPin, tmp_path: Path) -> None:
    pin.set(PIN)
    kept = (tmp_path / FILE).read_text(encoding="ascii")

    assert kept.startswith("$argon2id$")
    assert PIN not in kept
    pin.check(PIN)
    pin.check(f" {PIN} ")
    pin.check("４８１２０３７７")  # from an input method
    with pytest.raises(WrongPinError):
        pin.check(PIN + "0")


def test_a_new_one_takes_the_place_of_the_old(pin: CounterPin) -> None:
    pin.set(PIN)
    pin.set("other words")
    pin.check("other words")
    with pytest.raises(WrongPinError):
        pin.check(PIN)


@pytest.mark.parametrize("text", ["", "12345", "111111", "121212", "1" * 65])
def test_a_pin_that_is_tried_first_is_not_taken(pin: CounterPin, text: str) -> None:
    with pytest.raises(NewPinError):
        pin.set(text)
    assert not pin.is_set()


def test_after_some_wrong_ones_not_even_the_right_one_is_compared(
    pin: CounterPin, clock: Clock
) -> None:
    pin.set(PIN)
    for _ in range(FREE_TRIES):
        with pytest.raises(WrongPinError):
            pin.check("wrong")
    with pytest.raises(PinLockedError, match=rf"{LOCKED_S + 1} s|{LOCKED_S} s"):
        pin.check(PIN)

    clock.now_s += LOCKED_S + 1
    with pytest.raises(WrongPinError):
        pin.check("wrong")
    clock.now_s += LOCKED_S + 1
    with pytest.raises(PinLockedError):  # twice as long now
        pin.check(PIN)
    clock.now_s += MAX_LOCKED_S
    pin.check(PIN)
    with pytest.raises(WrongPinError):  # counted anew
        pin.check("wrong")


def test_a_spoilt_file_opens_nothing(pin: CounterPin, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no hash")
    with pytest.raises(WrongPinError):
        pin.check("no hash")


def test_pins_by_chance_are_taken(pin: CounterPin) -> None:
    made = {new_pin() for _ in range(20)}
    assert len(made) == 20
    for text in made:
        pin.set(text)

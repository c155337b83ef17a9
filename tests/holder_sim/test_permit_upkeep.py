"""What the wallet does by itself when the card is opened, and what it never lets go wrong."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from holder_sim.errors import LockedError
from holder_sim.face_check import Purpose
from holder_sim.held_credential import Holdings, Standing
from holder_sim.own_status import OwnStatus
from holder_sim.permit_upkeep import AGAIN_AFTER, OLD_AFTER, Tended, Upkeep, renewal_due
from schemas.permit_credential import PASS_CONFIGURATION


class Word(OwnStatus):
    """The issuer's word as a test wants it, without its list."""

    def __init__(self, phone: Any) -> None:
        super().__init__(phone.http, phone.trust, phone.clock)
        self.value = 0

    async def of(self, copy: Any) -> Standing:
        return Standing(self.value, self._clock())


@pytest.fixture
def word(holding: Any) -> Word:
    return Word(holding)


@pytest.fixture
def upkeep(holding: Any, word: Word) -> Upkeep:
    return Upkeep(holding.wallet, word, holding.clock, low=1)


def shown_once(held: Holdings) -> Holdings:
    """All copies for codes but none left unused."""
    copies = tuple(
        msgspec.structs.replace(copy, times_shown=1)
        if copy.configuration == PASS_CONFIGURATION
        else copy
        for copy in held.copies
    )
    return msgspec.structs.replace(held, copies=copies)


async def test_with_copies_enough_only_the_state_is_asked(holding: Any, upkeep: Upkeep) -> None:
    before = holding.holdings().copies

    assert await upkeep.tend(holding.unlock(Purpose.VIEW)) == Tended()

    held = holding.holdings()
    assert held.copies == before
    assert held.standing == Standing(0, holding.clock())


async def test_copies_are_renewed_before_they_run_out(holding: Any, upkeep: Upkeep) -> None:
    unlocked = holding.unlock(Purpose.VIEW)
    unlocked.change(shown_once)

    assert await upkeep.tend(unlocked) == Tended(renewed=True)

    assert {copy.times_shown for copy in holding.holdings().copies} == {0}


async def test_the_history_outlives_the_copies(holding: Any, upkeep: Upkeep) -> None:
    await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])

    await upkeep.tend(holding.unlock(Purpose.VIEW), wanted=True)

    assert len(holding.holdings().showings) == 1


async def test_a_renewal_that_fails_is_told_and_leaves_the_copies(
    holding: Any, upkeep: Upkeep, web: Any, province: Any
) -> None:
    unlocked = holding.unlock(Purpose.VIEW)
    before = unlocked.change(shown_once).copies
    web.clear()

    assert await upkeep.tend(unlocked) == Tended(trouble="unreachable")

    assert holding.holdings().copies == before


async def test_a_batch_slower_than_the_check_is_kept(
    holding: Any, upkeep: Upkeep, issuer: Any, clock: Any
) -> None:
    """The refresh token is spent by then: what it brought must not be lost."""
    unlocked = holding.unlock(Purpose.VIEW)
    nonce = issuer.nonce

    def slow(asked: Any) -> Any:
        clock.forward(60)
        issuer.province.now = clock.now
        return nonce(asked)

    began, issuer.web.handlers[f"{issuer.url_path}/n"] = issuer.province.now, slow
    before = unlocked.holdings().copies
    try:
        with pytest.raises(LockedError):  # but what comes after the copies is not done any more
            await upkeep.tend(unlocked, wanted=True)
    finally:
        issuer.province.now = began

    assert before[0] not in holding.holdings().copies


async def test_without_a_check_for_viewing_nothing_is_done(
    holding: Any, upkeep: Upkeep, web: Any
) -> None:
    with pytest.raises(LockedError):
        await upkeep.tend(holding.unlock(Purpose.PRESENT))

    assert web.asked == []


async def test_nothing_held_is_nothing_to_tend(phone: Any, web: Any) -> None:
    tended = await Upkeep(phone.wallet, Word(phone), phone.clock, low=1).tend(
        phone.unlock(Purpose.VIEW)
    )

    assert tended == Tended()
    assert web.asked == []


Change = Callable[[Holdings, datetime], Holdings]


def standing(value: int) -> Change:
    return lambda held, now: msgspec.structs.replace(held, standing=Standing(value, now))


@pytest.mark.parametrize(
    ("change", "age", "due"),
    [
        (lambda held, _: held, timedelta(0), False),
        (lambda held, _: shown_once(held), timedelta(0), True),
        (lambda held, _: held, OLD_AFTER, True),
        (standing(1), AGAIN_AFTER, True),  # perhaps only these copies have ended
        (standing(1), AGAIN_AFTER - timedelta(seconds=1), False),
        (standing(2), AGAIN_AFTER, False),  # a suspended permit gets no copies
        (lambda held, _: msgspec.structs.replace(held, refresh=None), OLD_AFTER, False),
    ],
    ids=["fresh", "run-out", "old", "ended", "ended-just-asked", "suspended", "no-means"],
)
def test_when_copies_are_renewed(
    holding: Any, clock: Any, change: Change, age: timedelta, due: bool
) -> None:
    held = msgspec.structs.replace(change(holding.holdings(), clock()), renewed_at=clock() - age)

    assert renewal_due(held, clock(), low=1) is due


@pytest.mark.parametrize(("days", "due"), [(0, False), (335, True), (400, True)])
def test_an_endorsement_is_waited_for(holding: Any, clock: Any, days: int, due: bool) -> None:
    clock.forward(days * 86400)
    held = msgspec.structs.replace(holding.holdings(), renewed_at=clock() - AGAIN_AFTER)

    assert renewal_due(held, clock(), low=1) is due

"""What a wallet does only behind a face check, and only for what it was made for."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from holder_sim.errors import (
    BadIssuerError,
    BusyError,
    DeclinedError,
    LockedError,
    NothingToShowError,
    UnreachableError,
)
from holder_sim.face_check import Purpose
from schemas.permit_credential import PASS_CLAIMS, PASS_CONFIGURATION
from schemas.presentation_qr import PackError, unpack

ACTS: dict[str, tuple[Purpose, Callable[[Any, Any], Awaitable[Any]]]] = {
    "accept": (Purpose.COLLECT, lambda w, u: w.accept(u, "openid-credential-offer://?", "1")),
    "refresh": (Purpose.COLLECT, lambda w, u: w.refresh(u)),
    "show": (Purpose.PRESENT, lambda w, u: w.show(u, ["name"])),
    "answer": (Purpose.PRESENT, lambda w, u: w.answer(u, "openid4vp://?", lambda _: True)),
    "cards": (Purpose.VIEW, lambda w, u: cards(w, u)),
}


async def cards(wallet: Any, unlocked: Any) -> Any:
    return wallet.cards(unlocked)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_check_for_one_purpose_does_not_serve_another(
    holding: Any, web: Any, act: str, purpose: Purpose
) -> None:
    wanted, do = ACTS[act]
    if purpose is wanted:
        return

    with pytest.raises(LockedError, match="face check was made to"):
        await do(holding.wallet, holding.unlock(purpose))

    assert web.asked == []


@pytest.mark.parametrize("act", ACTS)
async def test_a_check_that_is_over_serves_nothing(
    holding: Any, web: Any, clock: Any, act: str
) -> None:
    wanted, do = ACTS[act]
    unlocked = holding.unlock(wanted)
    clock.forward(90)

    with pytest.raises(LockedError, match="no longer fresh"):
        await do(holding.wallet, unlocked)

    assert web.asked == []


async def test_one_check_serves_again_while_it_is_fresh(holding: Any, clock: Any) -> None:
    unlocked = holding.unlock(Purpose.PRESENT)
    await holding.wallet.show(unlocked, ["name"])
    clock.forward(89)

    assert await holding.wallet.show(unlocked, ["name"])


async def test_a_permit_can_be_kept_though_the_network_was_slower_than_the_check(
    phone: Any, issuer: Any, clock: Any
) -> None:
    nonce = issuer.nonce

    def slow(asked: Any) -> Any:
        clock.forward(60)
        issuer.province.now = clock.now
        return nonce(asked)

    issuer.web.handlers[f"{issuer.url_path}/n"] = slow
    began = issuer.province.now
    try:
        assert len(await phone.accept(issuer.offer_uri())) == 2
    finally:
        issuer.province.now = began


async def test_a_code_holds_for_a_minute_and_shows_what_was_asked(
    holding: Any, clock: Any, province: Any, checked_presentation: Any
) -> None:
    shown = await holding.wallet.show(holding.unlock(Purpose.PRESENT), PASS_CLAIMS)

    assert shown.expires_at == clock() + timedelta(seconds=60)
    text = unpack(shown.code, certificates=province.trust_list().certificates())
    claims = checked_presentation(text, audience="urn:zhejiang:counter", nonce=None)
    assert set(PASS_CLAIMS) <= claims.keys()
    assert "birthdate" not in claims


async def test_a_code_needs_no_network(holding: Any, web: Any) -> None:
    web.clear()

    assert (await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])).code

    assert web.asked == []


async def test_a_lapsed_permit_is_still_shown_for_the_counter_says_what_to_do(
    holding: Any, clock: Any, province: Any, new_answer: Any, web: Any
) -> None:
    clock.forward(400 * 86400)
    now_s = int(clock.now.timestamp())
    token = province.trust_token(iat=now_s, exp=now_s + 86400)
    web.put("/trust-list", new_answer(token.encode(), media_type="application/jwt"))

    shown = await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])

    assert shown.code.startswith("ZJ1:")
    assert all(c.lapsed for c in holding.wallet.cards(holding.unlock(Purpose.VIEW)))


async def test_each_showing_is_counted_on_disk(holding: Any) -> None:
    for _ in range(3):
        await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])

    assert sorted(c.times_shown for c in holding.copies(PASS_CONFIGURATION)) == [1, 2]
    unused = {c.configuration: c.unused for c in holding.wallet.cards(holding.unlock(Purpose.VIEW))}
    assert unused[PASS_CONFIGURATION] == 0


async def test_a_showing_while_new_copies_are_fetched_does_not_bring_the_old_back(
    holding: Any, issuer: Any
) -> None:
    """Both change the vault; the later write must not undo the earlier."""
    before = {copy.credential for copy in holding.holdings().copies}
    unlocked = holding.unlock(Purpose.PRESENT)

    async def show_now_and_then() -> None:
        for _ in range(6):
            await holding.wallet.show(unlocked, ["name"])
            await asyncio.sleep(0.005)

    await asyncio.gather(
        holding.wallet.refresh(holding.unlock(Purpose.COLLECT)), show_now_and_then()
    )

    after = holding.holdings()
    assert before.isdisjoint(copy.credential for copy in after.copies)
    assert after.refresh is not None
    assert after.refresh.refresh_token in issuer.refresh_tokens


async def test_two_renewals_at_a_time_both_end_well(holding: Any, issuer: Any) -> None:
    """A refresh token works once; the second renewal has to wait for the first's."""
    await asyncio.gather(
        *(holding.wallet.refresh(holding.unlock(Purpose.COLLECT)) for _ in range(2))
    )

    held = holding.holdings().refresh
    assert held is not None
    assert held.refresh_token in issuer.refresh_tokens


@pytest.mark.parametrize(
    ("error", "broken"),
    [
        (UnreachableError, {"body": b"x" * 4096, "chunks": 1025}),
        (BadIssuerError, {"body": b"Bad Gateway", "status": 502}),
    ],
)
async def test_a_permit_whose_copies_did_not_come_is_fetched_later(
    phone: Any, issuer: Any, web: Any, new_answer: Any, error: Any, broken: dict[str, Any]
) -> None:
    """The offer is spent by then; what it gave must be on disk already."""
    path = f"{issuer.url_path}/c"
    good = web.handlers[path]
    web.put(path, new_answer(**broken))
    with pytest.raises(error) as caught:
        await phone.accept(issuer.offer_uri())
    assert "refresh" in caught.value.remedy
    web.handlers[path] = good

    cards = await phone.wallet.refresh(phone.unlock(Purpose.COLLECT))

    assert [card.copies for card in cards] == [2, 2]


async def test_another_process_that_fetches_copies_is_not_disturbed(
    holding: Any, issuer: Any, web: Any
) -> None:
    with holding.vault.collecting(), pytest.raises(BusyError):
        await holding.wallet.refresh(holding.unlock(Purpose.COLLECT))

    assert web.asked == []


async def test_an_unknown_claim_is_named(holding: Any) -> None:
    with pytest.raises(NothingToShowError, match="height"):
        await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["height"])


async def test_a_portrait_fits_no_code(phone: Any, issuer: Any, large_portrait: Any) -> None:
    await phone.accept(issuer.offer_uri())

    with pytest.raises(PackError):
        await phone.wallet.show(phone.unlock(Purpose.PRESENT), ["portrait"])

    assert {copy.times_shown for copy in phone.holdings().copies} == {0}


@pytest.fixture
def large_portrait(issuer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture as large as a real one, which no code holds."""
    record = {**issuer.claims["record"], "portrait": "data:image/jpeg;base64," + "/9j" * 9000}
    monkeypatch.setattr(issuer, "claims", {**issuer.claims, "record": record})


async def test_a_code_that_takes_the_place_of_another_is_made_of_the_same_copy(
    holding: Any,
) -> None:
    """Half a minute later the screen shows a new code; only one of them is ever read."""
    unlocked = holding.unlock(Purpose.PRESENT)
    first = await holding.wallet.show(unlocked, ["name"])
    second = await holding.wallet.show(unlocked, ["name"], renews=True)

    assert first.code != second.code
    assert sorted(c.times_shown for c in holding.copies(PASS_CONFIGURATION)) == [0, 1]
    assert len(holding.holdings().showings) == 1


@pytest.mark.parametrize("renews", [True, False])
async def test_a_showing_of_its_own_takes_another_copy(holding: Any, renews: bool) -> None:
    await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])
    # Another check: nothing was shown under it that could be renewed.
    await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"], renews=renews)

    assert sorted(c.times_shown for c in holding.copies(PASS_CONFIGURATION)) == [1, 1]


async def test_a_renewal_with_more_claims_than_the_copy_has_takes_another(holding: Any) -> None:
    unlocked = holding.unlock(Purpose.PRESENT)
    await holding.wallet.show(unlocked, ["name"])

    assert (await holding.wallet.show(unlocked, ["name", "birthdate"], renews=True)).code


@pytest.mark.parametrize(("agree", "outcome"), [(True, "sent"), (False, "declined")])
async def test_what_was_asked_and_decided_is_remembered(
    holding: Any, counter: Any, agree: bool, outcome: str
) -> None:
    url = counter.ask(counter.members("name", "birthdate"))
    with contextlib.suppress(DeclinedError):
        await holding.answer(url, agree=agree)

    (showing,) = holding.holdings().showings
    assert (showing.outcome, set(showing.claims)) == (outcome, {"name", "birthdate"})
    assert "verifier" in showing.verifier


async def test_between_reading_a_request_and_deciding_nothing_is_sent(
    holding: Any, counter: Any
) -> None:
    unlocked = holding.unlock(Purpose.PRESENT)
    read = await holding.wallet.asked(unlocked, counter.ask(counter.members("name")))
    assert counter.posted == []

    await holding.wallet.agree(unlocked, read)

    assert counter.claims()["name"] == "买买提·示范"


async def test_a_check_for_viewing_renews_copies_and_no_other_does(holding: Any) -> None:
    assert len(await holding.wallet.replenish(holding.unlock(Purpose.VIEW))) == 2
    for purpose in (Purpose.PRESENT, Purpose.COLLECT):
        with pytest.raises(LockedError):
            await holding.wallet.replenish(holding.unlock(purpose))


async def test_new_copies_leave_the_history(holding: Any) -> None:
    await holding.wallet.show(holding.unlock(Purpose.PRESENT), ["name"])
    await holding.wallet.refresh(holding.unlock(Purpose.COLLECT))

    held = holding.holdings()
    assert len(held.showings) == 1
    assert held.renewed_at == holding.clock()

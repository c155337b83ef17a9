"""Freshness: for us, for this request, just now. VP-46 to VP-48."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.openid4vp import KeyBindingPayload
from verifier.checks.freshness import ExpectedBinding, check_freshness, shown_code
from verifier.errors import (
    AuthenticityError,
    FromTheFutureError,
    TooOldError,
    WrongAudienceError,
    WrongNonceError,
)

AUDIENCE = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
NONCE = "0123456789abcdef"
ASKED = ExpectedBinding(AUDIENCE, NONCE)
SHOWN = shown_code(AUDIENCE)


def check(world: Any, expected: ExpectedBinding, **changes: Any) -> None:
    claims: dict[str, Any] = {
        "iat": int(world.now.timestamp()),
        "aud": AUDIENCE,
        "nonce": NONCE,
        "sd_hash": "x",
    }
    check_freshness(KeyBindingPayload(**(claims | changes)), expected=expected, now=world.now)


def outcome(
    world: Any, expected: ExpectedBinding, **changes: Any
) -> type[AuthenticityError] | None:
    try:
        check(world, expected, **changes)
    except AuthenticityError as error:
        return type(error)
    return None


@pytest.mark.parametrize(
    "aud",
    [
        AUDIENCE.removeprefix("x509_hash:"),
        "X509_HASH:" + AUDIENCE.removeprefix("x509_hash:"),
        AUDIENCE + "/",
        "urn:zhejiang:counter",
        "",
    ],
)
def test_vp_46_aud_is_the_whole_client_identifier(world: Any, aud: str) -> None:
    assert outcome(world, ASKED, aud=aud) is WrongAudienceError
    assert outcome(world, SHOWN, aud=aud) is WrongAudienceError


@pytest.mark.parametrize("nonce", ["", NONCE[:-1], NONCE + "0", NONCE.upper(), "é" * 16])
def test_vp_47_nonce_is_the_one_of_the_request(world: Any, nonce: str) -> None:
    assert outcome(world, ASKED, nonce=nonce) is WrongNonceError


@pytest.mark.parametrize(
    ("length", "error"), [(0, WrongNonceError), (15, WrongNonceError), (16, None)]
)
def test_vp_47_a_holders_own_nonce_is_long_enough(
    world: Any, length: int, error: type[AuthenticityError] | None
) -> None:
    assert outcome(world, SHOWN, nonce="a" * length) is error


@pytest.mark.parametrize(
    ("expected", "offset_s", "error"),
    [
        (ASKED, -300, None),
        (ASKED, -301, TooOldError),
        (ASKED, 60, None),
        (ASKED, 61, FromTheFutureError),
        (ASKED, -365 * 86400, TooOldError),
        (ASKED, 365 * 86400, FromTheFutureError),
        (SHOWN, -60, None),
        (SHOWN, -61, TooOldError),
        (SHOWN, 10, None),
        (SHOWN, 11, FromTheFutureError),
    ],
)
def test_vp_48_iat_is_in_its_window(
    world: Any, expected: ExpectedBinding, offset_s: int, error: type[AuthenticityError] | None
) -> None:
    assert outcome(world, expected, iat=int(world.now.timestamp()) + offset_s) is error


def test_the_error_carries_both_values(world: Any) -> None:
    with pytest.raises(TooOldError) as caught:
        check(world, SHOWN, iat=int(world.now.timestamp()) - 95)

    assert caught.value.params == {"age_s": 95, "max_age_s": 60}


@given(st.integers(-(10**12), 10**12))
def test_nothing_outside_the_window_is_fresh(offset_s: int) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 25, tzinfo=UTC)
    binding = KeyBindingPayload(
        iat=int(now.timestamp()) + offset_s, aud=AUDIENCE, nonce=NONCE, sd_hash="x"
    )
    later = now + timedelta(microseconds=1)

    try:
        check_freshness(binding, expected=SHOWN, now=later)
    except AuthenticityError:
        fresh = False
    else:
        fresh = True
    assert fresh == (-60 < offset_s <= 10)

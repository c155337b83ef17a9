"""Freshness: made for us, for this request, just now.

A request of ours names a nonce, and the answer must repeat it. A code the holder shows
of their own accord cannot: the wallet does not know which counter will read it. Its
audience is the one all counters share, and its nonce only has to be long enough for two
codes never to be alike, so that "seen before" (``verify.py``) means something.
Source: [SD-JWT §7.3], [OID4VP §14.1].
"""

from datetime import datetime
from hmac import compare_digest

from msgspec import Struct

from schemas.openid4vp import KeyBindingPayload
from verifier.errors import FromTheFutureError, TooOldError, WrongAudienceError, WrongNonceError

MINIMUM_NONCE_CHARACTERS = 16
"""Of a nonce the holder chose: 96 bits where each character carries six."""
CODE_MAX_AGE_S = 60
CODE_MAX_AHEAD_S = 10
"""Seconds a holder's clock may run before ours; phones keep network time."""


class ExpectedBinding(Struct, frozen=True):
    """What a key binding has to say, from our own request or policy, never from what came."""

    audience: str
    """The whole client identifier, prefix included; for shown codes the counters' audience."""
    nonce: str | None = None
    """Of our request; ``None`` where the holder shows without being asked."""
    max_age_s: int = 300
    max_ahead_s: int = 60


def shown_code(audience: str) -> ExpectedBinding:
    """What is expected of a code that a holder shows: no request, and a short life."""
    return ExpectedBinding(audience, None, CODE_MAX_AGE_S, CODE_MAX_AHEAD_S)


def check_freshness(
    binding: KeyBindingPayload, *, expected: ExpectedBinding, now: datetime
) -> None:
    """Compare what the holder signed with what was expected.

    Raises:
        WrongAudienceError, WrongNonceError, TooOldError, FromTheFutureError.
    """
    # The whole string: a client identifier without its prefix is another client.
    if binding.aud != expected.audience:
        raise WrongAudienceError("the key binding was made for another audience")
    _check_nonce(binding.nonce, expected.nonce)
    age_s = now.timestamp() - binding.iat
    if age_s > expected.max_age_s:
        raise TooOldError(
            "the key binding is too old", age_s=int(age_s), max_age_s=expected.max_age_s
        )
    if age_s < -expected.max_ahead_s:
        raise FromTheFutureError(
            "the key binding is from the future", ahead_s=int(-age_s), max_s=expected.max_ahead_s
        )


def _check_nonce(nonce: str, expected: str | None) -> None:
    if expected is None:
        if len(nonce) < MINIMUM_NONCE_CHARACTERS:
            raise WrongNonceError(f"a nonce shorter than {MINIMUM_NONCE_CHARACTERS} characters")
    elif not compare_digest(nonce.encode(), expected.encode()):
        raise WrongNonceError("the nonce is not the one of our request")

"""Grants: which wallet may fetch copies of which permit, and the tokens that say so.

Each method is one transaction, and decides inside it: of two wallets that redeem one code at
the same time, one finds it redeemed. A refusal that must leave a trace (a wrong transaction
code, a refresh token that turns up again) is committed before it is raised.

A refresh token is ``family.secret``. The family stays for the life of the grant and finds it;
the secret is new with each refresh. So any used token of the family is recognised, however
long ago it was used, and not only the last one. One may come twice: an answer can be lost
on the way, so the token before the present one works until its successors have been used.

All methods block. Instants are aware. Sources: [OID4VCI §6], [RFC6749 §6].
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from issuer.issuance_errors import (
    InvalidGrantError,
    InvalidTokenError,
    InvalidTokenRequestError,
    TokenRequestError,
)
from issuer.issuance_secrets import digest_of, new_secret, same, tx_code_digest
from issuer.offers import is_open
from issuer.settings import Settings
from issuer.storage import Grant, IssuerReading, IssuerStorage, IssuerTransaction, Offer
from keys.clock import Clock
from schemas.openid4vci import TokenResponse

MAX_WRONG_TRIES: Final = 5
"""Wrong transaction codes after which an offer is dead for everyone."""
TOKEN_TYPE: Final = "Bearer"  # noqa: S105 - a scheme's name
_UNSEEN: Final = ""
"""In place of a digest that is not there: no token has it."""


class Grants:
    """Turns codes and refresh tokens into access tokens; keeps digests of them only."""

    def __init__(self, storage: IssuerStorage, clock: Clock, settings: Settings) -> None:
        self._storage = storage
        self._clock = clock
        self._settings = settings

    def redeem(self, county: str, code: str, tx_code: str | None) -> TokenResponse:
        """Spend a pre-authorized code. The code survives four wrong transaction codes.

        Raises:
            InvalidTokenRequestError: the transaction code is missing, or not expected.
            InvalidGrantError: the code or the transaction code is not good (any more).
        """
        now = self._clock()
        with self._storage.transaction() as tx:
            offer = tx.offer_by_code(digest_of(code))
            if offer is None or offer.county != county or not is_open(offer, now):
                raise InvalidGrantError("the pre-authorized code is unknown, spent or run out")
            if tx.permit(offer.permit_number).ended:
                raise InvalidGrantError("the permit has ended")
            refusal = _check_tx_code(tx, offer, code, tx_code)
            if refusal is None:
                tx.replace_offer(replace(offer, state="redeemed"))
                return self._begin(tx, offer, now)
        raise refusal

    def refresh(self, county: str, refresh_token: str) -> TokenResponse:
        """New tokens for old ones; what an earlier answer to the same token gave is void.

        Raises:
            InvalidGrantError: unknown, run out, of a permit that has ended, or used before.
                The last ends the grant: the token is in two hands, and nobody can tell
                whose is which.
        """
        now = self._clock()
        family, presented = refresh_token.partition(".")[0], digest_of(refresh_token)
        with self._storage.transaction() as tx:
            grant = tx.grant_by_refresh_token(digest_of(family))
            if grant is None or grant.county != county or not _is_live(grant, now):
                raise InvalidGrantError("the refresh token is unknown, withdrawn or run out")
            good = (grant.refresh_digest, grant.previous_refresh_digest or _UNSEEN)
            used_before = not any(same(digest, presented) for digest in good)
            if not used_before and not tx.permit(grant.permit_number).ended:
                grant, answer = self._with_new_tokens(grant, family, now)
                tx.replace_grant(replace(grant, previous_refresh_digest=presented))
                return answer
            tx.replace_grant(replace(grant, state="dead"))
        raise InvalidGrantError(
            "the refresh token was used before; its grant has been ended"
            if used_before
            else "the permit has ended"
        )

    def behind(self, register: IssuerReading, county: str, access_token: str) -> Grant:
        """The live grant that an access token opens.

        Raises:
            InvalidTokenError: unknown, run out, withdrawn, or another county's.
        """
        now = self._clock()
        grant = register.grant_by_access_token(digest_of(access_token))
        if grant is None or grant.county != county or not _is_live(grant, now):
            raise InvalidTokenError("the access token is unknown or withdrawn")
        if now >= grant.access_expires_at:
            raise InvalidTokenError("the access token has run out")
        return grant

    @staticmethod
    def note_use(tx: IssuerTransaction, grant: Grant) -> None:
        """The access token of ``grant`` was used, so its wallet has what refreshing gave.

        From here on the token before is one that turns up again.
        """
        if grant.previous_refresh_digest is not None:
            tx.replace_grant(replace(grant, previous_refresh_digest=None))

    def _begin(self, tx: IssuerTransaction, offer: Offer, now: datetime) -> TokenResponse:
        family = new_secret()
        empty = Grant(
            id=new_secret(),
            permit_number=offer.permit_number,
            county=offer.county,
            configuration_ids=offer.configuration_ids,
            access_digest=_UNSEEN,
            access_expires_at=now,
            refresh_digest=_UNSEEN,
            refresh_family_digest=digest_of(family),
            expires_at=now,
        )
        grant, answer = self._with_new_tokens(empty, family, now)
        tx.add_grant(grant)
        return answer

    def _with_new_tokens(
        self, grant: Grant, family: str, now: datetime
    ) -> tuple[Grant, TokenResponse]:
        access_token, refresh_token = new_secret(), f"{family}.{new_secret()}"
        settings = self._settings
        renewed = replace(
            grant,
            access_digest=digest_of(access_token),
            access_expires_at=now + timedelta(seconds=settings.access_token_ttl_s),
            refresh_digest=digest_of(refresh_token),
            expires_at=now + timedelta(seconds=settings.refresh_token_ttl_s),
        )
        return renewed, TokenResponse(
            access_token=access_token,
            token_type=TOKEN_TYPE,
            expires_in=settings.access_token_ttl_s,
            refresh_token=refresh_token,
            scope=" ".join(grant.configuration_ids),
        )


def _check_tx_code(
    tx: IssuerTransaction, offer: Offer, code: str, tx_code: str | None
) -> TokenRequestError | None:
    """Why the transaction code does not open the offer; a wrong one is counted [OID4VCI §6.3]."""
    if (tx_code is None) != (offer.tx_code_digest is None):
        expected = "not expected" if offer.tx_code_digest is None else "missing"
        return InvalidTokenRequestError(f"tx_code is {expected}")
    if tx_code is None or offer.tx_code_digest is None:
        return None
    if same(tx_code_digest(code, tx_code), offer.tx_code_digest):
        return None
    tries = offer.wrong_tries + 1
    dead = tries >= MAX_WRONG_TRIES
    tx.replace_offer(replace(offer, wrong_tries=tries, state="dead" if dead else "open"))
    if dead:
        return InvalidGrantError(
            "the transaction code is wrong, for the last time",
            remedy="Ask the issuing authority for a new offer.",
        )
    return InvalidGrantError(f"the transaction code is wrong; {MAX_WRONG_TRIES - tries} tries left")


def _is_live(grant: Grant, now: datetime) -> bool:
    return grant.state == "live" and now < grant.expires_at

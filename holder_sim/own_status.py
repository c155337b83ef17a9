"""What the issuer says of one's own permit: the status list, read by the holder.

The whole list is fetched, as counters do, so that the issuer does not learn from it who is
looking. It is believed only under a key that the trust list names for this issuer's status
lists, only for its own address, and only while its time runs [TSL §5.1, §8.3].
"""

from datetime import UTC, datetime
from typing import Final

from holder_sim.errors import BadIssuerError
from holder_sim.held_credential import HeldCopy, Standing
from holder_sim.wallet_http import WalletHttp
from holder_sim.wallet_trust import WalletTrust
from keys.clock import Clock
from keys.errors import TrustError
from keys.jws import parse_jws, verify_jws
from keys.trust_list import TrustedIssuer, trusted_status_key
from schemas.endorsement_window import day_of
from schemas.errors import InputError
from schemas.permit_credential import permit_payload
from schemas.status_list import (
    STATUS_LIST_MEDIA_TYPE,
    STATUS_LIST_TYP,
    StatusReference,
    decode_status_list,
    parse_status_payload,
)

MAX_TOKEN_BYTES: Final = 2 * 1024 * 1024
MAX_CLOCK_SKEW_S: Final = 60


class OwnStatus:
    """Asks how a held copy stands."""

    def __init__(self, http: WalletHttp, trust: WalletTrust, clock: Clock) -> None:
        self._http = http
        self._trust = trust
        self._clock = clock

    async def of(self, copy: HeldCopy) -> Standing:
        """The issuer's present word on the permit that ``copy`` is of.

        Raises:
            UnreachableError: the list cannot be fetched.
            BadIssuerError: what came is not to be believed.
            keys.errors.TrustError: the trust list does not name the issuer, or does not hold.
        """
        payload, now = permit_payload(copy.payload()), self._clock()
        issuer = (await self._trust.current()).issuer(payload.iss, on=day_of(now))
        reference = payload.status.status_list
        body = await self._http.get(reference.uri, accept=STATUS_LIST_MEDIA_TYPE)
        return read_standing(body, reference=reference, issuer=issuer, now=now)


def read_standing(
    body: bytes, *, reference: StatusReference, issuer: TrustedIssuer, now: datetime
) -> Standing:
    """The entry ``reference`` names in a status list token as it was fetched.

    Raises:
        BadIssuerError: the token is forged, another list's, from the future or run out.
    """
    try:
        token = body.decode("ascii", errors="replace").strip()
        jws = parse_jws(token, typ=STATUS_LIST_TYP, max_bytes=MAX_TOKEN_BYTES)
        verify_jws(jws, trusted_status_key(jws, issuer, at=now))
        payload = parse_status_payload(jws.payload)
        if payload.sub != reference.uri:
            raise BadIssuerError("the status list is another one's")
        if payload.iat > now.timestamp() + MAX_CLOCK_SKEW_S:
            raise BadIssuerError("the status list is from the future")
        if payload.exp is not None and now.timestamp() >= payload.exp:
            raise BadIssuerError("the status list has run out")
        value = decode_status_list(payload.status_list).value(reference.idx)
    except (TrustError, InputError) as error:
        raise BadIssuerError(f"the status list is not believed: {error.detail}") from error
    return Standing(value=value, as_of=datetime.fromtimestamp(payload.iat, UTC))

"""What the vault holds: copies of the permit, their keys, and the means to get new ones."""

from datetime import date, datetime
from typing import Any

import msgspec

from holder_sim.showing_history import Showing
from keys.jws import parse_jws
from keys.signing_key import SoftwareSigningKey
from schemas.base64url import b64url_decode
from schemas.disclosed_claims import process_payload
from schemas.permit_credential import CLAIM_PATHS, SD_JWT_VC_TYP, claim_at, permit_payload
from schemas.sd_jwt import parse_sd_jwt
from schemas.strict_json import decode_object

MAX_PAYLOAD_BYTES = 64 * 1024


class HeldCopy(msgspec.Struct, frozen=True):
    """One credential and the key it is bound to."""

    configuration: str
    """Credential configuration it was issued under."""
    credential: str
    """SD-JWT VC, compact, ends with ``~``."""
    private_key: str
    """PKCS #8 DER, base64url."""
    times_shown: int = 0

    def key(self) -> SoftwareSigningKey:
        """The holder's key of this copy."""
        return SoftwareSigningKey.from_private(b64url_decode(self.private_key))

    def payload(self) -> dict[str, Any]:
        """What the issuer signed; it was verified on receipt."""
        jws = parse_jws(parse_sd_jwt(self.credential).issuer_jwt, typ=SD_JWT_VC_TYP)
        return decode_object(jws.payload, max_bytes=MAX_PAYLOAD_BYTES)

    def claims(self) -> dict[str, Any]:
        """All claims, disclosed to ourselves."""
        return process_payload(self.payload(), parse_sd_jwt(self.credential).disclosures).claims

    def holds(self, names: frozenset[str]) -> bool:
        """Whether every claim of these names is in this copy."""
        claims = self.claims()
        return all(claim_at(claims, CLAIM_PATHS[name]) is not None for name in names)


class Refresh(msgspec.Struct, frozen=True):
    """The means to get new copies from an issuer without the holder doing anything."""

    credential_issuer: str
    refresh_token: str
    configurations: tuple[str, ...]


class Standing(msgspec.Struct, frozen=True):
    """What the issuer's status list says of the permit."""

    value: int
    """As in the list: 0 usable, 1 ended, 2 suspended [TSL §7.1]."""
    as_of: datetime
    """When the issuer said so, UTC."""


class Holdings(msgspec.Struct, frozen=True):
    """All a wallet keeps."""

    copies: tuple[HeldCopy, ...] = ()
    refresh: Refresh | None = None
    showings: tuple[Showing, ...] = ()
    """What was shown to whom, oldest first; outlives the copies."""
    standing: Standing | None = None
    """What the issuer last said of the permit; ``None``: not asked yet."""
    renewed_at: datetime | None = None
    """When the copies came, UTC; ``None``: none came yet."""


class Card(msgspec.Struct, frozen=True):
    """One credential as the list of cards shows it, without any hidden claim."""

    configuration: str
    county: str
    """Code of the county of residence."""
    usable_through: date
    lapsed: bool
    copies: int
    unused: int
    """Copies not shown yet; two showings of one copy can be linked to each other."""


def cards_of(holdings: Holdings, now: datetime) -> tuple[Card, ...]:
    """The cards, one for each configuration."""
    by_configuration: dict[str, list[HeldCopy]] = {}
    for copy in holdings.copies:
        by_configuration.setdefault(copy.configuration, []).append(copy)
    return tuple(_card(name, copies, now) for name, copies in by_configuration.items())


def _card(configuration: str, copies: list[HeldCopy], now: datetime) -> Card:
    payload = permit_payload(copies[0].payload())
    return Card(
        configuration=configuration,
        county=payload.jurisdiction,
        usable_through=payload.endorsement.usable_through,
        lapsed=payload.exp <= now.timestamp(),
        copies=len(copies),
        unused=sum(copy.times_shown == 0 for copy in copies),
    )

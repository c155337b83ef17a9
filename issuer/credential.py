"""From a permit to a signed credential: which claims, which of them hidden, for how long.

Pure: the instant, the holder's key, the status entry and the signing key are arguments.
Dates of use are Asia/Shanghai days, numeric dates are seconds since 1970 UTC. Copies made on
one day look alike: ``iat`` and ``nbf`` are the start of that day. Source: [SD-JWT-VC §3.2].
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import msgspec

from issuer.permit import Permit
from keys.jws import sign_with_header, x5c_header
from keys.signing_key import SigningKey
from schemas.base64url import b64url_encode
from schemas.divisions import county
from schemas.endorsement_window import add_months, day_of, expires_at, start_of_day
from schemas.permit_credential import (
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
    PERMIT_VCT,
    RECORD,
    SD_JWT_VC_TYP,
)
from schemas.sd_jwt import SelectiveObject, conceal, join_sd_jwt
from schemas.status_list import StatusReference

ADULT_MONTHS = 18 * 12

_encode = msgspec.json.Encoder().encode


def visible_claims(
    permit: Permit,
    *,
    issuer: str,
    holder_jwk: Mapping[str, str],
    status: StatusReference,
    today: date,
) -> dict[str, Any]:
    """What every reader of the credential sees."""
    starts = _starts_s(today)
    endorsement = permit.endorsement
    return {
        "iss": issuer,
        "vct": PERMIT_VCT,
        "iat": starts,
        "nbf": starts,
        "exp": _ends_s(endorsement.usable_through),
        # Only the public members: whatever else came with the key is not ours to sign.
        "cnf": {"jwk": {name: holder_jwk[name] for name in ("kty", "crv", "x", "y")}},
        "status": {"status_list": {"idx": status.idx, "uri": status.uri}},
        "jurisdiction": permit.county,
        "endorsement": {
            "sequence": endorsement.sequence,
            "usable_through": endorsement.usable_through.isoformat(),
        },
    }


def hidden_claims(permit: Permit, *, today: date) -> dict[str, Any]:
    """The fourteen claims that the holder shows one by one; ages are those of ``today``."""
    resident = permit.resident
    return {
        "name": resident.name,
        "birthdate": resident.birthdate.isoformat(),
        "citizen_id_number": resident.citizen_id_number,
        "citizen_id_tail": resident.citizen_id_number[-4:],
        "residence_address": permit.residence_address,
        "permit_number": permit.number,
        "continuous_residence_since": permit.continuous_residence_since.isoformat(),
        # Born on 29 February: of age on the 28th where there is no 29th [CC 202].
        "age_over_18": add_months(resident.birthdate, ADULT_MONTHS) <= today,
        RECORD: SelectiveObject(
            {
                "sex": resident.sex.value,
                "ethnic_group": resident.ethnic_group,
                "portrait": _data_uri(resident.portrait),
                "registered_address": resident.registered_address,
                "issuing_authority": f"{county(permit.county).name_zh}公安机关",
                "date_of_issuance": permit.issued_on.isoformat(),
            }
        ),
    }


def build_credential(
    permit: Permit,
    *,
    configuration: str,
    issuer: str,
    key: SigningKey,
    holder_jwk: Mapping[str, str],
    status: StatusReference,
    now: datetime,
    new_salt: Callable[[], str] | None = None,
) -> str:
    """The signed SD-JWT VC with all its disclosures, bound to the holder's key.

    ``issuer`` is the county's identifier, which the certificate of ``key`` names too;
    ``status`` is this credential's own place, shared with no other. ``new_salt`` is for
    tests; by default salts come from the system's generator.

    Raises:
        ValueError: ``configuration`` is neither the full permit nor the pass.
    """
    today = day_of(now)
    hidden = hidden_claims(permit, today=today)
    if configuration == PASS_CONFIGURATION:
        hidden = {name: hidden[name] for name in PASS_CLAIMS}
    elif configuration != FULL_CONFIGURATION:
        raise ValueError(f"no configuration {configuration}")
    visible = visible_claims(
        permit, issuer=issuer, holder_jwk=holder_jwk, status=status, today=today
    )
    payload, disclosures = conceal(visible, hidden, new_salt=new_salt)
    token = sign_with_header(_encode(payload), encoded_header=_header(key), key=key)
    return join_sd_jwt(token, [disclosure.encoded for disclosure in disclosures])


@lru_cache(maxsize=1024)
def _starts_s(day: date) -> int:
    return int(start_of_day(day).timestamp())


@lru_cache(maxsize=1024)
def _ends_s(usable_through: date) -> int:
    return int(expires_at(usable_through).timestamp())


@lru_cache(maxsize=256)
def _header(key: SigningKey) -> str:
    # One for each county key: encoding a chain again for each copy would cost as much as
    # hashing all the claims.
    members = {"alg": "ES256", "typ": SD_JWT_VC_TYP, "x5c": x5c_header(key)}
    return b64url_encode(_encode(members))


def _data_uri(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(picture).decode('ascii')}"

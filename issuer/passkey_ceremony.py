"""The two ceremonies of a passkey, as far as they are bytes: enrolling it, and showing it.

The library checks type, challenge, origin, relying party and signature. The counter is checked
here, because a counter that went back is more than a failed try: the device may have been
copied. No attestation is asked for: which make a device is of is nobody's condition. Nothing
here knows the register, or the time.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
)

from issuer.errors import PasskeyError
from issuer.officer_account import Account, Passkey
from schemas.base64url import b64url_decode
from schemas.strict_json import decode_object

MAX_RESPONSE_BYTES: Final = 64 * 1024
"""What a browser sends back; the largest attestations stay below 16 KiB."""
MAX_CREDENTIAL_ID: Final = 1023
"""Bytes of a device's own name for a passkey: as long as the WebAuthn standard lets it be."""
TIMEOUT_MS: Final = 120_000
"""How long a browser waits for the officer to touch the device, in milliseconds."""
RP_NAME: Final = "居住证 · Residence permit desk"
_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_NAMES: Final = {
    "raw_id": "rawId",
    "client_data": "clientDataJSON",
    "attestation": "attestationObject",
    "authenticator_data": "authenticatorData",
}


class CounterError(PasskeyError):
    """The device's counter went back: there may be two of it."""

    code = "passkey_copied"


class RelyingParty(Struct, frozen=True):
    """Whom passkeys are made for: a host, and the one address under which it is visited."""

    id: str
    origin: str


# Only these members go to the library: what it does with others need not be known then.
class _Attestation(Struct, frozen=True, rename=_NAMES):
    client_data: str
    attestation: str


class _Assertion(Struct, frozen=True, rename=_NAMES):
    client_data: str
    authenticator_data: str
    signature: str


class _Enrolled(Struct, frozen=True, rename=_NAMES):
    id: str
    raw_id: str
    type: str
    response: _Attestation


class _Shown(Struct, frozen=True, rename=_NAMES):
    id: str
    raw_id: str
    type: str
    response: _Assertion


def relying_party(base_url: str) -> RelyingParty | None:
    """Whom this service is to passkeys, or None where it is reached by an address only.

    Browsers bind a passkey to a host's name. A service on loopback has one: localhost.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return RelyingParty(host, base_url)
    if not address.is_loopback:
        return None
    port = f":{parts.port}" if parts.port else ""
    return RelyingParty("localhost", f"{parts.scheme}://localhost{port}")


def enrolment_options(party: RelyingParty, account: Account, challenge: bytes) -> str:
    """What a browser needs to make a passkey for this account, as JSON."""
    name = str(account.account_name)
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=RP_NAME,
        user_name=name,
        # Of no use to anybody who finds it on a device that was lost.
        user_id=sha256(name.encode()).digest(),
        user_display_name=account.name,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED
        ),
        exclude_credentials=_descriptors(account.passkeys),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(options)


def showing_options(party: RelyingParty, account: Account, challenge: bytes) -> str:
    """What a browser needs to ask for one of the account's passkeys, as JSON."""
    options = generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_MS,
        allow_credentials=_descriptors(account.passkeys),
    )
    return options_to_json(options)


def enrolled(
    response: bytes, *, party: RelyingParty, expected_challenge: bytes
) -> tuple[bytes, bytes, int]:
    """Credential id, public key and counter of a new passkey.

    Raises:
        PasskeyError: the answer is not one to this challenge from this service's own page.
        schemas.errors.InputError: it is no answer at all.
    """
    with _as_passkey_error():
        answer = _read(response, _Enrolled)
        made = verify_registration_response(
            credential=answer,
            expected_challenge=expected_challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            supported_pub_key_algs=_ALGORITHMS,
        )
        # Looked at now: a key that cannot be used would keep its officer out later.
        decoded_public_key_to_cryptography(decode_credential_public_key(made.credential_public_key))
        if len(made.credential_id) > MAX_CREDENTIAL_ID:
            raise PasskeyError("the device's name for this passkey is too long")
    return made.credential_id, made.credential_public_key, made.sign_count


def shown(
    response: bytes,
    *,
    passkeys: Iterable[Passkey],
    party: RelyingParty,
    expected_challenge: bytes,
) -> tuple[Passkey, int]:
    """Which of ``passkeys`` was shown, and where its counter stands now.

    Raises:
        CounterError: the counter did not go on.
        PasskeyError: it is none of them, or the answer is not one to this challenge.
        schemas.errors.InputError: it is no answer at all.
    """
    with _as_passkey_error():
        answer = _read(response, _Shown)
        credential_id = b64url_decode(answer["rawId"])
        held = next((key for key in passkeys if key.credential_id == credential_id), None)
        if held is None:
            raise PasskeyError("this device was not enrolled for this officer")
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=expected_challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=held.public_key,
            # The counter is looked at below, where a fault in it has a name of its own.
            credential_current_sign_count=0,
        )
    if not counter_went_on(before=held.sign_count, now=verified.new_sign_count):
        raise CounterError(
            "the counter of this device went back: there may be a copy of it",
            remedy="Tell an administrator of the county, who takes the passkeys off.",
        )
    return held, verified.new_sign_count


def counter_went_on(*, before: int, now: int) -> bool:
    """Whether a counter does what counters do; devices without one stay at 0."""
    return now > before or now == before == 0


def _read(response: bytes, shape: type[Struct]) -> dict[str, Any]:
    members = decode_object(response, max_bytes=MAX_RESPONSE_BYTES)
    answer: dict[str, Any] = msgspec.to_builtins(msgspec.convert(members, shape))
    return answer


def _descriptors(passkeys: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key.credential_id) for key in passkeys]


@contextmanager
def _as_passkey_error() -> Iterator[None]:
    try:
        yield
    # The library reads keys as they come: what is missing or odd in one ends in Python's own.
    except (
        WebAuthnException,
        msgspec.ValidationError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        raise PasskeyError(
            f"the passkey was not accepted: {type(error).__name__}",
            remedy="Try again on a page of this service that was opened anew.",
        ) from error

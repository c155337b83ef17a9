"""Signature of a slip: the county's pinned certificate, the slip's own type, its shape.

Each case is a whole token signed with a real key, wrong in one thing.
"""

from typing import Any

import msgspec
import pytest

from keys.signing_key import new_signing_key
from schemas.base64url import b64url_decode, b64url_encode
from schemas.permit_credential import SD_JWT_VC_TYP
from schemas.sd_jwt import parse_sd_jwt
from verifier.checks.signature import check_signature
from verifier.checks.slip_signature import check_slip_signature
from verifier.errors import (
    AuthenticityError,
    BadCredentialError,
    ForgedCredentialError,
    InvalidSlipError,
    UnknownIssuerOfPermitError,
    UntrustedCertificateError,
    WrongCredentialTypeError,
)


def check(world: Any, token: str, **changes: Any) -> Any:
    return check_slip_signature(
        token,
        trust_list=changes.get("trust_list") or world.trust_list(),
        now=changes.get("now") or world.now,
    )


def refused(world: Any, token: str, error: type[AuthenticityError], **changes: Any) -> None:
    with pytest.raises(AuthenticityError) as caught:
        check(world, token, **changes)
    assert type(caught.value) is error


def test_a_sound_slip(world: Any) -> None:
    slip = check(world, world.slip())

    assert (slip.payload.name, slip.payload.citizen_id_tail) == ("买买提·示范", "0007")
    assert slip.payload.kind == "paper"
    assert slip.issuer.issuer == world.lucheng.issuer


def test_the_signature_covers_every_byte(world: Any) -> None:
    head, payload, signature = world.slip().split(".")
    claims = msgspec.json.decode(b64url_decode(payload)) | {"name": "别人"}
    changed = b64url_encode(msgspec.json.encode(claims))

    refused(world, f"{head}.{changed}.{signature}", ForgedCredentialError)


def test_a_forgers_key_behind_a_copied_certificate(world: Any) -> None:
    forger = new_signing_key()
    forger.chain = world.lucheng.credential_key.chain

    refused(world, world.slip(key=forger), ForgedCredentialError)


@pytest.mark.parametrize("whose", ["neighbour", "status", "nobody"])
def test_only_the_countys_credential_certificate_counts(world: Any, whose: str) -> None:
    keys = {
        "neighbour": world.pingyang.credential_key,
        "status": world.lucheng.status_key,
        "nobody": new_signing_key(),
    }

    refused(world, world.slip(key=keys[whose]), UntrustedCertificateError)


def test_a_certificate_taken_off_the_list_signs_no_slips(world: Any) -> None:
    withdrawn = world.trusted(world.lucheng, credential_certificates=())

    refused(world, world.slip(), UntrustedCertificateError, trust_list=world.trust_list(withdrawn))


@pytest.mark.parametrize("iss", ["https://evil.example", None, 7])
def test_an_issuer_nobody_named(world: Any, iss: Any) -> None:
    refused(world, world.slip(iss=iss), UnknownIssuerOfPermitError)


def test_an_issuer_that_may_issue_no_permits(world: Any) -> None:
    other = world.trusted(world.lucheng, credential_types=("urn:something:else",))

    refused(world, world.slip(), WrongCredentialTypeError, trust_list=world.trust_list(other))


@pytest.mark.parametrize("typ", [SD_JWT_VC_TYP, "JWT", "kb+jwt", "statuslist+jwt", "ZJ-SLIP+JWT"])
def test_the_type_is_the_slips_own(world: Any, typ: str) -> None:
    refused(world, world.slip(typ=typ), BadCredentialError)


def test_a_permits_token_is_no_slip_and_a_slip_no_permit(world: Any) -> None:
    """Or a permit could be shown on paper without its holder's key."""
    permit = parse_sd_jwt(world.issue()).issuer_jwt

    refused(world, permit, BadCredentialError)
    with pytest.raises(BadCredentialError):
        check_signature(
            parse_sd_jwt(world.slip() + "~"), trust_list=world.trust_list(), now=world.now
        )


def test_a_permits_claims_under_the_slips_type_are_no_slip(world: Any) -> None:
    refused(world, world.slip(claims=world.visible()), InvalidSlipError)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": None},
        {"status": {"status_list": {"idx": 1.0, "uri": "https://issuer.example/330302/status/1"}}},
        {"kind": None},
        {"kind": "phone"},
        {"jti": "7k3m-q9td-v2xa"},
        {"name": ""},
        {"name": None},
        {"citizen_id_tail": "007"},
        {"exp": None},
        {"exp": -1},
        {"endorsement": {"sequence": 1}},
        {"jurisdiction": "33030"},
    ],
    ids=str,
)
def test_what_is_signed_must_be_a_slip(world: Any, changes: dict[str, Any]) -> None:
    refused(world, world.slip(**changes), InvalidSlipError)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.b.c.d", "x" * 9000])
def test_what_is_no_token(world: Any, token: str) -> None:
    refused(world, token, BadCredentialError)

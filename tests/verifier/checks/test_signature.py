"""Signature: R1 to R10 and R14, type, certificate, protected claims, shape.

Each case is a whole token signed with a real key, wrong in one thing.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from keys.jws import sign_jws, x5c_header
from keys.signing_key import new_signing_key
from schemas.base64url import b64url_decode, b64url_encode
from schemas.sd_jwt import join_sd_jwt, make_disclosure, parse_sd_jwt
from verifier.checks.signature import check_signature
from verifier.errors import (
    AuthenticityError,
    BadCredentialError,
    ForgedCredentialError,
    InvalidPermitError,
    MalformedPresentationError,
    ProtectedClaimError,
    StatusMissingError,
    UnknownIssuerOfPermitError,
    UntrustedCertificateError,
    WrongCredentialTypeError,
)

SALT = "A" * 22


def check(world: Any, issued: str, **changes: Any) -> Any:
    return check_signature(
        parse_sd_jwt(issued),
        trust_list=changes.get("trust_list") or world.trust_list(),
        now=changes.get("now") or world.now,
    )


def refused(
    world: Any, issued: str, error: type[AuthenticityError], **changes: Any
) -> AuthenticityError:
    with pytest.raises(AuthenticityError) as caught:
        check(world, issued, **changes)
    assert type(caught.value) is error
    return caught.value


def test_a_sound_permit(world: Any) -> None:
    permit = check(world, world.select(world.issue(), ["name", "sex"]))

    assert permit.payload.jurisdiction == "330302"
    assert permit.claims["name"] == "买买提·示范"
    assert permit.claims["record"] == {"sex": "1"}
    assert permit.disclosed == {("name",), ("record",), ("record", "sex")}
    assert permit.issuer.counties == ("330302",)
    assert permit.holder_key.jwk() == world.holder.public_jwk()


# --- the token


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "HS256", "RS256", "ES384", "", None, 1])
def test_vp_21_r2_alg_is_es256_and_nothing_else(world: Any, alg: Any) -> None:
    refused(world, with_header(world.issue(), alg=alg), BadCredentialError)


def with_header(issued: str, **header: Any) -> str:
    """The same token under another header; the signature does not fit it any more."""
    token, rest = issued.split("~", 1)
    head, payload, signature = token.split(".")
    members = msgspec.json.decode(b64url_decode(head)) | header
    return f"{b64url_encode(msgspec.json.encode(members))}.{payload}.{signature}~{rest}"


def test_vp_22_r3_the_signature_covers_every_byte(world: Any) -> None:
    issued = world.issue()
    token, rest = issued.split("~", 1)
    head, payload, signature = token.split(".")
    claims = msgspec.json.decode(b64url_decode(payload)) | {"jurisdiction": "330326"}
    changed = b64url_encode(msgspec.json.encode(claims))

    refused(world, f"{head}.{changed}.{signature}~{rest}", ForgedCredentialError)


def test_vp_22_r3_a_key_that_is_not_the_issuers(world: Any) -> None:
    """With the issuer's certificate, which anyone can copy from any permit."""
    forger = new_signing_key()
    forger.chain = world.lucheng.credential_key.chain

    refused(world, world.issue(key=forger), ForgedCredentialError)


def test_vp_22_r3_a_neighbours_key(world: Any) -> None:
    """A sound certificate under the same root, but of another county."""
    refused(
        world,
        world.issue(world.lucheng, key=world.pingyang.credential_key),
        UntrustedCertificateError,
    )


def test_a_status_key_signs_no_permits(world: Any) -> None:
    refused(world, world.issue(key=world.lucheng.status_key), UntrustedCertificateError)


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", "kb+jwt", "statuslist+jwt", "DC+SD-JWT", ""])
def test_vp_35_typ(world: Any, typ: str) -> None:
    refused(world, world.issue(typ=typ), BadCredentialError)


def test_vp_36_x5c_is_there(world: Any) -> None:
    bare = new_signing_key()
    refused(world, world.issue(key=bare), UntrustedCertificateError)


def test_vp_36_the_anchor_is_not_in_the_chain(world: Any) -> None:
    key = world.lucheng.credential_key
    chain = [*x5c_header(key), world.trusted(world.lucheng).anchor]

    refused(world, world.issue(x5c=chain), UntrustedCertificateError)


def test_vp_36_the_leaf_is_not_self_signed(world: Any) -> None:
    root_key = new_signing_key()
    root_key.chain = (world.root,)

    refused(world, world.issue(key=root_key), UntrustedCertificateError)


def test_vp_36_the_chain_is_valid_now(world: Any) -> None:
    later = world.now + timedelta(days=3 * 365)
    trust_list = world.trust_list()

    refused(world, world.issue(), UntrustedCertificateError, now=later, trust_list=trust_list)


def test_vp_36_a_certificate_that_the_trust_list_no_longer_names(world: Any) -> None:
    entry = world.trusted(world.lucheng, credential_certificates=())

    refused(world, world.issue(), UntrustedCertificateError, trust_list=world.trust_list(entry))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": {}},
        {"jku": "https://evil.example/k"},
        {"x5u": "https://evil.example/c"},
        {"kid": "/"},
    ],
)
def test_vp_37_no_key_is_taken_from_the_token(world: Any, header: dict[str, Any]) -> None:
    """A forger's token that brings its own key along, by every way there is."""
    forger = new_signing_key()
    named = header | ({"jwk": forger.public_jwk()} if "jwk" in header else {})

    refused(world, world.issue(key=forger, **named), UntrustedCertificateError)
    refused(
        world,
        world.issue(key=forger, x5c=x5c_header(world.lucheng.credential_key), **named),
        ForgedCredentialError,
    )


def test_vp_40_crit(world: Any) -> None:
    refused(world, world.issue(crit=["exp"], exp=1), BadCredentialError)


# --- the issuer


@pytest.mark.parametrize("iss", ["https://evil.example/330302", "", None, 7, ["https://a"]])
def test_an_issuer_nobody_listed(world: Any, iss: Any) -> None:
    refused(world, world.issue(visible=world.visible(iss=iss)), UnknownIssuerOfPermitError)


def test_an_issuer_before_and_after_its_time(world: Any) -> None:
    today = world.now.date()  # noon in Shanghai
    for bounds in ({"valid_from": today + timedelta(1)}, {"valid_until": today - timedelta(1)}):
        trust_list = world.trust_list(world.trusted(world.lucheng, **bounds))
        refused(world, world.issue(), UnknownIssuerOfPermitError, trust_list=trust_list)

    entry = world.trusted(world.lucheng, valid_from=today, valid_until=today)
    assert check(world, world.issue(), trust_list=world.trust_list(entry)).issuer == entry


@pytest.mark.parametrize(
    "vct", ["urn:zhejiang:dog-licence:1", "URN:zhejiang:residence-permit:1", ""]
)
def test_vp_38_another_type(world: Any, vct: str) -> None:
    refused(world, world.issue(visible=world.visible(vct=vct)), WrongCredentialTypeError)


def test_vp_38_another_type_is_no_permit_even_where_the_issuer_may_issue_it(world: Any) -> None:
    dog = "urn:zhejiang:dog-licence:1"
    entry = world.trusted(world.lucheng, credential_types=(dog,))
    trust_list = world.trust_list(entry)

    refused(
        world,
        world.issue(visible=world.visible(vct=dog)),
        WrongCredentialTypeError,
        trust_list=trust_list,
    )


def test_vp_38_an_issuer_that_may_not_issue_permits(world: Any) -> None:
    entry = world.trusted(world.lucheng, credential_types=())

    refused(world, world.issue(), WrongCredentialTypeError, trust_list=world.trust_list(entry))


# --- disclosures: the codec's own tests go deeper; here, that its refusals count

SD = ["_sd"]


def payload_with(**members: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda payload: payload | members


@pytest.mark.parametrize(
    ("rule", "alter"),
    [
        ("R4", payload_with(_sd_alg="sha-256-32")),
        ("R4", payload_with(_sd_alg="SHA-256")),
        ("R4", payload_with(_sd_alg=256)),
        ("R10", payload_with(_sd="abc")),
        ("R10", payload_with(_sd=[1])),
    ],
)
def test_vp_23_and_29_the_digests(
    world: Any, rule: str, alter: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    error = refused(world, world.issue(alter=alter), MalformedPresentationError)

    assert error.params["rule"] == rule


def disclosed(*parts: Any) -> str:
    return b64url_encode(msgspec.json.encode(list(parts)))


@pytest.mark.parametrize(
    ("rule", "disclosure"),
    [
        ("R5", disclosed(SALT, "value")),  # an array element's where a member belongs
        ("R5", disclosed(SALT, "a", "b", "c")),
        ("R5", disclosed(1, "name", "b")),
        ("R5", disclosed(SALT, 1, "b")),
        ("R6", disclosed(SALT, "_sd", [])),
        ("R6", disclosed(SALT, "...", "b")),
        ("R7", disclosed(SALT, "vct", "urn:zhejiang:residence-permit:1")),
        ("R14", b64url_encode(b'["' + SALT.encode() + b'","name",{"a":1,"a":2}]')),
        ("R14", b64url_encode(b'["' + SALT.encode() + b'","name",' + b"[" * 40 + b"]" * 40 + b"]")),
    ],
)
def test_vp_24_25_26_33_a_disclosure_the_issuer_should_not_have_signed(
    world: Any, rule: str, disclosure: str
) -> None:
    from hashlib import sha256

    digest = b64url_encode(sha256(disclosure.encode()).digest())
    issued = world.issue(alter=lambda payload: payload | {"_sd": [digest]})
    token = issued.split("~", 1)[0]

    error = refused(world, join_sd_jwt(token, [disclosure]), MalformedPresentationError)

    assert error.params["rule"] == rule


def test_vp_27_r8_the_same_disclosure_twice(world: Any) -> None:
    sd_jwt = parse_sd_jwt(world.select(world.issue(), ["name"]))
    twice = join_sd_jwt(sd_jwt.issuer_jwt, [*sd_jwt.disclosures, *sd_jwt.disclosures])

    assert refused(world, twice, MalformedPresentationError).params["rule"] == "R8"


def test_vp_28_r9_a_disclosure_the_issuer_did_not_sign(world: Any) -> None:
    sd_jwt = parse_sd_jwt(world.select(world.issue(), ["name"]))
    smuggled = make_disclosure("name", "Somebody Else", salt=SALT).encoded
    more = join_sd_jwt(sd_jwt.issuer_jwt, [*sd_jwt.disclosures, smuggled])

    assert refused(world, more, MalformedPresentationError).params["rule"] == "R9"


def test_vp_28_r9_a_member_without_the_object_it_is_in(world: Any) -> None:
    sd_jwt = parse_sd_jwt(world.select(world.issue(), ["sex"]))
    of_sex = [d for d in sd_jwt.disclosures if b'"sex"' in b64url_decode(d)]
    alone = join_sd_jwt(sd_jwt.issuer_jwt, of_sex)

    assert refused(world, alone, MalformedPresentationError).params["rule"] == "R9"


def test_vp_33_r14_a_member_twice_in_the_payload(world: Any) -> None:
    key = world.lucheng.credential_key
    text = msgspec.json.encode(world.visible())
    token = sign_jws(
        text[:-1] + b',"jurisdiction":"330326"}', typ="dc+sd-jwt", key=key, x5c=x5c_header(key)
    )

    refused(world, token + "~", BadCredentialError)


@pytest.mark.parametrize(
    "name",
    ["iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status", "jurisdiction", "endorsement"],
)
def test_vp_39_what_must_be_visible_may_not_come_by_disclosure(world: Any, name: str) -> None:
    visible = world.visible()
    value = visible.pop(name, "sha256-abc")
    issued = world.issue(visible=visible, hidden={name: value})
    error = UnknownIssuerOfPermitError if name == "iss" else ProtectedClaimError

    refused(world, issued, error)


def test_vp_39_nor_may_a_part_of_it(world: Any) -> None:
    disclosure = make_disclosure("idx", 0, salt=SALT)
    visible = world.visible()
    visible["status"]["status_list"].pop("idx")
    visible["status"]["status_list"]["_sd"] = [disclosure.digest]
    token = world.issue(visible=visible, hidden={}).split("~", 1)[0]

    refused(world, join_sd_jwt(token, [disclosure.encoded]), ProtectedClaimError)


# --- the shape


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},  # VP-30 R11: a required validity claim is missing
        {"nbf": None},
        {"exp": "2027-11-24"},  # VP-32 R13: not a number
        {"exp": True},
        {"cnf": None},
        {"cnf": {"jwk": {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}}},
        {"cnf": {"jwk": {"kty": "oct", "k": "AA"}}},
        {"cnf": {"jku": "https://evil.example/k"}},
        {"cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}}},
        {"jurisdiction": None},
        {"jurisdiction": 330302},
        {"endorsement": None},
        {"endorsement": {"sequence": 1, "usable_through": "2027-13-01"}},
        {"vct": None},
        {"status": {}},
        {"status": "none"},
    ],
)
def test_not_a_permit_in_shape(world: Any, change: dict[str, Any]) -> None:
    refused(world, world.issue(visible=world.visible(**change)), InvalidPermitError)


@pytest.mark.parametrize("idx", [-1, 1.0, 1.5, "1", True, None, 2**60])
def test_vp_59_idx_is_a_whole_number(world: Any, idx: Any) -> None:
    status = {"status_list": {"idx": idx, "uri": world.lucheng.status_uri}}

    refused(world, world.issue(visible=world.visible(status=status)), InvalidPermitError)


def test_vp_62_without_status(world: Any) -> None:
    refused(world, world.issue(visible=world.visible(status=None)), StatusMissingError)


def test_unknown_claims_are_let_pass(world: Any) -> None:
    assert check(world, world.issue(visible=world.visible(extra={"a": 1}))).claims["extra"] == {
        "a": 1
    }

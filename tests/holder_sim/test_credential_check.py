"""What comes instead of a permit, and is not kept [SD-JWT §7.1, §7.2], [HAIP §6.1.1]."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from holder_sim.credential_check import check_received
from holder_sim.errors import BadCredentialError
from keys.certificates import Role
from keys.jws import jwk_thumbprint, x5c_header
from keys.signing_key import new_signing_key
from keys.trust_list import TrustList, encode_all
from schemas.permit_credential import FULL_CONFIGURATION, PERMIT_VCT
from schemas.sd_jwt import conceal, join_sd_jwt, make_disclosure, parse_sd_jwt

KEY = new_signing_key()
THUMBPRINT = jwk_thumbprint(KEY.public_jwk())


def check(issuer: Any, credential: str, trust_list: TrustList | None = None, **own: object) -> str:
    return check_received(
        credential,
        issuer=issuer.identifier,
        vct=PERMIT_VCT,
        own_keys=own or {THUMBPRINT: KEY},
        trust_list=trust_list or issuer.province.trust_list(),
        now=issuer.province.now,
    )


def issued(issuer: Any) -> str:
    text: str = issuer.issue(FULL_CONFIGURATION, KEY.public_jwk())
    return text


def refused(issuer: Any, *, match: str, trust_list: TrustList | None = None) -> None:
    with pytest.raises(BadCredentialError, match=match):
        check(issuer, issued(issuer), trust_list)


def test_a_sound_credential_names_our_key(issuer: Any) -> None:
    assert check(issuer, issued(issuer)) == THUMBPRINT


# -- VCIW-22: type, algorithm, chain ----------------------------------------


@pytest.mark.parametrize("typ", ["vc+sd-jwt", "JWT", "DC+SD-JWT", "kb+jwt"])
def test_vciw_22_another_type_is_refused(issuer: Any, typ: str) -> None:
    issuer.typ = typ

    refused(issuer, match="typ must be")


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "es256"])
def test_vciw_22_another_algorithm_is_refused(issuer: Any, alg: str) -> None:
    issuer.header = {"alg": alg}

    refused(issuer, match="alg must be")


def test_vciw_22_a_signature_that_does_not_fit_is_refused(issuer: Any) -> None:
    good, other = issued(issuer), issued(issuer)
    head, payload, _ = parse_sd_jwt(good).issuer_jwt.split(".")
    signature = parse_sd_jwt(other).issuer_jwt.split(".")[2]
    forged = join_sd_jwt(f"{head}.{payload}.{signature}", parse_sd_jwt(good).disclosures)

    with pytest.raises(BadCredentialError, match="bad_signature"):
        check(issuer, forged)


def test_vciw_22_a_chain_to_a_root_of_its_own_is_refused(issuer: Any, province: Any) -> None:
    issuer.key = type(province)(issuer.identifier).credential_key

    refused(issuer, match="untrusted_certificate")


def test_vciw_22_the_anchor_may_not_be_in_the_chain(issuer: Any, province: Any) -> None:
    chain = [*x5c_header(issuer.key), *encode_all([province.root])]
    issuer.header = {"x5c": chain}

    refused(issuer, match="anchor must not be part")


def test_vciw_22_a_self_signed_leaf_is_refused(issuer: Any, province: Any) -> None:
    """Even one that the trust list names as anchor and as certificate."""
    issuer.key = province.root_key
    issuer.header = {"x5c": list(encode_all([province.root]))}
    entry = province.entry(credential_certificates=encode_all([province.root]))

    refused(issuer, match="untrusted_certificate", trust_list=province.trust_list(entry))


@pytest.mark.parametrize("x5c", [[], "text", None], ids=["empty", "text", "null"])
def test_vciw_22_no_chain_no_belief(issuer: Any, x5c: Any) -> None:
    issuer.header = {"x5c": x5c}

    refused(issuer, match="x5c must hold")


def test_vciw_22_the_token_brings_no_key_of_its_own(issuer: Any) -> None:
    """A key in the header is passed over: the chain's key has to fit."""
    stranger = new_signing_key()
    stranger.chain = issuer.key.chain
    issuer.key, issuer.header = stranger, {"jwk": stranger.public_jwk()}

    refused(issuer, match="bad_signature")


@pytest.mark.parametrize("role", [Role.STATUS, Role.VERIFIER, Role.CREDENTIAL])
def test_vciw_22_a_certificate_the_list_does_not_name_is_refused(
    issuer: Any, province: Any, role: Role
) -> None:
    """Sound chain, right name, and withdrawn or made for something else."""
    issuer.key = province.certified(role, issuer.identifier)

    refused(issuer, match="does not name this certificate")


def test_vciw_22_a_certificate_made_out_to_another_issuer_is_refused(
    issuer: Any, province: Any
) -> None:
    issuer.key = province.certified(Role.CREDENTIAL, "https://other.example/330302")
    entry = province.entry(credential_certificates=encode_all(issuer.key.chain))

    refused(issuer, match="not made out to", trust_list=province.trust_list(entry))


# -- VCIW-23: every digest and disclosure accounted for ----------------------------------------


def twice(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"_sd": [*payload["_sd"], payload["_sd"][0]]}


@pytest.mark.parametrize(
    ("alter", "match"),
    [
        (twice, "twice"),
        (lambda p: p | {"name": "someone else"}, "name is taken"),
        (lambda p: p | {"_sd_alg": "sha-256-32"}, "_sd_alg"),
        (lambda p: p | {"_sd": "text"}, "_sd is no array"),
        (lambda p: {k: v for k, v in p.items() if k != "_sd"}, "no digest stands for"),
    ],
    ids=["digest-twice", "name-clash", "weak-digests", "sd-no-array", "unreferenced"],
)
def test_vciw_23_processing_is_complete(
    issuer: Any, alter: Callable[[Any], Any], match: str
) -> None:
    issuer.alter_payload = alter

    refused(issuer, match=match)


@pytest.mark.parametrize("name", ["_sd", "..."])
def test_vciw_23_reserved_names_are_refused(issuer: Any, name: str) -> None:
    smuggled = make_disclosure(name, ["x"], salt="c2FsdHNhbHRzYWx0c2FsdA")
    issuer.alter_payload = lambda p: p | {"_sd": [*p["_sd"], smuggled.digest]}

    with pytest.raises(BadCredentialError, match="reserved name"):
        check(issuer, issued(issuer) + smuggled.encoded + "~")


def test_vciw_23_a_disclosure_nobody_signed_for_is_refused(issuer: Any) -> None:
    smuggled = make_disclosure("age_over_65", True, salt="c2FsdHNhbHRzYWx0c2FsdA")

    with pytest.raises(BadCredentialError, match="no digest stands for"):
        check(issuer, issued(issuer) + smuggled.encoded + "~")


def test_vciw_23_a_trailing_key_binding_is_refused(issuer: Any) -> None:
    text = issued(issuer)

    with pytest.raises(BadCredentialError, match="key binding"):
        check(issuer, text + parse_sd_jwt(text).issuer_jwt)


@pytest.mark.parametrize("text", ["", "~", "a.b.c", "nonsense~", "a.b.c~~"])
def test_vciw_23_what_is_no_sd_jwt_is_refused(issuer: Any, text: str) -> None:
    with pytest.raises(BadCredentialError):
        check(issuer, text)


# -- VCIW-24: type and key ----------------------------------------


def test_vciw_24_another_credential_type_is_refused(issuer: Any, province: Any) -> None:
    issuer.visible = {"vct": "urn:zhejiang:other:1"}
    entry = province.entry(credential_types=(PERMIT_VCT, "urn:zhejiang:other:1"))

    refused(issuer, match="another type than was offered", trust_list=province.trust_list(entry))


def test_vciw_24_a_key_that_is_not_ours_is_refused(issuer: Any) -> None:
    text = issuer.issue(FULL_CONFIGURATION, new_signing_key().public_jwk())

    with pytest.raises(BadCredentialError, match="not ours"):
        check(issuer, text)


@pytest.mark.parametrize(
    "cnf",
    [{}, {"jwk": {}}, {"jwk": {"kty": "EC"}}, {"kid": "1"}, "text"],
    ids=["empty", "no-members", "half", "by-reference", "text"],
)
def test_vciw_24_a_binding_that_is_none_is_refused(issuer: Any, cnf: Any) -> None:
    issuer.visible = {"cnf": cnf}

    refused(issuer, match=r"invalid_permit|bad_token")


# -- VCIW-25: what must stand in plain, and when it holds ----------------------------------------


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct", "status", "endorsement"])
def test_vciw_25_protected_claims_may_not_come_by_disclosure(issuer: Any, name: str) -> None:
    hidden: list[str] = []

    def hide(payload: dict[str, Any]) -> dict[str, Any]:
        visible = {k: v for k, v in payload.items() if not k.startswith("_sd") and k != name}
        made, disclosures = conceal(visible, {name: payload[name]})
        hidden.append(disclosures[0].encoded)
        return made | {"_sd": [*made["_sd"], *payload["_sd"]]}

    issuer.alter_payload = hide
    text = issued(issuer)

    with pytest.raises(BadCredentialError, match="must be in plain"):
        check(issuer, text + hidden[0] + "~")


def test_vciw_25_a_member_of_a_protected_claim_may_not_either(issuer: Any) -> None:
    """The key's coordinates by disclosure: the holder could swap the key."""
    hidden: list[str] = []

    def hide(payload: dict[str, Any]) -> dict[str, Any]:
        made, disclosures = conceal({}, {"jwk": payload["cnf"]["jwk"]})
        hidden.append(disclosures[0].encoded)
        return payload | {"cnf": {"_sd": made["_sd"]}}

    issuer.alter_payload = hide
    text = issued(issuer)

    with pytest.raises(BadCredentialError, match="must be in plain"):
        check(issuer, text + hidden[0] + "~")


@pytest.mark.parametrize(
    ("visible", "match"),
    [
        ({"nbf": 4102444800}, "not valid now"),
        ({"exp": 1700000000}, "not valid now"),
        ({"exp": "1900000000"}, "invalid_permit"),
        ({"exp": 1900000000.5}, "invalid_permit"),
        ({"exp": 1900000000}, "disagree"),
        ({"endorsement": {"sequence": 1, "usable_through": "2030-01-01"}}, "disagree"),
        ({"endorsement": {"sequence": 1}}, "invalid_permit"),
        ({"status": {}}, "invalid_permit"),
    ],
)
def test_vciw_25_times_are_sane(issuer: Any, visible: dict[str, Any], match: str) -> None:
    issuer.visible = visible

    refused(issuer, match=match)


# -- VCIW-26: who may issue what, where and when ----------------------------------------


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"issuer": "https://other.example"}, "does not name this issuer"),
        ({"counties": ("330326",)}, "does not let this issuer"),
        ({"credential_types": ("urn:zhejiang:other:1",)}, "does not let this issuer"),
        ({"valid_from": date(2026, 11, 26)}, "names this issuer from"),
        ({"valid_until": date(2026, 11, 24)}, "names this issuer from"),
    ],
)
def test_vciw_26_the_trust_list_decides(
    issuer: Any, province: Any, change: dict[str, Any], match: str
) -> None:
    trust_list = province.trust_list(province.entry(**change))

    refused(issuer, match=match, trust_list=trust_list)


def test_vciw_26_an_issuer_does_not_sign_for_another(issuer: Any) -> None:
    issuer.visible = {"iss": issuer.identifier + "9"}

    refused(issuer, match="names another issuer")

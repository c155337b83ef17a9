"""The trust list: whose word it is, for how long, and whom it names for what."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from keys.certificates import Role, issue_certificate, new_root
from keys.errors import (
    ChainError,
    SignatureError,
    TokenError,
    TrustListError,
    UnknownIssuerError,
)
from keys.jws import Jws, parse_jws, public_key_from_jwk, sign_jws, verify_jws, x5c_header
from keys.signing_key import SoftwareSigningKey, new_signing_key
from keys.trust_list import (
    COUNTER_AUDIENCE,
    MAX_TRUST_LIST_BYTES,
    TRUST_LIST_TYP,
    TrustedIssuer,
    TrustList,
    decode_all,
    encode_all,
    read_trust_list,
    sign_trust_list,
    trusted_credential_key,
    trusted_status_key,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
ISSUER = "https://issuer.example/330302"
OTHER_ISSUER = "https://issuer.example/330326"
ROOT_KEY = new_signing_key()
ROOT = new_root(ROOT_KEY, name="Test Province", now=NOW - timedelta(days=60))


def certified(
    role: Role,
    identifier: str = ISSUER,
    *,
    root: bytes = ROOT,
    root_key: SoftwareSigningKey = ROOT_KEY,
) -> SoftwareSigningKey:
    key = new_signing_key()
    der = issue_certificate(
        root=root,
        root_key=root_key,
        public=key,
        role=role,
        name="Police",
        identifier=identifier,
        now=NOW - timedelta(days=30),
        days=90,
    )
    key.chain = (der,)
    return key


CREDENTIAL = certified(Role.CREDENTIAL)
STATUS = certified(Role.STATUS)
SIGNER = certified(Role.TRUST_LIST, "https://province.example")
ENTRY = TrustedIssuer(
    issuer=ISSUER,
    name_zh="公安局",
    name_en="Police",
    anchor=encode_all([ROOT])[0],
    credential_certificates=encode_all(CREDENTIAL.chain),
    status_certificates=encode_all(STATUS.chain),
    counties=("330302",),
    credential_types=("urn:example:permit",),
    valid_from=date(2021, 6, 7),
    valid_until=date(2026, 12, 31),
)
LIST = TrustList(
    sequence=7,
    iat=NOW_S - 3600,
    exp=NOW_S + 86_400,
    counter_audience=COUNTER_AUDIENCE,
    issuers=(ENTRY,),
    verifier_anchors=encode_all([ROOT]),
)


def entry(**changes: Any) -> TrustedIssuer:
    return msgspec.structs.replace(ENTRY, **changes)


def listed(**changes: Any) -> TrustList:
    return msgspec.structs.replace(LIST, **changes)


def read(token: str, *, at: datetime = NOW, held_sequence: int = 0) -> TrustList:
    return read_trust_list(token, root=ROOT, at=at, held_sequence=held_sequence)


def signed_by(key: SoftwareSigningKey, payload: bytes | None = None) -> str:
    body = payload if payload is not None else msgspec.json.encode(LIST)
    return sign_jws(body, typ=TRUST_LIST_TYP, key=key, x5c=x5c_header(key))


# -- whose word it is ----------------------------------------------------------------


def test_a_list_comes_back_as_it_was_signed() -> None:
    assert read(sign_trust_list(LIST, SIGNER)) == LIST


@pytest.mark.parametrize("role", [Role.CREDENTIAL, Role.STATUS, Role.VERIFIER])
def test_a_certificate_for_something_else_signs_no_list(role: Role) -> None:
    """It hangs under the same root, so the chain alone would do."""
    with pytest.raises(ChainError, match="not the trust list signer's"):
        read(sign_trust_list(LIST, certified(role)))


def test_a_name_that_looks_like_the_role_does_not_do() -> None:
    key = new_signing_key()
    der = issue_certificate(
        root=ROOT,
        root_key=ROOT_KEY,
        public=key,
        role=Role.VERIFIER,
        name="x,CN=trust-list,O=y",
        identifier=ISSUER,
        now=NOW,
        locality="CN=trust-list",
    )
    key.chain = (der,)

    with pytest.raises(ChainError, match="not the trust list signer's"):
        read(sign_trust_list(LIST, key))


def test_a_list_under_another_root_is_not_believed() -> None:
    stranger = new_signing_key()
    root = new_root(stranger, name="Test Province", now=NOW)  # of the same name
    signer = certified(Role.TRUST_LIST, root=root, root_key=stranger)

    with pytest.raises(ChainError, match="does not lead to a trust anchor"):
        read(sign_trust_list(LIST, signer))


def test_a_list_signed_with_another_key_than_its_certificates() -> None:
    impostor = SoftwareSigningKey(new_signing_key().private, SIGNER.chain)

    with pytest.raises(SignatureError):
        read(sign_trust_list(LIST, impostor))


def test_the_root_itself_signs_no_list() -> None:
    root = SoftwareSigningKey(ROOT_KEY.private, (ROOT,))

    with pytest.raises(ChainError, match="must not be part of the chain"):
        read(sign_trust_list(LIST, root))


def test_another_kind_of_token_is_no_list() -> None:
    token = sign_jws(
        msgspec.json.encode(LIST), typ="statuslist+jwt", key=SIGNER, x5c=x5c_header(SIGNER)
    )

    with pytest.raises(TokenError, match="typ must be"):
        read(token)


def test_a_list_without_chain_is_not_believed() -> None:
    with pytest.raises(TokenError, match="x5c"):
        read(sign_jws(msgspec.json.encode(LIST), typ=TRUST_LIST_TYP, key=SIGNER))


def test_a_list_over_the_cap_is_not_parsed() -> None:
    with pytest.raises(TokenError, match=f"at most {MAX_TRUST_LIST_BYTES}"):
        read("A" * (MAX_TRUST_LIST_BYTES + 1))


# -- for how long --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after_s", "good"),
    [
        (-3660, True),  # the signer's clock may be a minute ahead
        (-3661, False),
        (0, True),
        (86_399, True),
        (86_400, False),  # exp is outside
        (864_000, False),
    ],
)
def test_a_list_has_its_time(after_s: int, good: bool) -> None:
    token, at = sign_trust_list(LIST, SIGNER), NOW + timedelta(seconds=after_s)
    if good:
        assert read(token, at=at).sequence == 7
    else:
        with pytest.raises(TrustListError, match=f"from {LIST.iat} to {LIST.exp}"):
            read(token, at=at)


def test_a_list_ends_with_its_signers_certificate() -> None:
    token = sign_trust_list(listed(exp=NOW_S + 10 * 365 * 86_400), SIGNER)

    with pytest.raises(ChainError, match="ended"):
        read(token, at=NOW + timedelta(days=61))


@pytest.mark.parametrize(("held", "good"), [(0, True), (6, True), (7, True), (8, False)])
def test_no_list_goes_back_behind_the_one_held(held: int, good: bool) -> None:
    token = sign_trust_list(LIST, SIGNER)
    if good:
        assert read(token, held_sequence=held).sequence == 7
    else:
        with pytest.raises(TrustListError, match="7 is older than 8"):
            read(token, held_sequence=held)


# -- its shape -----------------------------------------------------------------------


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    members = json.loads(msgspec.json.encode(LIST))
    change(members)
    return json.dumps(members).encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        changed(lambda m: m.pop("sequence")),
        changed(lambda m: m.update(sequence="7")),
        changed(lambda m: m.update(sequence=7.5)),
        changed(lambda m: m.update(exp=True)),
        changed(lambda m: m.update(issuers={})),
        changed(lambda m: m["issuers"][0].pop("anchor")),
        changed(lambda m: m["issuers"][0].update(valid_until="2026-13-01")),
        changed(lambda m: m["issuers"][0].update(counties="330302")),
        changed(lambda m: m["issuers"].append(m["issuers"][0])),  # which of the two counts?
        msgspec.json.encode(LIST)[:-1] + b',"sequence":9}',  # A13
        msgspec.json.encode(LIST)[:-1] + b',"more":"\\ud800"}',
    ],
)
def test_a_list_of_another_shape_is_refused(payload: bytes) -> None:
    with pytest.raises((TrustListError, TokenError)):  # an empty payload is no token
        read(signed_by(SIGNER, payload))


def test_members_that_are_new_to_us_are_let_pass() -> None:
    payload = changed(lambda m: m.update(future=1))

    assert read(signed_by(SIGNER, payload)) == LIST


# -- whom it names -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "good"),
    [
        (date(2021, 6, 6), False),
        (date(2021, 6, 7), True),  # both ends are inside
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ],
)
def test_an_issuer_is_named_for_certain_days(on: date, good: bool) -> None:
    if good:
        assert LIST.issuer(ISSUER, on=on) is ENTRY
    else:
        with pytest.raises(UnknownIssuerError, match="from 2021-06-07 to 2026-12-31"):
            LIST.issuer(ISSUER, on=on)


@pytest.mark.parametrize("iss", ["", OTHER_ISSUER, ISSUER + "/", ISSUER.upper(), " " + ISSUER])
def test_an_issuer_is_named_exactly(iss: str) -> None:
    with pytest.raises(UnknownIssuerError, match="does not name"):
        LIST.issuer(iss, on=NOW.date())


def test_certificates_by_what_a_code_carries_of_them() -> None:
    der = CREDENTIAL.chain[0]

    assert LIST.certificates() == {sha256(der).digest()[:8]: der}
    assert listed(issuers=()).certificates() == {}


def test_anchors_of_verifiers() -> None:
    assert LIST.anchors_of_verifiers() == (ROOT,)


# -- whose key -----------------------------------------------------------------------


def signed(key: SoftwareSigningKey) -> Jws:
    return parse_jws(sign_jws(b"{}", typ="t", key=key, x5c=x5c_header(key)), typ="t")


def test_the_key_of_a_permit_and_of_a_status_list() -> None:
    permit, status = signed(CREDENTIAL), signed(STATUS)

    verify_jws(permit, trusted_credential_key(permit, ENTRY, at=NOW))
    verify_jws(status, trusted_status_key(status, ENTRY, at=NOW))

    assert trusted_credential_key(permit, ENTRY, at=NOW) == public_key_from_jwk(
        CREDENTIAL.public_jwk()
    )


def test_a7_a_status_key_signs_no_permit_nor_the_other_way() -> None:
    with pytest.raises(ChainError, match="does not name this certificate"):
        trusted_credential_key(signed(STATUS), ENTRY, at=NOW)
    with pytest.raises(ChainError, match="does not name this certificate"):
        trusted_status_key(signed(CREDENTIAL), ENTRY, at=NOW)


def test_a_certificate_is_withdrawn_by_leaving_it_out() -> None:
    """It still leads to the anchor and is made out to the issuer."""
    withdrawn = entry(credential_certificates=encode_all(certified(Role.CREDENTIAL).chain))

    with pytest.raises(ChainError, match="does not name this certificate"):
        trusted_credential_key(signed(CREDENTIAL), withdrawn, at=NOW)


def test_another_countys_certificate_named_by_mistake_still_does_not_do() -> None:
    other = certified(Role.CREDENTIAL, OTHER_ISSUER)
    mistaken = entry(credential_certificates=encode_all(other.chain))

    with pytest.raises(ChainError, match="not made out to this issuer"):
        trusted_credential_key(signed(other), mistaken, at=NOW)


def test_a8_a_named_certificate_must_also_lead_to_the_anchor() -> None:
    stranger = new_signing_key()
    root = new_root(stranger, name="Elsewhere", now=NOW - timedelta(days=60))
    key = certified(Role.CREDENTIAL, root=root, root_key=stranger)
    mistaken = entry(credential_certificates=encode_all(key.chain))

    with pytest.raises(ChainError, match="does not lead to a trust anchor"):
        trusted_credential_key(signed(key), mistaken, at=NOW)


@pytest.mark.parametrize("days", [-31, 61])
def test_a_named_certificate_has_its_time(days: int) -> None:
    permit = signed(CREDENTIAL)
    trusted_credential_key(permit, ENTRY, at=NOW)  # seen before, and still checked again

    with pytest.raises(ChainError, match=r"valid from|ended"):
        trusted_credential_key(permit, ENTRY, at=NOW + timedelta(days=days))


def test_a_permit_without_chain_has_no_key() -> None:
    bare = parse_jws(sign_jws(b"{}", typ="t", key=CREDENTIAL), typ="t")

    with pytest.raises(TokenError, match="x5c"):
        trusted_credential_key(bare, ENTRY, at=NOW)


@pytest.mark.parametrize("text", ["é", "AAA", "_-_-", "AA AA"])
def test_a_certificate_in_the_list_that_is_not_base64(text: str) -> None:
    with pytest.raises(TrustListError, match="not base64"):
        decode_all((text,))
    with pytest.raises(TrustListError, match="not base64"):
        trusted_credential_key(signed(CREDENTIAL), entry(anchor=text), at=NOW)

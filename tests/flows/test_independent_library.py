"""Others read what we write, and we read what others write.

The other side is the PyPI package ``sd-jwt``, and for status lists nothing but base64,
zlib and arithmetic.
"""

import json
import zlib
from base64 import b64decode, urlsafe_b64decode
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.x509 import load_der_x509_certificate
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from holder_sim.stage import Stage
from keys.certificates import certificate_from_pem
from keys.jws import parse_jws, public_key_from_jwk, verify_jws
from keys.signing_key import SoftwareSigningKey, new_signing_key
from keys.trust_list import COUNTER_AUDIENCE, read_trust_list
from schemas.presentation_qr import unpack
from schemas.sd_jwt import SdJwt, join_sd_jwt, parse_sd_jwt, process_payload
from schemas.strict_json import decode_object
from verifier.checks.key_binding import check_key_binding
from verifier.errors import DisclosuresChangedError, NotTheHolderError

GROUNDS = ("--reason", "inquiry", "--legal-basis", "SC663 18")
ALWAYS_VISIBLE = {"iss", "vct", "iat", "nbf", "exp", "cnf", "status", "jurisdiction", "endorsement"}


@pytest.fixture
def presentation(stage: Stage, phone: Any) -> str:
    """What a real phone's code says, of the full permit, two claims of its record included."""
    phone.take()
    code = phone.code("name", "birthdate", "sex", "registered_address")
    keys = stage.directory / "keys"
    trust_list = read_trust_list(
        (keys / "trust-list.jwt").read_text(),
        root=certificate_from_pem((keys / "root.pem").read_bytes()),
        at=datetime.now(UTC),
    )
    return unpack(code, certificates=trust_list.certificates())


def part(token: str, number: int) -> dict[str, Any]:
    """Header (0) or payload (1) of a JWS, read without any of our code."""
    encoded = token.split(".")[number]
    read: dict[str, Any] = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return read


def certified_key(_: str, header: dict[str, Any]) -> JWK:
    certificate = load_der_x509_certificate(b64decode(header["x5c"][0]))
    return JWK.from_pyca(certificate.public_key())


def library_reads(presentation: str, nonce: str) -> dict[str, Any]:
    claims: dict[str, Any] = SDJWTVerifier(
        presentation, certified_key, COUNTER_AUDIENCE, nonce
    ).get_verified_payload()
    return claims


def test_the_library_verifies_a_presentation_of_ours_and_reads_the_same(presentation: str) -> None:
    ours = parse_sd_jwt(presentation)
    assert ours.kb_jwt is not None
    nonce = part(ours.kb_jwt, 1)["nonce"]

    claims = library_reads(presentation, nonce)

    assert set(claims) == ALWAYS_VISIBLE | {"name", "birthdate", "record"}
    assert set(claims["record"]) == {"sex", "registered_address"}
    assert claims == process_payload(part(ours.issuer_jwt, 1), ours.disclosures).claims
    with pytest.raises(ValueError, match="Invalid nonce"):
        library_reads(presentation, nonce + "x")
    fewer = join_sd_jwt(ours.issuer_jwt, ours.disclosures[1:], ours.kb_jwt)
    with pytest.raises(ValueError, match="Invalid digest"):
        library_reads(fewer, nonce)


PLAIN: dict[str, Any] = {
    "iss": "https://issuer.example",
    "name": "买买提·示范 \U00020bb7",
    "age": 41,
    "equal": {"18": True, "65": False},
    "record": {"sex": "1", "address": {"county": "330302", "street": "示范路"}},
    "stays": ["Wenzhou", "Ningbo", "Hangzhou"],
    "note": None,
}


def marked() -> dict[Any, Any]:
    """``PLAIN`` as the library wants it: all but the issuer hidden, some of it three deep."""
    return {
        "iss": PLAIN["iss"],
        SDObj("name"): PLAIN["name"],
        SDObj("age"): PLAIN["age"],
        "equal": {SDObj("18"): True, SDObj("65"): False},
        SDObj("record"): {
            SDObj("sex"): "1",
            SDObj("address"): {SDObj("county"): "330302", SDObj("street"): "示范路"},
        },
        "stays": [SDObj(PLAIN["stays"][0]), SDObj(PLAIN["stays"][1]), PLAIN["stays"][2]],
        SDObj("note"): None,
    }


def presented(show: Any, *, decoys: bool = False) -> tuple[SdJwt, SoftwareSigningKey]:
    """A presentation of the library's making, and the key its issuer signed with."""
    issuer, holder = new_signing_key(), new_signing_key()
    issued = SDJWTIssuer(
        marked(),
        JWK.from_pyca(issuer.private),
        JWK.from_pyca(holder.private),
        add_decoy_claims=decoys,
        extra_header_parameters={"typ": "dc+sd-jwt"},
    )
    wallet = SDJWTHolder(issued.sd_jwt_issuance)
    wallet.create_presentation(show, "n-0S6_WzA2Mj", "counter", JWK.from_pyca(holder.private))
    return parse_sd_jwt(wallet.sd_jwt_presentation), issuer


def we_read(sd_jwt: SdJwt, issuer: SoftwareSigningKey) -> dict[str, Any]:
    """The claims, with both signatures verified by us."""
    jws = parse_jws(sd_jwt.issuer_jwt, typ="dc+sd-jwt")
    verify_jws(jws, public_key_from_jwk(issuer.public_jwk()))
    payload = decode_object(jws.payload, max_bytes=65536)
    claims = process_payload(payload, sd_jwt.disclosures).claims
    bound = check_key_binding(sd_jwt, public_key_from_jwk(claims.pop("cnf")["jwk"]))
    assert (bound.payload.aud, bound.payload.nonce) == ("counter", "n-0S6_WzA2Mj")
    return claims


EVERYTHING = {
    **dict.fromkeys(("name", "age", "note"), True),
    "equal": {"18": True, "65": True},
    "record": {"sex": True, "address": {"county": True, "street": True}},
    "stays": [True, True],
}


@pytest.mark.parametrize("decoys", [False, True])
@pytest.mark.parametrize(
    ("show", "seen"),
    [
        (EVERYTHING, PLAIN),
        ({}, {"iss": PLAIN["iss"], "equal": {}, "stays": ["Hangzhou"]}),
        (
            {"name": True, "record": {"address": {"street": True}}, "stays": [False, True]},
            {
                "iss": PLAIN["iss"],
                "name": PLAIN["name"],
                "equal": {},
                "record": {"address": {"street": "示范路"}},
                "stays": ["Ningbo", "Hangzhou"],
            },
        ),
    ],
)
def test_we_verify_a_presentation_of_the_librarys_making_and_read_the_same(
    show: dict[str, Any], seen: dict[str, Any], decoys: bool
) -> None:
    sd_jwt, issuer = presented(show, decoys=decoys)

    assert we_read(sd_jwt, issuer) == seen


def test_what_was_changed_in_the_librarys_presentation_we_refuse() -> None:
    sd_jwt, issuer = presented({"name": True, "age": True})
    other, _ = presented({"name": True, "age": True})
    fewer = join_sd_jwt(sd_jwt.issuer_jwt, sd_jwt.disclosures[1:], sd_jwt.kb_jwt)
    swapped = join_sd_jwt(sd_jwt.issuer_jwt, sd_jwt.disclosures, other.kb_jwt)

    with pytest.raises(DisclosuresChangedError):
        we_read(parse_sd_jwt(fewer), issuer)
    with pytest.raises(NotTheHolderError):
        we_read(parse_sd_jwt(swapped), issuer)


def test_a_status_list_of_ours_can_be_read_by_hand(
    stage: Stage, phone: Any, presentation: str
) -> None:
    place = part(presentation, 1)["status"]["status_list"]

    def entries() -> list[int]:
        token = stage.client.get(place["uri"]).text
        assert part(token, 0)["typ"] == "statuslist+jwt"
        payload = part(token, 1)
        assert (payload["sub"], payload["status_list"]["bits"]) == (place["uri"], 2)
        encoded = payload["status_list"]["lst"]
        octets = zlib.decompress(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        return [octet >> shift & 0b11 for octet in octets for shift in (0, 2, 4, 6)]

    before = entries()
    stage.command("issuer", "suspend", phone.number, "--officer", "li-3@330302", *GROUNDS)
    during = entries()
    stage.command("issuer", "restore", phone.number, "--officer", "chen-5@330302", *GROUNDS)

    assert len(before) == 2**20
    assert set(before) == {0}
    assert during[place["idx"]] == 2
    assert set(during) == {0, 2}
    assert during.count(2) % 10 == 0, "five copies of the permit and five of the pass"
    assert entries() == before

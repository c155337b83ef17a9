"""JWS: the standards' own examples, an independent library, and everything that is refused."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import SignatureError, TokenError
from keys.jws import (
    MAX_CERTIFICATES,
    MAX_HEADER_BYTES,
    MAX_KEPT_CHARACTERS,
    PublicKey,
    jwk_thumbprint,
    parse_jws,
    public_key_from_jwk,
    sign_jws,
    sign_with_header,
    verify_jws,
    x5c_header,
    x5c_of,
)
from keys.signing_key import SoftwareSigningKey, new_signing_key
from schemas.base64url import b64url_decode, b64url_encode

TYP = "test+jwt"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY = new_signing_key()
PUBLIC = public_key_from_jwk(KEY.public_jwk())
STRANGER = new_signing_key()


def part(value: object) -> str:
    return b64url_encode(json.dumps(value).encode())


def token(header: object, payload: bytes = b"{}", key: SoftwareSigningKey = KEY) -> str:
    """Properly signed, whatever the header says."""
    return sign_with_header(payload, encoded_header=part(header), key=key)


def sound(**changes: Any) -> dict[str, Any]:
    return {"alg": "ES256", "typ": TYP, **changes}


# -- what is good --------------------------------------------------------------------


def test_the_example_of_the_standard() -> None:
    """[RFC7515 §A.3]; it has no typ, so signature and input are taken apart by hand."""
    signing_input, _, signature = (
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
        "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djx"
        "La8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    ).rpartition(".")
    key = public_key_from_jwk(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        }
    )

    key.verify(b64url_decode(signature), signing_input.encode())
    with pytest.raises(SignatureError, match="does not fit"):
        key.verify(b64url_decode(signature), signing_input.encode() + b"A")


def test_the_thumbprint_of_a_known_key() -> None:
    """The key of the proof examples of RFC 9449 and the ``jkt`` it gives for it."""
    jwk = {
        "kty": "EC",
        "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
        "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        "crv": "P-256",
        "kid": "left out",
    }

    assert jwk_thumbprint(jwk) == "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"


def test_an_independent_library_reads_ours() -> None:
    ours = sign_jws(b'{"a":1}', typ=TYP, key=KEY, kid="k")
    their_key = jwt.PyJWK.from_dict({**KEY.public_jwk(), "alg": "ES256"})

    assert jwt.decode(ours, their_key, algorithms=["ES256"]) == {"a": 1}
    assert jwt.get_unverified_header(ours) == {"alg": "ES256", "typ": TYP, "kid": "k"}


def test_ours_reads_an_independent_librarys() -> None:
    theirs = jwt.encode({"a": 1}, KEY.private, algorithm="ES256", headers={"typ": TYP})
    jws = parse_jws(theirs, typ=TYP)
    verify_jws(jws, PUBLIC)

    assert json.loads(jws.payload) == {"a": 1}


def test_the_header_is_in_order() -> None:
    encoded = sign_jws(b"{}", typ=TYP, key=KEY, x5c=["AA=="], kid="k").split(".")[0]

    assert b64url_decode(encoded) == b'{"alg":"ES256","typ":"test+jwt","x5c":["AA=="],"kid":"k"}'


@given(st.binary(min_size=1, max_size=400))
def test_any_payload_comes_back(payload: bytes) -> None:
    jws = parse_jws(sign_jws(payload, typ=TYP, key=KEY), typ=TYP)
    verify_jws(jws, PUBLIC)

    assert jws.payload == payload


@given(st.data())
def test_no_changed_character_verifies(data: st.DataObject) -> None:
    good = sign_jws(b'{"iss":"https://issuer.example","jurisdiction":"330302"}', typ=TYP, key=KEY)
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != good[at]))
    changed = good[:at] + other + good[at + 1 :]

    with pytest.raises((TokenError, SignatureError)):
        verify_jws(parse_jws(changed, typ=TYP), PUBLIC)


# -- headers that are refused --------------------------------------------------------


@pytest.mark.parametrize(
    "alg",
    [
        "none",  # A1
        "None",
        "nOnE",
        "",
        "HS256",  # A2
        "RS256",
        "PS256",
        "EdDSA",
        "ES256K",
        "ES384",  # A3
        "es256",
        "ES256 ",
        "ES2560",
        ["ES256"],
        {"ES256": 1},
        256,
        True,
        None,
    ],
)
def test_a1_to_a3_alg_is_es256_exactly(alg: object) -> None:
    with pytest.raises(TokenError, match="alg must be ES256"):
        parse_jws(token(sound(alg=alg)), typ=TYP)


def test_a_token_without_alg() -> None:
    with pytest.raises(TokenError, match="alg must be ES256"):
        parse_jws(token({"typ": TYP}), typ=TYP)


@pytest.mark.parametrize(
    "typ",
    [
        None,
        "",
        "JWT",
        "kb+jwt",  # A24: made for another purpose
        "statuslist+jwt",
        "TEST+JWT",
        "test+jwt ",
        "application/test+jwt",
        ["test+jwt"],
    ],
)
def test_a24_typ_is_the_expected_one_exactly(typ: object) -> None:
    with pytest.raises(TokenError, match=r"typ must be test\+jwt"):
        parse_jws(token(sound(typ=typ)), typ=TYP)


def test_a_token_without_typ() -> None:
    with pytest.raises(TokenError, match="typ must be"):
        parse_jws(token({"alg": "ES256"}), typ=TYP)


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], "b64", None])
def test_vp40_crit_is_refused_whatever_it_names(crit: object) -> None:
    with pytest.raises(TokenError, match="crit"):
        parse_jws(token(sound(crit=crit, b64=False)), typ=TYP)


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","alg":"ES256","typ":"test+jwt"}',  # A13: read in two ways
        b'{"alg":"ES256","typ":"kb+jwt","typ":"test+jwt"}',
        b'["ES256","test+jwt"]',
        b'"ES256"',
        b"null",
        b"{",
        b'{"alg":"ES256","typ":"test+jwt"}x',
        b'\xef\xbb\xbf{"alg":"ES256","typ":"test+jwt"}',
        b'{"alg":"ES256","typ":"test+jwt","x":"\xff"}',
        b'{"alg":"ES256","typ":"test+jwt","x":NaN}',
        b'{"alg":"ES256","typ":"test+jwt","x":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"alg":"ES256","typ":"test+jwt","x":"' + b"a" * MAX_HEADER_BYTES + b'"}',  # A12
    ],
)
def test_a_header_is_json_with_one_meaning(header: bytes) -> None:
    signed = sign_with_header(b"{}", encoded_header=b64url_encode(header), key=KEY)

    with pytest.raises(TokenError, match="malformed token"):
        parse_jws(signed, typ=TYP)


# -- shapes that are refused ---------------------------------------------------------

GOOD = sign_jws(b"{}", typ=TYP, key=KEY)
HEAD, BODY, TAIL = GOOD.split(".")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        HEAD,
        f"{HEAD}.{BODY}",
        f"{GOOD}.",
        f"{GOOD}.{TAIL}",
        f".{GOOD}",
        f".{BODY}.{TAIL}",
        f"{HEAD}..{TAIL}",
        f"{HEAD}.{BODY}.",  # A1: the unsecured form
        f"{HEAD}.{BODY}=.{TAIL}",
        f"{HEAD}.{BODY}==.{TAIL}",
        f"{HEAD}.{BODY}\n.{TAIL}",
        f" {GOOD}",
        f"{GOOD}\n",
        f"{HEAD}.{BODY}.{TAIL[:-1]}",
        f"{HEAD}.e30é.{TAIL}",
        f"{HEAD}.e3+.{TAIL}",
        f"{HEAD}.e31.{TAIL}",  # bits left over: another text for the same bytes
        '{"payload":"e30","protected":"","signature":""}',
    ],
    # By position: the texts hold a fresh signature, and parallel workers compare names.
    ids=range(22),
)
def test_three_parts_of_strict_base64url(text: str) -> None:
    with pytest.raises(TokenError):
        parse_jws(text, typ=TYP)


def test_a12_a_token_over_the_cap_is_not_parsed() -> None:
    assert parse_jws(GOOD, typ=TYP, max_bytes=len(GOOD)).payload == b"{}"
    with pytest.raises(TokenError, match=f"at most {len(GOOD) - 1} are taken"):
        parse_jws(GOOD, typ=TYP, max_bytes=len(GOOD) - 1)
    with pytest.raises(TokenError, match="at most 262144"):
        parse_jws("." * 262_145, typ=TYP)


# -- signatures that are refused -----------------------------------------------------


def numbers(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


@pytest.mark.parametrize(
    "change",
    [
        lambda r, s: (0).to_bytes(32, "big") + s.to_bytes(32, "big"),  # A9
        lambda r, s: r.to_bytes(32, "big") + (0).to_bytes(32, "big"),
        lambda r, s: bytes(64),
        lambda r, s: ORDER.to_bytes(32, "big") + s.to_bytes(32, "big"),
        lambda r, s: r.to_bytes(32, "big") + ORDER.to_bytes(32, "big"),
        lambda r, s: b"\xff" * 64,
        lambda r, s: s.to_bytes(32, "big") + r.to_bytes(32, "big"),
        lambda r, s: encode_dss_signature(r, s),  # the form of X.509, not of JOSE
        lambda r, s: r.to_bytes(33, "big") + s.to_bytes(33, "big"),
        lambda r, s: r.to_bytes(32, "big"),
        lambda r, s: b"\x00" * 96,
        lambda r, s: b"\x01",
    ],
)
def test_a9_signatures_out_of_range_or_form(change: Callable[[int, int], bytes]) -> None:
    jws = parse_jws(GOOD, typ=TYP)
    changed = change(*numbers(jws.signature))

    with pytest.raises(SignatureError):
        PUBLIC.verify(changed, jws.signing_input)


def test_a2_the_public_key_as_a_mac_secret() -> None:
    pem = PUBLIC.ec_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signing_input = f"{HEAD}.{BODY}"
    mac = hmac.new(pem, signing_input.encode(), hashlib.sha256).digest()

    with pytest.raises(SignatureError, match="64 bytes"):
        verify_jws(parse_jws(f"{signing_input}.{b64url_encode(mac)}", typ=TYP), PUBLIC)


@pytest.mark.parametrize(
    "source",
    [
        {"jwk": STRANGER.public_jwk()},  # A4
        {"jku": "http://127.0.0.1:1/keys"},  # A5: would be refused at once if it were fetched
        {"x5u": "http://127.0.0.1:1/chain"},
        {"kid": "../../etc/passwd"},  # A6
        {"kid": "' OR 1=1 --"},
        {"kid": "did:jwk:eyJrdHkiOiJFQyJ9#0"},
        {"x5c": ["AA=="]},
        {"x5t#S256": "AA"},
    ],
)
def test_a4_to_a6_no_key_comes_from_the_token(source: dict[str, Any]) -> None:
    with pytest.raises(SignatureError, match="does not fit the key"):
        verify_jws(parse_jws(token(sound(**source), key=STRANGER), typ=TYP), PUBLIC)
    verify_jws(parse_jws(token(sound(**source)), typ=TYP), PUBLIC)


# -- keys ----------------------------------------------------------------------------

X, Y = KEY.public_jwk()["x"], KEY.public_jwk()["y"]
RAW_X, RAW_Y = b64url_decode(X), b64url_decode(Y)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kty": "RSA"}, "kty EC"),
        ({"kty": "oct", "k": "AA"}, "kty EC"),
        ({"kty": "ec"}, "kty EC"),
        ({"kty": None}, "kty EC"),
        ({"kty": ["EC"]}, "kty EC"),
        ({"crv": "P-384"}, "crv P-256"),  # A3
        ({"crv": "secp256k1"}, "crv P-256"),
        ({"crv": None}, "crv P-256"),
        ({"d": "AA"}, "private"),
        ({"d": None}, "private"),
        ({"x": None}, "coordinates"),
        ({"y": None}, "coordinates"),
        ({"x": 5}, "coordinates"),
        ({"x": [X]}, "coordinates"),
        ({"x": ""}, "32 bytes"),
        ({"x": X + "="}, "32 bytes"),
        ({"y": "A" * 100_000}, "32 bytes"),
        ({"y": X}, "no point"),  # A9: off the curve
        ({"x": "A" * 43, "y": "A" * 43}, "no point"),
        ({"x": b64url_encode(b"\xff" * 32)}, "no point"),
        ({"x": X[:-1] + "+"}, "no point"),
        ({"x": "é" * 43}, "no point"),
        # One byte moved from one to the other: the same 64 bytes, another text for one key.
        ({"x": b64url_encode(RAW_X[:31]), "y": b64url_encode(RAW_X[31:] + RAW_Y)}, "32 bytes"),
    ],
)
def test_keys_that_are_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(TokenError, match=said):
        public_key_from_jwk({**KEY.public_jwk(), **change})


def test_a_key_with_other_members_is_taken_and_comes_out_without() -> None:
    jwk = {**KEY.public_jwk(), "kid": "k", "use": "sig", "alg": "ES256", "key_ops": ["verify"]}

    assert public_key_from_jwk(jwk).jwk() == KEY.public_jwk()


def test_a3_a_key_of_another_curve_is_no_key_of_ours() -> None:
    with pytest.raises(TokenError, match="secp384r1"):
        PublicKey(ec.generate_private_key(ec.SECP384R1()).public_key())


def test_equal_keys_are_equal() -> None:
    same = PublicKey(KEY.private.public_key())

    assert (same, hash(same)) == (PUBLIC, hash(PUBLIC))
    assert same != public_key_from_jwk(STRANGER.public_jwk())
    assert same != KEY.public_jwk()


# -- chains --------------------------------------------------------------------------


def test_a_chain_comes_back_as_it_went_in() -> None:
    key = SoftwareSigningKey(KEY.private, (b"leaf \xff\xfe", b"intermediate"))
    signed = sign_jws(b"{}", typ=TYP, key=key, x5c=x5c_header(key))

    assert x5c_of(parse_jws(signed, typ=TYP)) == key.chain


def test_the_longest_chain_is_taken() -> None:
    longest = ["AAAA"] * MAX_CERTIFICATES

    assert x5c_of(parse_jws(token(sound(x5c=longest)), typ=TYP)) == (bytes(3),) * MAX_CERTIFICATES


@pytest.mark.parametrize(
    ("x5c", "said"),
    [
        (None, "one to 6"),
        ([], "one to 6"),
        ("AAAA", "one to 6"),
        ({"0": "AAAA"}, "one to 6"),
        (["AAAA"] * (MAX_CERTIFICATES + 1), "one to 6"),
        ([1], "texts"),
        (["AAAA", None], "texts"),
        ([["AAAA"]], "texts"),
        (["_-_-"], "standard base64"),  # the other alphabet
        (["AAA"], "standard base64"),
        (["AAAA\n"], "standard base64"),
        (["é"], "standard base64"),
        (["-----BEGIN CERTIFICATE-----"], "standard base64"),
        (["é" + "A" * MAX_KEPT_CHARACTERS], "standard base64"),
    ],
)
def test_chains_that_are_refused(x5c: object, said: str) -> None:
    with pytest.raises(TokenError, match=said):
        x5c_of(parse_jws(token(sound(x5c=x5c)), typ=TYP))


def test_a_token_without_chain() -> None:
    with pytest.raises(TokenError, match="one to 6"):
        x5c_of(parse_jws(GOOD, typ=TYP))


@pytest.mark.parametrize(("filling", "remembered"), [(100, True), (MAX_KEPT_CHARACTERS, False)])
def test_a12_only_short_headers_are_remembered(filling: int, remembered: bool) -> None:
    """A stranger must not be able to fill the memory with large headers or chains."""
    certificate = b64encode(b"A" * filling).decode()
    first, second = (parse_jws(token(sound(x5c=[certificate])), typ=TYP) for _ in range(2))

    assert first.header == second.header
    assert (first.header is second.header) is remembered
    assert (x5c_of(first) is x5c_of(second)) is remembered

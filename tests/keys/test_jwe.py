"""JWE: the examples of the standards open, everything that could be dangerous is refused."""

import json
import zlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import TokenError
from keys.jwe import MAX_HEADER_BYTES, MAX_JWE_BYTES, EncryptionKey, decrypt_jwe, encrypt_jwe
from keys.signing_key import SoftwareSigningKey
from schemas.base64url import b64url_decode, b64url_encode

VECTOR = json.loads((Path(__file__).parent / "vectors" / "jwe_openid4vp_8_3.json").read_bytes())
ENCS = ("A128GCM", "A256GCM")
KEY = EncryptionKey.new("k1")
OTHER = EncryptionKey.new("k1")


def private_key(d: str) -> SoftwareSigningKey:
    secret = int.from_bytes(b64url_decode(d), "big")
    return SoftwareSigningKey(ec.derive_private_key(secret, ec.SECP256R1()))


def opened(token: str, key: EncryptionKey = KEY, encs: Any = ENCS) -> bytes:
    return decrypt_jwe(token, private_key=key, encs=encs)


def sealed(payload: bytes = b"{}", enc: str = "A128GCM", kid: str | None = "k1") -> str:
    return encrypt_jwe(payload, jwk=KEY.public_jwk(), enc=enc, kid=kid)


def header_of(token: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(b64url_decode(token.split(".")[0]))
    return header


def with_header(token: str, header: dict[str, Any] | bytes) -> str:
    """The token under another header, which alone already makes it another token."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join([b64url_encode(text), *token.split(".")[1:]])


def test_the_example_of_openid4vp_8_3_opens() -> None:
    key = EncryptionKey(private_key(VECTOR["jwk"]["d"]), VECTOR["jwk"]["kid"])
    announced = {name: value for name, value in VECTOR["jwk"].items() if name != "d"}
    assert key.public_jwk() == announced
    assert header_of(VECTOR["jwe"]) == VECTOR["header"]
    assert json.loads(opened(VECTOR["jwe"], key)) == VECTOR["payload"]


def test_the_key_of_rfc7518_c_is_agreed_with_both_parties_named() -> None:
    """Appendix C gives both keys, the parties and the agreed key; the rest is made here."""
    bob = EncryptionKey(private_key("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"), "bob")
    content_key = b64url_decode("VqqN6vgjbSBcIijNcacQGg")
    header = {
        "alg": "ECDH-ES",
        "enc": "A128GCM",
        "apu": "QWxpY2U",
        "apv": "Qm9i",
        "epk": {
            "kty": "EC",
            "crv": "P-256",
            "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps",
        },
    }
    assert sealed_under(content_key, header, bob) == b"secret"
    for name in ("apu", "apv"):
        changed = header | {name: "QQ"}
        with pytest.raises(TokenError, match="another key, or changed"):
            sealed_under(content_key, changed, bob)


def sealed_under(content_key: bytes, header: dict[str, Any], key: EncryptionKey) -> bytes:
    protected = b64url_encode(json.dumps(header).encode())
    iv = bytes(range(12))
    both = AESGCM(content_key).encrypt(iv, b"secret", protected.encode())
    parts = [protected, "", *map(b64url_encode, (iv, both[:-16], both[-16:]))]
    return opened(".".join(parts), key)


@given(st.binary(max_size=500), st.sampled_from(ENCS), st.none() | st.just("k1"))
def test_what_was_sealed_is_what_is_opened(payload: bytes, enc: str, kid: str | None) -> None:
    token = sealed(payload, enc, kid)
    assert opened(token) == payload
    assert header_of(token).get("kid") == kid


def test_each_token_has_its_own_ephemeral_key_and_vector() -> None:
    one, other = sealed(), sealed()
    assert header_of(one)["epk"] != header_of(other)["epk"]
    assert one.split(".")[2] != other.split(".")[2]
    assert set(header_of(one)["epk"]) == {"kty", "crv", "x", "y"}


def test_a_key_survives_the_session_store() -> None:
    key = EncryptionKey.new("a.kid.with.dots")
    loaded = EncryptionKey.load(key.export())
    assert loaded.public_jwk() == key.public_jwk()
    token = encrypt_jwe(b"x", jwk=key.public_jwk(), enc="A256GCM", kid=key.kid)
    assert opened(token, loaded) == b"x"


def test_the_announced_key_holds_nothing_private() -> None:
    assert KEY.public_jwk().keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert KEY.public_jwk()["alg"] == "ECDH-ES"
    assert KEY.public_jwk()["use"] == "enc"


def test_an_answer_to_another_request_does_not_open() -> None:
    with pytest.raises(TokenError, match="another key, or changed"):
        opened(sealed(), OTHER)


@pytest.mark.parametrize("enc", ["A128CBC-HS256", "A192GCM", "", "none"])
def test_no_other_content_encryption_is_made_or_taken(enc: str) -> None:
    with pytest.raises(TokenError, match="A128GCM or A256GCM"):
        sealed(enc=enc)
    token = sealed()
    with pytest.raises(TokenError, match="enc must be one of A128GCM, A256GCM"):
        opened(with_header(token, header_of(token) | {"enc": enc}))
    # Not even where a caller would list it.
    with pytest.raises(TokenError, match="A128GCM or A256GCM"):
        opened(with_header(token, header_of(token) | {"enc": enc}), encs=(enc,))


@pytest.mark.parametrize("enc", [["A128GCM"], {"A128GCM": 1}, None, 1, True])
@pytest.mark.parametrize("offered", [ENCS, frozenset(ENCS)], ids=["tuple", "set"])
def test_an_encryption_that_is_no_text_is_refused(enc: object, offered: Any) -> None:
    with pytest.raises(TokenError, match="enc must be one of"):
        opened(resealed({"enc": enc}), encs=offered)


def test_an_encryption_that_was_not_offered_is_refused() -> None:
    with pytest.raises(TokenError, match="enc must be one of A256GCM"):
        opened(sealed(enc="A128GCM"), encs=("A256GCM",))


@pytest.mark.parametrize(
    "alg",
    [
        "none",
        "dir",
        "RSA-OAEP",
        "RSA1_5",
        "ECDH-ES+A128KW",
        "PBES2-HS256+A128KW",
        "ecdh-es",
        None,
        ["ECDH-ES"],
    ],
)
def test_a10_no_other_key_agreement_is_taken(alg: object) -> None:
    token = sealed()
    header = header_of(token) | {"alg": alg, "p2c": 2**31, "p2s": "AA"}
    with pytest.raises(TokenError, match="alg must be ECDH-ES"):
        opened(with_header(token, header))


def resealed(header: dict[str, Any], payload: bytes = b"{}") -> str:
    """As ``encrypt_jwe``, sound in every way but for what ``header`` adds."""
    ephemeral = private_key("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo")
    full = {"alg": "ECDH-ES", "enc": "A128GCM", "epk": ephemeral.public_jwk()} | header
    protected = b64url_encode(json.dumps(full).encode())
    iv = bytes(12)
    both = AESGCM(_content_key(ephemeral)).encrypt(iv, payload, protected.encode())
    return ".".join([protected, "", *map(b64url_encode, (iv, both[:-16], both[-16:]))])


@cache
def _content_key(ephemeral: SoftwareSigningKey) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

    recipient = SoftwareSigningKey.from_private(b64url_decode(KEY.export().rpartition(".")[2]))
    secret = ephemeral.private.exchange(ec.ECDH(), recipient.private.public_key())
    info = b"\0\0\0\7A128GCM" + bytes(4) + bytes(4) + (128).to_bytes(4, "big")
    return ConcatKDFHash(algorithm=SHA256(), length=16, otherinfo=info).derive(secret)


def test_what_this_file_seals_itself_opens() -> None:
    assert opened(resealed({}, b"made by hand")) == b"made by hand"
    assert opened(resealed({"kid": "k1", "cty": "json", "unknown": [1]})) == b"{}"


def test_a10_compression_is_refused() -> None:
    bomb = zlib.compress(bytes(10_000_000), wbits=-15)
    with pytest.raises(TokenError, match="compression"):
        opened(resealed({"zip": "DEF"}, bomb))


@pytest.mark.parametrize("crit", [["exp"], [], None])
def test_vp40_critical_extensions_are_refused(crit: object) -> None:
    with pytest.raises(TokenError, match="critical extensions"):
        opened(resealed({"crit": crit}))


@pytest.mark.parametrize("kid", ["k2", "", None, ["k1"], 1])
def test_another_key_s_name_is_refused(kid: object) -> None:
    with pytest.raises(TokenError, match="names another key"):
        opened(resealed({"kid": kid}))


@pytest.mark.parametrize("party", [1, None, ["AA"], {"a": 1}])
@pytest.mark.parametrize("name", ["apu", "apv"])
def test_parties_are_texts(name: str, party: object) -> None:
    with pytest.raises(TokenError, match=f"{name} must be a text"):
        opened(resealed({name: party}))


def off_curve() -> dict[str, str]:
    epk = KEY.public_jwk()
    y = bytearray(b64url_decode(epk["y"]))
    y[-1] ^= 1
    return {"kty": "EC", "crv": "P-256", "x": epk["x"], "y": b64url_encode(bytes(y))}


@pytest.mark.parametrize(
    "epk",
    [
        off_curve(),
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
        {"kty": "EC", "crv": "P-384", "x": "A" * 64, "y": "A" * 64},
        {"kty": "OKP", "crv": "X25519", "x": "A" * 43},
        {**KEY.public_jwk(), "d": "A" * 43},
        {},
        None,
        "epk",
        [],
    ],
)
def test_a9_an_ephemeral_key_off_our_curve_is_refused(epk: object) -> None:
    with pytest.raises(TokenError, match=r"P-256|private key"):
        opened(resealed({"epk": epk}))


def test_a9_an_answer_is_not_sealed_for_a_point_off_the_curve() -> None:
    for jwk in (off_curve(), {"kty": "OKP", "crv": "X25519", "x": "A" * 43}):
        with pytest.raises(TokenError, match="P-256"):
            encrypt_jwe(b"{}", jwk=jwk, enc="A128GCM", kid=None)


@pytest.mark.parametrize("keep", [0, 11, 13, 16])
def test_another_length_of_the_vector_is_refused(keep: int) -> None:
    parts = sealed().split(".")
    parts[2] = b64url_encode(bytes(keep))
    with pytest.raises(TokenError, match="another length"):
        opened(".".join(parts))


@pytest.mark.parametrize("keep", [0, 4, 12, 15])
def test_a_shortened_tag_is_refused(keep: int) -> None:
    parts = sealed().split(".")
    parts[4] = b64url_encode(b64url_decode(parts[4])[:keep])
    with pytest.raises(TokenError, match="another length"):
        opened(".".join(parts))


def test_bytes_moved_between_text_and_tag_are_refused() -> None:
    parts = sealed(b"0123456789").split(".")
    both = b64url_decode(parts[3]) + b64url_decode(parts[4])
    parts[3], parts[4] = b64url_encode(both[:-17]), b64url_encode(both[-17:])
    with pytest.raises(TokenError, match="another length"):
        opened(".".join(parts))


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "five parts"),
        ("a.b.c", "five parts"),
        ("....", "malformed"),
        (".....", "five parts"),
        (sealed() + ".", "five parts"),
        (sealed().replace("..", ".AA.", 1), "the second empty"),
        (sealed() + "=", "malformed"),
        (sealed() + "\n", "malformed"),
        (with_header(sealed(), b"[]"), "malformed"),
        (with_header(sealed(), b"\xff"), "malformed"),
    ],
    ids=range(10),  # the tokens are fresh in each worker, and workers compare names
)
def test_what_is_not_five_strict_parts_is_refused(token: str, reason: str) -> None:
    with pytest.raises(TokenError, match=reason):
        opened(token)


def test_a13_a_member_twice_in_the_header_is_refused() -> None:
    header = json.dumps(header_of(sealed())).encode()
    with pytest.raises(TokenError, match="twice"):
        opened(with_header(sealed(), header[:-1] + b', "alg": "ECDH-ES"}'))


def test_a_token_over_the_cap_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TokenError, match=f"at most {MAX_JWE_BYTES}"):
        opened("." * (MAX_JWE_BYTES + 1))
    with pytest.raises(TokenError, match=f"at most {MAX_HEADER_BYTES}"):
        opened(resealed({"filling": "x" * MAX_HEADER_BYTES}))


@given(st.data())
def test_any_changed_character_is_noticed(data: st.DataObject) -> None:
    token = _TOKEN
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[at]))
    with pytest.raises(TokenError):
        opened(token[:at] + other + token[at + 1 :])


_TOKEN = sealed(b'{"vp_token": {"permit": ["x"]}}')


@given(st.text(max_size=80) | st.from_regex(r"\A[A-Za-z0-9_-]{0,30}\.(\.[A-Za-z0-9_-]{0,20}){3}\Z"))
def test_any_text_at_all_is_refused_with_our_error(text: str) -> None:
    with pytest.raises(TokenError):
        opened(text)

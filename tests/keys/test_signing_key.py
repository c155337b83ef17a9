"""Signing keys: what they sign, how they are kept, and what is no key of ours."""

import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from keys.certificates import Role, issue_certificate, new_root
from keys.errors import SignatureError
from keys.jws import public_key_from_jwk
from keys.signing_key import (
    HOW_TO_MAKE,
    FileSigningKey,
    MissingKeyError,
    SoftwareSigningKey,
    make_private_folder,
    new_signing_key,
    write_key,
)
from schemas.base64url import b64url_decode

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
ROOT_KEY = new_signing_key()
ROOT = new_root(ROOT_KEY, name="Test Province", now=NOW - timedelta(days=60))
KEY = new_signing_key()
CERTIFICATE = issue_certificate(
    root=ROOT,
    root_key=ROOT_KEY,
    public=KEY,
    role=Role.CREDENTIAL,
    name="Police",
    identifier="https://issuer.example/330302",
    now=NOW,
)


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@given(st.binary(max_size=300))
def test_a_signature_is_64_bytes_and_fits_this_text_only(text: bytes) -> None:
    signature = KEY.sign(text)
    public = public_key_from_jwk(KEY.public_jwk())
    public.verify(signature, text)

    assert len(signature) == 64
    with pytest.raises(SignatureError):
        public.verify(signature, text + b"x")


def test_the_public_key_shows_four_members_and_can_be_changed_by_nobody() -> None:
    KEY.public_jwk()["d"] = "not ours"

    assert list(KEY.public_jwk()) == ["kty", "crv", "x", "y"]


def test_coordinates_keep_zeros_in_front() -> None:
    """One key in 256 has an x that begins with a zero byte; this is the first such."""
    scalars = range(1, 5000)
    keys = (SoftwareSigningKey(ec.derive_private_key(d, ec.SECP256R1())) for d in scalars)
    short = next(key for key in keys if b64url_decode(key.public_jwk()["x"])[0] == 0)

    assert len(short.public_jwk()["x"]) == 43
    public_key_from_jwk(short.public_jwk())


def test_a_key_goes_to_the_vault_and_back() -> None:
    chained = SoftwareSigningKey.from_private(KEY.export_private(), (CERTIFICATE,))

    assert chained.public_jwk() == KEY.public_jwk()
    assert chained.chain == (CERTIFICATE,)


def test_new_keys_differ_and_have_no_certificates() -> None:
    assert new_signing_key().public_jwk() != new_signing_key().public_jwk()
    assert new_signing_key().chain == ()


@pytest.mark.parametrize("der", [b"", b"not a key", b"\x30\x00", CERTIFICATE])
def test_what_is_no_private_key(der: bytes) -> None:
    with pytest.raises(MissingKeyError, match="not a private key"):
        SoftwareSigningKey.from_private(der)


def test_a_key_of_another_curve_is_refused() -> None:
    with pytest.raises(MissingKeyError, match="secp384r1"):
        SoftwareSigningKey(ec.generate_private_key(ec.SECP384R1()))


# -- files ---------------------------------------------------------------------------


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    return tmp_path / "county" / "credential"


def test_a_written_key_is_loaded_with_its_chain(stem: Path) -> None:
    write_key(stem, KEY, (CERTIFICATE, ROOT))
    loaded = FileSigningKey.load(stem)

    assert loaded.public_jwk() == KEY.public_jwk()
    assert loaded.chain == (CERTIFICATE, ROOT)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_written_key_is_its_owners_alone(stem: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        write_key(stem, KEY, (CERTIFICATE,))
    finally:
        os.umask(before)

    assert stat.S_IMODE(stem.with_suffix(".key").stat().st_mode) == 0o600
    assert stat.S_IMODE(stem.parent.stat().st_mode) == 0o700


def test_every_folder_made_on_the_way_is_its_owners_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    make_private_folder(tmp_path / "a" / "b")  # already there

    assert [stat.S_IMODE((tmp_path / p).stat().st_mode) for p in ("a", "a/b")] == [0o700] * 2


@pytest.mark.parametrize("there", [".key", ".pem"])
def test_nothing_is_written_over(stem: Path, there: str) -> None:
    stem.parent.mkdir()
    stem.with_suffix(there).write_bytes(b"precious")

    with pytest.raises(FileExistsError):
        write_key(stem, KEY, (CERTIFICATE,))

    assert stem.with_suffix(there).read_bytes() == b"precious"


Spoil = Callable[[Path], object]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda stem: stem.with_suffix(".key").unlink(), "No such file"),
        (lambda stem: stem.with_suffix(".pem").unlink(), "No such file"),
        (lambda stem: stem.with_suffix(".pem").write_bytes(b""), "no usable key"),
        (lambda stem: stem.with_suffix(".pem").write_bytes(b"junk"), "no usable key"),
        (lambda stem: stem.with_suffix(".key").write_bytes(b""), "not a private key"),
        (lambda stem: stem.with_suffix(".key").write_bytes(b"junk"), "not a private key"),
        (
            lambda stem: stem.with_suffix(".key").write_bytes(pem(new_signing_key().private)),
            "not the certificate of",
        ),
        (
            lambda stem: stem.with_suffix(".key").write_bytes(
                pem(ec.generate_private_key(ec.SECP384R1()))
            ),
            "secp384r1",
        ),
        (
            lambda stem: stem.with_suffix(".key").write_bytes(
                pem(ed25519.Ed25519PrivateKey.generate())
            ),
            "of another kind",
        ),
        (
            lambda stem: stem.with_suffix(".key").write_bytes(
                KEY.private.private_bytes(
                    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
                )
            ),
            "not a private key",
        ),
    ],
)
def test_files_that_are_no_key_of_ours(stem: Path, spoil: Spoil, said: str) -> None:
    write_key(stem, KEY, (CERTIFICATE,))
    spoil(stem)

    with pytest.raises(MissingKeyError, match=said) as caught:
        FileSigningKey.load(stem)

    assert "PRIVATE" not in str(caught.value)


def test_a_missing_key_says_what_to_do(stem: Path) -> None:
    with pytest.raises(MissingKeyError) as caught:
        FileSigningKey.load(stem)

    assert caught.value.remedy == HOW_TO_MAKE

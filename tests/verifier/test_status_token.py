"""A status list token is believed for one issuer and one address only."""

import zlib
from datetime import UTC, datetime
from typing import Any

import pytest

from keys.certificates import Role
from keys.signing_key import new_signing_key
from schemas.base64url import b64url_encode
from verifier.errors import StatusListRefusedError
from verifier.status_token import MAX_ENTRIES, MAX_LIFETIME_S, read_status_token


def read(world: Any, token: str, *, uri: str | None = None, entry: Any = None) -> Any:
    return read_status_token(
        token,
        uri=uri or world.lucheng.status_uri,
        issuer=entry or world.trusted(world.lucheng),
        now=world.now,
    )


def test_a_sound_token(world: Any) -> None:
    verified = read(world, world.status_token(values={3: 1}))

    now_s = int(world.now.timestamp())
    assert verified.status_list.value(3) == 1
    assert verified.as_of == datetime.fromtimestamp(now_s - 10, UTC)
    assert (verified.iat_s, verified.ends_s, verified.ttl_s) == (now_s - 10, now_s + 86400, 60)


@pytest.mark.parametrize(
    "typ", ["JWT", "dc+sd-jwt", "statuslist+JWT", "application/statuslist+jwt"]
)
def test_vp_53_typ_is_exact(world: Any, typ: str) -> None:
    with pytest.raises(StatusListRefusedError, match="typ"):
        read(world, world.status_token(typ=typ))


def test_vp_54_signed_for_this_issuer_not_merely_for_itself(world: Any) -> None:
    """Another county's status key: a sound certificate under the same root."""
    with pytest.raises(StatusListRefusedError):
        read(world, world.status_token(key=world.pingyang.status_key))


def test_vp_54_a_key_for_permits_does_not_sign_status(world: Any) -> None:
    with pytest.raises(StatusListRefusedError, match="does not name"):
        read(world, world.status_token(key=world.lucheng.credential_key))


def test_vp_54_a_certificate_must_be_named_by_the_trust_list(world: Any) -> None:
    """Rightly issued to this issuer, but withdrawn, or never listed."""
    unlisted = world.office("330302")
    with pytest.raises(StatusListRefusedError, match="does not name"):
        read(world, world.status_token(key=unlisted.status_key))


def test_vp_54_the_signature_itself(world: Any) -> None:
    stranger = new_signing_key()
    stranger.chain = world.lucheng.status_key.chain
    with pytest.raises(StatusListRefusedError, match="signature"):
        read(world, world.status_token(key=stranger))


def test_vp_54_the_certificate_must_be_made_out_to_this_issuer(world: Any) -> None:
    other = world._certified(Role.STATUS, "Police", "https://issuer.example/330382")
    entry = world.trusted(
        world.lucheng, status_certificates=world.trusted(world.lucheng).status_certificates
    )
    from keys.trust_list import encode_all

    entry = world.trusted(world.lucheng, status_certificates=encode_all(other.chain))
    with pytest.raises(StatusListRefusedError, match="made out"):
        read(world, world.status_token(key=other), entry=entry)


@pytest.mark.parametrize("end", ["/", "?time=1", "#x"])
def test_vp_55_sub_is_the_address_character_for_character(world: Any, end: str) -> None:
    with pytest.raises(StatusListRefusedError, match="sub"):
        read(world, world.status_token(sub=world.lucheng.status_uri + end))
    with pytest.raises(StatusListRefusedError, match="sub"):
        read(world, world.status_token(), uri=world.lucheng.status_uri + end)


@pytest.mark.parametrize(
    ("claim", "offset_s", "word"),
    [
        ("exp", 0, "exp"),  # the first second after
        ("exp", -1, "exp"),
        ("iat", 61, "iat"),
        ("iat", -MAX_LIFETIME_S, "exp"),  # a list without recent signature, whatever its exp
    ],
)
def test_vp_56_times(world: Any, claim: str, offset_s: int, word: str) -> None:
    with pytest.raises(StatusListRefusedError, match=word):
        read(world, world.status_token(**{claim: int(world.now.timestamp()) + offset_s}))


def test_vp_56_times_at_the_edge_inside(world: Any) -> None:
    now_s = int(world.now.timestamp())

    assert read(world, world.status_token(exp=now_s + 1)).ends_s == now_s + 1
    assert read(world, world.status_token(iat=now_s + 60)).iat_s == now_s + 60


@pytest.mark.parametrize("iat", [None, 1.5, "1", True])
def test_vp_56_iat_is_there_and_a_number(world: Any, iat: Any) -> None:
    with pytest.raises(StatusListRefusedError):
        read(world, world.status_token(iat=iat))


def test_without_exp_our_own_end_counts(world: Any) -> None:
    verified = read(world, world.status_token(exp=None))

    assert verified.ends_s == verified.iat_s + MAX_LIFETIME_S


def lst(data: bytes) -> str:
    return b64url_encode(data)


@pytest.mark.parametrize(
    "bad",
    [
        lst(zlib.compress(bytes(MAX_ENTRIES // 4 + 1))),  # one entry's byte over the cap
        lst(zlib.compress(bytes(64 * 1024 * 1024), 9)),  # a bomb: 64 MB in 64 kB
        lst(zlib.compress(b"\0") + b"\0"),  # something behind the end
        lst(zlib.compress(b"\0")[:-1]),  # no end
        lst(zlib.compress(b"\0")[2:-4]),  # raw deflate
        lst(b""),
        "not base64url!",
    ],
)
def test_vp_57_inflation_is_bounded_and_exact(world: Any, bad: str) -> None:
    with pytest.raises(StatusListRefusedError):
        read(world, world.status_token(status_list={"bits": 2, "lst": bad}))


@pytest.mark.parametrize("bits", [0, 3, 5, 16, -1, 1.0, "1", True, None])
def test_vp_58_bits_are_one_two_four_or_eight(world: Any, bits: Any) -> None:
    claim = {"bits": bits, "lst": lst(zlib.compress(b"\0"))}
    with pytest.raises(StatusListRefusedError):
        read(world, world.status_token(status_list=claim))


@pytest.mark.parametrize("token", ["", "a.b.c", "a" * (2 * 1024 * 1024 + 1)])
def test_rubbish(world: Any, token: str) -> None:
    with pytest.raises(StatusListRefusedError):
        read(world, token)

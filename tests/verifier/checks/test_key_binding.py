"""Key binding: shown by the holder, and exactly this was shown. VP-41 to VP-45, VP-49."""

from typing import Any

import msgspec
import pytest

from keys.jws import public_key_from_jwk, x5c_header
from keys.signing_key import new_signing_key
from schemas.base64url import b64url_decode, b64url_encode
from schemas.sd_jwt import parse_sd_jwt
from verifier.checks.key_binding import MAX_KEY_BINDING_BYTES, check_key_binding
from verifier.errors import (
    AuthenticityError,
    BadKeyBindingError,
    DisclosuresChangedError,
    KeyBindingMissingError,
    NotTheHolderError,
)


def check(world: Any, presentation: str) -> Any:
    holder = public_key_from_jwk(world.holder.public_jwk())
    return check_key_binding(parse_sd_jwt(presentation), holder)


def refused(world: Any, presentation: str, error: type[AuthenticityError]) -> None:
    with pytest.raises(AuthenticityError) as caught:
        check(world, presentation)
    assert type(caught.value) is error


def test_a_sound_binding(world: Any) -> None:
    shown_by = check(world, world.present(nonce="n" * 22))

    assert shown_by.payload.nonce == "n" * 22
    assert shown_by.payload.aud == "urn:zhejiang:counter"


def test_vp_31_42_r12_a_binding_cut_off(world: Any) -> None:
    presentation = world.present()

    refused(world, presentation[: presentation.rindex("~") + 1], KeyBindingMissingError)


def test_vp_43_another_phone(world: Any) -> None:
    refused(world, world.present(key=new_signing_key()), NotTheHolderError)


def test_vp_43_another_phone_that_brings_its_key_along(world: Any) -> None:
    thief = new_signing_key()

    refused(world, world.present(key=thief, header={"jwk": thief.public_jwk()}), NotTheHolderError)


def test_vp_43_the_issuers_key_is_not_the_holders(world: Any) -> None:
    key = world.lucheng.credential_key

    refused(world, world.present(key=key, header={"x5c": x5c_header(key)}), NotTheHolderError)


@pytest.mark.parametrize("typ", ["JWT", "dc+sd-jwt", "KB+JWT", "openid4vci-proof+jwt"])
def test_vp_44_typ(world: Any, typ: str) -> None:
    refused(world, world.present(typ=typ), BadKeyBindingError)


@pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "EdDSA"])
def test_vp_45_alg(world: Any, alg: str) -> None:
    head, _, kb_jwt = world.present().rpartition("~")
    members, rest = kb_jwt.split(".", 1)
    changed = msgspec.json.decode(b64url_decode(members)) | {"alg": alg}
    presentation = f"{head}~{b64url_encode(msgspec.json.encode(changed))}.{rest}"

    refused(world, presentation, BadKeyBindingError)


def test_vp_40_crit(world: Any) -> None:
    refused(world, world.present(header={"crit": ["x"], "x": 1}), BadKeyBindingError)


@pytest.mark.parametrize(
    "change",
    [
        {"aud": None},
        {"aud": ["urn:zhejiang:counter"]},
        {"nonce": None},
        {"nonce": 1},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"sd_hash": None},
    ],
)
def test_members_are_there_and_of_their_type(world: Any, change: dict[str, Any]) -> None:
    refused(world, world.present(**change), BadKeyBindingError)


def test_vp_49_claims_added_after_the_holder_agreed(world: Any) -> None:
    issued = world.issue()
    fewer, more = (world.select(issued, show) for show in (["name"], ["name", "citizen_id_number"]))
    kb_jwt = world.bind(fewer).rpartition("~")[2]

    refused(world, more + kb_jwt, DisclosuresChangedError)


def test_vp_49_claims_taken_away(world: Any) -> None:
    issued = world.issue()
    fewer, more = (world.select(issued, show) for show in (["name"], ["name", "sex"]))
    kb_jwt = world.bind(more).rpartition("~")[2]

    refused(world, fewer + kb_jwt, DisclosuresChangedError)


def test_vp_49_a_binding_for_another_copy(world: Any) -> None:
    """Two copies of one permit, bound to one key: what was signed for one is not the other."""
    kb_jwt = world.present().rpartition("~")[2]

    refused(world, world.select(world.issue(), ["name"]) + kb_jwt, DisclosuresChangedError)


def test_more_than_a_key_binding_needs(world: Any) -> None:
    refused(world, world.present(extra="x" * MAX_KEY_BINDING_BYTES), BadKeyBindingError)


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_a_second_signature_over_the_same_words_is_the_same_showing(world: Any) -> None:
    """r, -s verifies where r, s does; whoever films a code can make the one of the other."""
    presentation = world.present()
    head, _, signature = presentation.rpartition(".")
    raw = b64url_decode(signature)
    flipped = (ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    twin = f"{head}.{b64url_encode(raw[:32] + flipped)}"

    assert twin != presentation
    assert check(world, twin).fingerprint == check(world, presentation).fingerprint
    assert check(world, world.present()).fingerprint != check(world, presentation).fingerprint


def test_a12_a_header_of_any_size_is_not_taken(world: Any) -> None:
    """The payload has a cap of its own; without this one a header could be as long as it likes."""
    header = {"note": "x" * MAX_KEY_BINDING_BYTES}

    refused(world, world.present(header=header), BadKeyBindingError)

"""A slip's code: exact both ways, small, and safe to read from strangers.

Signatures and certificate are random bytes: that they hold is for others to check, here it
is enough that they come back.
"""

import json
import random
import zlib
from base64 import b64decode, b64encode
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base45 import ALPHABET, base45_decode, base45_encode
from schemas.base64url import b64url_encode
from schemas.endorsement_window import expires_at, start_of_day
from schemas.errors import InputError
from schemas.paper_slip import (
    END,
    MAX_CHARACTERS,
    MAX_TEXT_BYTES,
    MAX_TOKEN_BYTES,
    PREFIX,
    SLIP_TYP,
    SlipClaimsError,
    SlipPayload,
    encode_slip,
    is_slip_text,
    pack_slip,
    slip_payload,
    unpack_slip,
)
from schemas.permit_credential import EndorsementClaim, StatusClaim
from schemas.presentation_qr import (
    ForeignCodeError,
    PackError,
    UnknownCertificateError,
    UnreadableCodeError,
    UnsupportedVersionError,
    certificate_key,
)
from schemas.status_list import StatusReference

DICE = random.Random(20261125)
DER = b"\x30\x82\x01\x88" + DICE.randbytes(392)
CERTIFICATES = {certificate_key(DER): DER}
VECTORS = json.loads((Path(__file__).parent / "vectors" / "paper_slip_1.json").read_bytes())


def payload_of(**changes: Any) -> SlipPayload:
    through = changes.pop("usable_through", date(2027, 11, 23))
    sound = SlipPayload(
        iss="https://permit.zj.example/330302",
        iat=int(start_of_day(date(2026, 11, 25)).timestamp()),
        exp=int(expires_at(through).timestamp()),
        jti="7K3M-Q9TD-V2XA",
        status=StatusClaim(StatusReference(734_211, "https://permit.zj.example/330302/status/0")),
        jurisdiction="330302",
        permit_number="ZJ330302202600000012",
        citizen_id_tail="001X",
        endorsement=EndorsementClaim(sequence=1, usable_through=through),
        name="林样例",
        residence_address="浙江省温州市鹿城区示范街道示范路1号",
    )
    return msgspec.structs.replace(sound, **changes)


def token_of(payload: bytes, *, header: dict[str, Any] | None = None) -> str:
    members = header or {"alg": "ES256", "typ": SLIP_TYP, "x5c": [b64encode(DER).decode()]}
    head = b64url_encode(json.dumps(members, separators=(",", ":")).encode())
    return f"{head}.{b64url_encode(payload)}.{b64url_encode(DICE.randbytes(64))}"


def slip_token(**changes: Any) -> str:
    return token_of(encode_slip(payload_of(**changes)))


def unpack(text: str) -> str:
    return unpack_slip(text, certificates=CERTIFICATES)


def wrapped(data: bytes) -> str:
    """As a code whose check bytes fit."""
    return PREFIX + base45_encode(sha256(data).digest()[:4] + data) + END


# --- shape


def test_the_payload_comes_back() -> None:
    payload = payload_of()
    claims = json.loads(encode_slip(payload))

    assert slip_payload(claims) == payload
    assert claims["kind"] == "paper"
    assert payload.nbf == payload.iat


def test_an_address_left_out_is_not_there() -> None:
    payload = payload_of(residence_address=None)
    claims = json.loads(encode_slip(payload))

    assert "residence_address" not in claims
    assert slip_payload(claims) == payload


@pytest.mark.parametrize(
    "changes",
    [
        *({name: None} for name in ("iss", "iat", "exp", "jti", "kind", "status", "jurisdiction")),
        *({name: None} for name in ("permit_number", "citizen_id_tail", "endorsement", "name")),
        {"kind": "phone"},
        {"exp": True},
        {"exp": "1"},
        {"iat": -1},
        {"jti": "7K3M-Q9TD-V2XI"},
        {"jti": "7K3M-Q9TD-V2XA\n"},
        {"citizen_id_tail": "01X1"},
        {"name": "林" * 61},
        {"residence_address": ""},
        {"status": {"status_list": {"idx": 1.0, "uri": "https://a"}}},
        {"status": {"status_list": {"idx": -1, "uri": "https://a"}}},
        {"endorsement": {"sequence": -1, "usable_through": "2027-11-23"}},
        {"jurisdiction": "3303020"},
    ],
    ids=str,
)
def test_what_is_no_slip(changes: dict[str, Any]) -> None:
    claims = json.loads(encode_slip(payload_of())) | changes

    with pytest.raises(SlipClaimsError):
        slip_payload({name: value for name, value in claims.items() if value is not None})


def test_claims_of_a_later_day_are_left_aside() -> None:
    claims = json.loads(encode_slip(payload_of())) | {"later": 1}

    assert slip_payload(claims) == payload_of()


# --- code


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=lambda vector: vector["note"])
def test_a_code_of_version_1_means_what_it_meant(vector: dict[str, str]) -> None:
    """Slips are in people's drawers for a year; nothing here is packed anew."""
    held = {certificate_key(der): der for der in map(b64decode, VECTORS["certificates"])}

    assert unpack_slip(vector["code"], certificates=held) == vector["token"]


addresses = st.one_of(
    st.none(), st.text("浙江省温州鹿城区示范路号1234室·𠮷", min_size=1, max_size=120)
)


@given(
    name=st.text("阿林样例·𠮷〇", min_size=1, max_size=50),
    address=addresses,
    tail=st.from_regex(r"\A[0-9]{3}[0-9X]\Z"),
    through=st.dates(date(2021, 6, 8), date(2078, 12, 31)),
    idx=st.integers(0, 2**20 - 1),
    sequence=st.integers(1, 300),
)
def test_any_slip_comes_back_exactly(
    name: str, address: str | None, tail: str, through: date, idx: int, sequence: int
) -> None:
    token = slip_token(
        name=name,
        residence_address=address,
        citizen_id_tail=tail,
        usable_through=through,
        endorsement=EndorsementClaim(sequence, through),
        status=StatusClaim(StatusReference(idx, "https://permit.zj.example/330302/status/0")),
    )
    text = pack_slip(token)

    assert set(text) <= set(ALPHABET)
    assert unpack(text) == token
    assert unpack(text.lower() + "\r\n") == token


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 2**40), st.text(max_size=9)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=6), json_values, max_size=4))
def test_any_token_comes_back_or_is_refused(claims: dict[str, Any]) -> None:
    token = token_of(json.dumps(claims, ensure_ascii=False).encode("utf-8", "replace"))
    try:
        text = pack_slip(token)
    except PackError:
        return

    assert unpack(text) == token


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({"residence_address": None}, 262),
        ({}, 262),
        ({"name": "阿卜杜热西提·麦麦提吐尔逊江"}, 311),
        ({"residence_address": "温州市鹿城区示范街道示范路2号3幢401室" * 4}, 367),
    ],
    ids=["no address", "usual", "long name", "long address"],
)
def test_it_is_small_enough_for_creased_paper(changes: dict[str, Any], most: int) -> None:
    """Characters of versions 9, 10 and 11 at level M [QR §7.4.10]."""
    assert len(pack_slip(slip_token(**changes))) <= most


def test_what_is_too_much_for_paper_is_refused() -> None:
    rare = "".join(chr(DICE.randrange(0x20000, 0x2A6DF)) for _ in range(200))

    with pytest.raises(PackError, match=str(MAX_CHARACTERS)):
        pack_slip(slip_token(residence_address=rare, name=rare[::-1][:60]))


@pytest.mark.parametrize(
    "token",
    ["", "a.b", "a.b.c", "a.b.c~", slip_token() + "~", "é" * 9, "x" * (MAX_TOKEN_BYTES + 1)],
    ids=["empty", "two parts", "no base64", "tilde", "a presentation", "no ASCII", "long"],
)
def test_what_is_no_token_is_not_packed(token: str) -> None:
    with pytest.raises(PackError):
        pack_slip(token)


def test_control_characters_are_not_packed() -> None:
    with pytest.raises(PackError):
        pack_slip(token_of(b'{"a":"\x01"}'))


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", ForeignCodeError),
        ("ZJ1:ABC:", ForeignCodeError),
        ("https://example.org", ForeignCodeError),
        ("ZJP2:ABC:", UnsupportedVersionError),
        ("ZJP1:", UnreadableCodeError),
        ("ZJP1::", UnreadableCodeError),
        ("ZJP1:AB", UnreadableCodeError),
        ("ZJP1:A:", UnreadableCodeError),
        ("ZJP1:ÄÖÜ:", UnreadableCodeError),
        ("ZJP1:" + "A" * MAX_CHARACTERS + ":", UnreadableCodeError),
        (wrapped(b""), UnreadableCodeError),
        (wrapped(b"rubbish"), UnreadableCodeError),
    ],
    ids=repr,
)
def test_what_is_no_code_of_a_slip(text: str, error: type[InputError]) -> None:
    with pytest.raises(InputError) as caught:
        unpack(text)
    assert type(caught.value) is error


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("ZJP1:A:", True), ("zjp1:a:", True), (" \nZJP2:", True), ("ZJ1:A:", False), ("ZJP", False)],
)
def test_how_a_slips_code_begins(text: str, is_one: bool) -> None:
    assert is_slip_text(text) == is_one


def test_a_certificate_that_is_not_held() -> None:
    with pytest.raises(UnknownCertificateError):
        unpack_slip(pack_slip(slip_token()), certificates={})


def test_a_code_cut_off_anywhere_is_unreadable() -> None:
    text = pack_slip(slip_token())

    for end in range(len(PREFIX), len(text)):
        for cut in (text[:end], text[:end] + END):
            if cut != text:
                with pytest.raises(UnreadableCodeError):
                    unpack(cut)


@pytest.mark.parametrize("at", range(5, 200, 7))
def test_a_misread_character_is_noticed_before_anything_is_believed(at: int) -> None:
    text = pack_slip(slip_token())
    other = "Z" if text[at] != "Z" else "Y"

    with pytest.raises(UnreadableCodeError):
        unpack(text[:at] + other + text[at + 1 :])


def deflated(text: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeeze.compress(text) + squeeze.flush()


HOSTILE = {
    "a bomb": deflated(b"\x1f{}\x1f{" + b" " * MAX_TEXT_BYTES + b"}") + bytes(64),
    "no part": deflated(b"{}") + bytes(64),
    "something in front": deflated(b"{}\x1f{}\x1f{}") + bytes(64),
    "one part": deflated(b"\x1f{}") + bytes(64),
    "a disclosure": deflated(b'\x1f{}\x1f{}\x1f["a"]') + bytes(64),
    "a key binding": deflated(b"\x1f{}\x1f{}\x1e{}\x1e{}") + bytes(128),
    "an unknown marker": deflated(b"\x1f{}\x1f\x00") + bytes(64),
    "a digest of nothing": deflated(b"\x1f{}\x1f\x04\x20") + bytes(64),
    "bytes left over": deflated(b"\x1f{}\x1f{}") + bytes(65),
    "bytes missing": deflated(b"\x1f{}\x1f{}") + bytes(63),
    "no text in a name": deflated(b"\x1f{}\x1f\x17") + bytes(64) + b"\x02\xd8\x00",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_strangers_bytes(data: bytes) -> None:
    with pytest.raises(UnreadableCodeError):
        unpack(wrapped(data))


@given(st.binary(max_size=120))
def test_any_bytes_are_refused_in_our_own_words(data: bytes) -> None:
    with pytest.raises(InputError):
        unpack(wrapped(data))


@given(st.data())
def test_any_change_behind_sound_check_bytes_is_an_error_or_another_token(
    data: st.DataObject,
) -> None:
    text = pack_slip(slip_token())
    packed = bytearray(base45_decode(text[len(PREFIX) : -len(END)])[4:])
    for _ in range(data.draw(st.integers(1, 3))):
        packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        assert unpack(wrapped(bytes(packed))).count(".") == 2
    except InputError:
        return

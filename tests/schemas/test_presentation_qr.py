"""Whole presentations through a code's text: exact, small, and safe to read from strangers.

Presentations are put together by hand. Signatures and certificate are random bytes: that
they hold is for others to check, here it is enough that they come back.
"""

import json
import random
from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base45 import ALPHABET
from schemas.base64url import b64url_encode
from schemas.curve_point import y_of
from schemas.presentation_qr import (
    ForeignCodeError,
    PackError,
    UnknownCertificateError,
    UnreadableCodeError,
    UnsupportedVersionError,
    certificate_key,
    pack,
    unpack,
)

DICE = random.Random(20261125)
DER = b"\x30\x82\x01\x88" + DICE.randbytes(392)
CERTIFICATES = {certificate_key(DER): DER}
# Characters of alphanumeric mode in versions 13, 16, 17, 18, 19 at level M [QR §7.4.10].
VERSION_M = {13: 483, 16: 656, 17: 734, 18: 816, 19: 909}
TWO = ("name", "citizen_id_tail")
PASS = (*TWO, "permit_number", "residence_address")
NESTED = ("sex", "ethnic_group", "registered_address", "issuing_authority", "date_of_issuance")


def encoded(value: Any) -> str:
    return b64url_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def digest(text: str) -> str:
    return b64url_encode(sha256(text.encode()).digest())


def token(header: dict[str, Any], payload: dict[str, Any]) -> str:
    return f"{encoded(header)}.{encoded(payload)}.{b64url_encode(DICE.randbytes(64))}"


def disclosure(name: str, value: Any) -> str:
    return encoded([b64url_encode(DICE.randbytes(16)), name, value])


def jwk() -> dict[str, str]:
    while True:
        x = DICE.randbytes(32)
        y = y_of(x, odd=DICE.random() < 0.5)
        if y is not None:
            return {"kty": "EC", "crv": "P-256", "x": b64url_encode(x), "y": b64url_encode(y)}


def claims_of(name: str, *, full: bool) -> dict[str, Any]:
    claims: dict[str, Any] = {"name": name, "citizen_id_tail": "001X"}
    claims["residence_address"] = "浙江省温州市鹿城区示范街道示范路2号3幢401室"
    claims["permit_number"] = "330302-2026-000123"
    if full:
        claims["birthdate"] = "1988-01-03"
        claims["citizen_id_number"] = "65000019880103001X"
        claims["continuous_residence_since"] = "2026-03-02"
        claims["age_over_18"] = True
    return claims


def record_of() -> dict[str, str]:
    return {
        "sex": "1",
        "ethnic_group": "05",
        "portrait": "data:image/png;base64," + b64encode(DICE.randbytes(9000)).decode(),
        "registered_address": "新疆维吾尔自治区乌鲁木齐市示范路1号",
        "issuing_authority": "鹿城区公安机关",
        "date_of_issuance": "2026-11-25",
    }


def visible(hidden: dict[str, str]) -> dict[str, Any]:
    return {
        "iss": "https://permit.zj.example/330302",
        "vct": "urn:zhejiang:residence-permit:1",
        "iat": 1795536000,
        "nbf": 1795536000,
        "exp": 1827158400,
        "cnf": {"jwk": jwk()},
        "status": {
            "status_list": {"idx": 734211, "uri": "https://permit.zj.example/330302/status/1"}
        },
        "jurisdiction": "330302",
        "endorsement": {"sequence": 1, "usable_through": "2027-11-25"},
        "_sd": sorted(map(digest, hidden.values())),
        "_sd_alg": "sha-256",
    }


def permit(*shown: str, full: bool = True, name: str = "林样例") -> str:
    """A presentation of a permit or a pass, with key binding."""
    record = {key: disclosure(key, value) for key, value in record_of().items()} if full else {}
    hidden = {key: disclosure(key, value) for key, value in claims_of(name, full=full).items()}
    if full:
        hidden["record"] = disclosure("record", {"_sd": sorted(map(digest, record.values()))})
    if not record.keys().isdisjoint(shown):
        shown = (*shown, "record")
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "x5c": [b64encode(DER).decode()]}
    everything = record | hidden
    parts = [everything[key] for key in everything if key in shown]
    signed = "~".join((token(header, visible(hidden)), *parts, ""))
    binding = {
        "iat": 1798000123,
        "aud": "urn:zhejiang:counter",
        "nonce": b64url_encode(DICE.randbytes(16)),
        "sd_hash": digest(signed),
    }
    return signed + token({"alg": "ES256", "typ": "kb+jwt"}, binding)


def there_and_back(presentation: str) -> str:
    text = pack(presentation)
    assert set(text) <= set(ALPHABET)
    assert unpack(text, certificates=CERTIFICATES) == presentation
    return text


@pytest.mark.parametrize(
    ("presentation", "version"),
    [
        pytest.param(permit(*TWO), 17, id="full, two claims"),
        pytest.param(permit(*TWO, name="欧阳示范"), 17, id="full, two claims, four characters"),
        pytest.param(
            permit(*TWO, name="阿卜杜热西提·麦麦提吐尔逊江"), 18, id="full, two, a very long name"
        ),
        pytest.param(
            permit("name", "citizen_id_number", "residence_address"), 18, id="full, three claims"
        ),
        pytest.param(permit(*TWO, full=False), 13, id="pass, two claims"),
        pytest.param(
            permit(*TWO, full=False, name="阿卜杜热西提·麦麦提吐尔逊江"), 16, id="pass, a long name"
        ),
        pytest.param(permit(*PASS, full=False), 16, id="pass, all four"),
        pytest.param(
            permit(*claims_of("林样例", full=True), *NESTED), 19, id="all but the portrait"
        ),
    ],
)
def test_small_enough_for_a_code_of_this_version_at_level_m(
    presentation: str, version: int
) -> None:
    assert len(there_and_back(presentation)) <= VERSION_M[version]


def test_a_portrait_does_not_fit_and_the_holder_is_told() -> None:
    with pytest.raises(PackError, match="the largest code holds") as caught:
        pack(permit("portrait"))

    assert "fewer claims" in caught.value.remedy


@pytest.mark.parametrize(
    "presentation",
    [
        pytest.param(".".join((encoded({}), encoded({}), "A" * 86)) + "~", id="no disclosures"),
        pytest.param(".".join(("", "", "A" * 86)) + "~~", id="empty parts"),
        pytest.param(
            f"{token({}, {'keys': [jwk() for _ in range(6)]})}~", id="more keys than a permit has"
        ),
        pytest.param(permit(*TWO).replace("~", "~" + disclosure("a", 1) + "~", 1), id="extra"),
    ],
)
def test_odd_presentations_come_back_too(presentation: str) -> None:
    there_and_back(presentation)


@pytest.mark.parametrize(
    ("presentation", "sentence"),
    [
        pytest.param("", "no tilde", id="nothing"),
        pytest.param(permit(*TWO).split("~")[0], "no tilde", id="a token alone"),
        pytest.param("林~", "beyond ASCII", id="not ASCII"),
        pytest.param("a~", "three parts", id="no token"),
        pytest.param("e30.e30.AAAA~", "3 bytes", id="a signature of another length"),
        pytest.param(f"e30.e31.{'A' * 86}~", "canonical", id="bits left over"),
        pytest.param(f"e30.e3=.{'A' * 86}~", "base64url", id="padding"),
        pytest.param(f"e30.e30.{'A' * 86}~e3A~a.b", "three parts", id="half a key binding"),
        pytest.param(f"e30.e30.{'A' * 86}~" + "e30~" * 65, "65 disclosures", id="65 disclosures"),
        pytest.param(f"e30.AAAA.{'A' * 86}~", "control characters", id="no JSON"),
        pytest.param(
            f"e30.{b64url_encode(b' ' * 17000)}.{'A' * 86}~", "bytes of text", id="a long text"
        ),
    ],
)
def test_not_packed(presentation: str, sentence: str) -> None:
    with pytest.raises(PackError, match=sentence):
        pack(presentation)


# -- what a scanner may do to it -----------------------------------------------------------

SHOWN = permit(*TWO)
TEXT = pack(SHOWN)


@pytest.mark.parametrize(
    "scanned", [TEXT + "\r\n", " \t" + TEXT + "\n", TEXT.lower(), "zj1:" + TEXT[4:]]
)
def test_line_ends_and_caps_lock_do_no_harm(scanned: str) -> None:
    assert unpack(scanned, certificates=CERTIFICATES) == SHOWN


@given(st.integers(0, len(TEXT) - 1), st.sampled_from(ALPHABET))
def test_one_character_read_wrongly_is_an_error_or_another_presentation(
    at: int, character: str
) -> None:
    """Never a third thing: what comes out is a presentation, and its signatures decide.

    It may even be the same one, for deflate has more than one spelling of a text. That harms
    nobody: counters tell a code that was used by what was signed, not by how it was packed.
    """
    mutated = TEXT[:at] + character + TEXT[at + 1 :]
    try:
        presentation = unpack(mutated, certificates=CERTIFICATES)
    except (UnreadableCodeError, ForeignCodeError, UnknownCertificateError):
        assert mutated != TEXT
    except UnsupportedVersionError:
        assert at == 2
    else:
        assert presentation.split("~")[0].count(".") == 2


@pytest.mark.parametrize("length", range(5, len(TEXT), 7))
def test_cut_off_is_unreadable(length: int) -> None:
    with pytest.raises(UnreadableCodeError):
        unpack(TEXT[:length], certificates=CERTIFICATES)
    with pytest.raises(UnreadableCodeError):
        unpack(TEXT[:length] + ":", certificates=CERTIFICATES)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TEXT[:-1], "the end of the code is missing"),
        (TEXT + "0:", "damaged"),
        (TEXT[:-1] + "000:", "2 bytes are left over"),
        (TEXT[:-1] + "ß:", "damaged"),
        (TEXT + TEXT, "damaged"),
    ],
    ids=["less", "after the end", "before the end", "another letter", "scanned twice"],
)
def test_less_or_more_than_the_code_is_unreadable(text: str, sentence: str) -> None:
    with pytest.raises(UnreadableCodeError, match=sentence):
        unpack(text, certificates=CERTIFICATES)


def test_an_unknown_issuer_is_told_from_a_damaged_code() -> None:
    with pytest.raises(UnknownCertificateError, match=certificate_key(DER).hex()) as caught:
        unpack(TEXT, certificates={})

    assert "newest trust list" in caught.value.remedy

"""The slip's code: what it says of a permit, whose key signs it, and that it can be scanned."""

from datetime import UTC, date, datetime
from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from msgspec.structs import replace
from PIL import Image, ImageDraw

from issuer.permit import Permit, endorse
from issuer.slip_code import LARGE_VERSION, drawn_code, signed_code, slip_payload_of
from keys.certificates import Role, issue_certificate, new_root
from keys.jws import parse_jws, public_key_from_jwk, verify_jws, x5c_of
from keys.signing_key import SoftwareSigningKey, new_signing_key
from schemas.paper_slip import MAX_CHARACTERS, SLIP_TYP, SlipPayload, slip_payload, unpack_slip
from schemas.qr_markers import PackError, certificate_key
from schemas.status_list import StatusReference
from schemas.strict_json import decode_object

ISSUER = "https://permit.zj.example/330302"
STATUS = StatusReference(idx=734_211, uri=f"{ISSUER}/status/0")


@pytest.fixture(scope="module")
def key() -> SoftwareSigningKey:
    now, root_key, key = datetime(2026, 11, 23, tzinfo=UTC), new_signing_key(), new_signing_key()
    root = new_root(root_key, name="Test Province", now=now)
    der = issue_certificate(
        root=root,
        root_key=root_key,
        public=key,
        role=Role.CREDENTIAL,
        name="Police of Lucheng",
        identifier=ISSUER,
        now=now,
    )
    key.chain = (der,)
    return key


def payload_of(permit: Permit, printed_on: date = date(2026, 11, 25)) -> SlipPayload:
    return slip_payload_of(
        permit, issuer=ISSUER, slip_id="7K3M-Q9TD-V2XA", status=STATUS, printed_on=printed_on
    )


def read(text: str, key: SoftwareSigningKey) -> SlipPayload:
    der = key.chain[0]
    jws = parse_jws(unpack_slip(text, certificates={certificate_key(der): der}), typ=SLIP_TYP)
    verify_jws(jws, public_key_from_jwk(key.public_jwk()))
    assert x5c_of(jws) == (der,)
    return slip_payload(decode_object(jws.payload, max_bytes=4096))


def test_the_code_says_what_the_permit_is(permit: Permit, key: SoftwareSigningKey) -> None:
    said = read(signed_code(payload_of(permit), key), key)

    assert said == payload_of(permit)
    assert (said.name, said.citizen_id_tail) == ("张示范", "001X")
    assert (said.permit_number, said.jurisdiction) == (permit.number, "330302")
    assert said.residence_address == "示范路1号"
    assert said.status.status_list == STATUS
    assert "33010019900101001X" not in repr(said), "the whole number is nowhere in a slip"


def test_it_ends_with_the_endorsement(permit: Permit) -> None:
    renewed = endorse(permit, on=date(2027, 11, 1), by="li-3")

    first, second = payload_of(permit), payload_of(renewed, date(2027, 11, 2))

    assert datetime.fromtimestamp(first.exp, UTC) == datetime(2027, 11, 23, 16, tzinfo=UTC)
    assert datetime.fromtimestamp(first.iat, UTC) == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert (second.endorsement.sequence, second.endorsement.usable_through) == (
        2,
        date(2028, 11, 23),
    )
    assert second.exp > first.exp


def test_an_address_too_long_for_the_code_is_left_out(
    permit: Permit, key: SoftwareSigningKey
) -> None:
    rare = "".join(chr(0x20000 + 37 * n * n % 40_000) for n in range(190))

    said = read(signed_code(payload_of(replace(permit, residence_address=rare)), key), key)

    assert said.residence_address is None
    assert said.name == permit.resident.name


def test_what_cannot_be_left_out_is_an_error(permit: Permit, key: SoftwareSigningKey) -> None:
    endless = replace(payload_of(permit), iss="https://" + "".join(map(str, range(700))))

    with pytest.raises(PackError):
        signed_code(endless, key)


def picture_of(svg: str, *, pixels: int, damage: float = 0.0) -> Image.Image:
    """The drawing as a printer would make it; ``damage``: how much of its width is a stain."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - our own drawing
    size = int(root.attrib["viewBox"].split()[2])
    picture = Image.new("L", (size * pixels, size * pixels), 255)
    draw = ImageDraw.Draw(picture)
    for run in root[0].attrib["d"].split("z")[:-1]:
        x, rest = run.removeprefix("M").split(" ", 1)
        y, rest = rest.split("h", 1)
        width = rest.split("v", 1)[0]
        left, top = int(x) * pixels, int(y) * pixels
        draw.rectangle((left, top, left + int(width) * pixels - 1, top + pixels - 1), fill=0)
    spot = picture.width * damage
    middle = picture.width * 0.6
    draw.ellipse((middle, middle, middle + spot, middle + spot), fill=90)
    return picture


def scanned(picture: Image.Image) -> str:
    stream = BytesIO()
    picture.save(stream, "PNG")
    found = zxingcpp.read_barcodes(Image.open(stream))
    return found[0].text if found else ""


def test_what_is_drawn_is_scanned(permit: Permit, key: SoftwareSigningKey) -> None:
    text = signed_code(payload_of(permit), key)
    drawn = drawn_code(text)

    assert drawn.version <= LARGE_VERSION
    assert drawn.level in ("H", "Q")
    assert scanned(picture_of(drawn.svg, pixels=4)) == text


def test_a_stain_does_no_harm(permit: Permit, key: SoftwareSigningKey) -> None:
    text = signed_code(payload_of(permit), key)

    assert scanned(picture_of(drawn_code(text).svg, pixels=4, damage=0.22)) == text


@pytest.mark.parametrize(
    ("characters", "version", "level"), [(200, 11, "H"), (330, 13, "Q"), (MAX_CHARACTERS, 20, "M")]
)
def test_correction_gives_way_to_size(characters: int, version: int, level: str) -> None:
    drawn = drawn_code("ZJP1:" + "A" * (characters - 6) + ":")

    assert (drawn.version, drawn.level) == (version, level)


def test_no_code_holds_everything() -> None:
    with pytest.raises(PackError):
        drawn_code("A" * 5000)

"""A real permit from the issuer's desk to the counter's scanner, by way of a picture.

How large the code grows decides whether a worn screen can be scanned, so it is held to the
version of QR code that was planned for: 19 for the full permit, 16 for the pass, level M.
"""

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from holder_sim.held_credential import HeldCopy
from holder_sim.presentation_client import counter_code
from holder_sim.qr_picture import picture_of
from issuer.credential import build_credential
from issuer.particulars import Resident
from issuer.permit import grant
from keys.county_keys import load_county_keys
from keys.province import Province
from keys.signing_key import new_signing_key
from schemas.base64url import b64url_encode
from schemas.civil_id import Sex
from schemas.permit_credential import CLAIM_PATHS, FULL_CONFIGURATION, PASS_CONFIGURATION, RECORD
from schemas.presentation_qr import PackError, UnknownCertificateError, unpack
from schemas.sd_jwt import parse_sd_jwt, process_payload
from schemas.status_list import StatusReference
from verifier.qr_reader import read_codes

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
BASE_URL = "https://permit.zj.example"
LUCHENG = "330302"
SHORT, LONG = "林样例", "阿卜杜热西提·麦麦提吐尔逊江"
TWO = ("name", "citizen_id_tail")
PASS = (*TWO, "permit_number", "residence_address")
ALL_BUT_THE_PORTRAIT = tuple(name for name in CLAIM_PATHS if name != "portrait")


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(tmp_path_factory.mktemp("keys"))
    made.initialise(
        issuer_url=BASE_URL, counties=(LUCHENG,), verifier_url="https://v.example", now=NOW
    )
    return made


@cache
def held_copy(directory: Path, configuration: str, name: str) -> HeldCopy:
    """As the wallet keeps it after it was issued."""
    resident = Resident(
        name=name,
        citizen_id_number="65000019880103001X",
        sex=Sex.MALE,
        birthdate=date(1988, 1, 3),
        ethnic_group="05",
        registered_address="新疆维吾尔自治区乌鲁木齐市天山区示范路1号",
        portrait=random.Random(1).randbytes(9000),
    )
    permit = grant(
        number="ZJ330302202600000012",
        county=LUCHENG,
        resident=resident,
        residence_address="浙江省温州市鹿城区示范街道示范路2号3幢401室",
        registered_on=date(2026, 3, 2),
        on=date(2026, 11, 23),
        by="li-3",
    )
    keys = load_county_keys(directory, base_url=BASE_URL, county=LUCHENG)
    holder = new_signing_key()
    credential = build_credential(
        permit,
        configuration=configuration,
        issuer=keys.issuer,
        key=keys.credential,
        holder_jwk=holder.public_jwk(),
        status=StatusReference(idx=734_211, uri=f"{keys.issuer}/status/1"),
        now=NOW,
    )
    private = b64url_encode(holder.export_private())
    return HeldCopy(configuration=configuration, credential=credential, private_key=private)


def shown(province: Province, configuration: str, name: str, claims: tuple[str, ...]) -> str:
    copy = held_copy(province.directory, configuration, name)
    now = NOW + timedelta(minutes=5)
    return counter_code(copy, claims, trust_list=province.held_trust_list(), now=now)


CASES = [
    pytest.param(FULL_CONFIGURATION, SHORT, TWO, 19, id="full, two claims"),
    pytest.param(FULL_CONFIGURATION, LONG, TWO, 19, id="full, two claims, a long name"),
    pytest.param(PASS_CONFIGURATION, SHORT, TWO, 16, id="pass, two claims"),
    pytest.param(PASS_CONFIGURATION, SHORT, PASS, 16, id="pass, all four"),
    pytest.param(PASS_CONFIGURATION, LONG, TWO, 16, id="pass, a long name"),
    pytest.param(FULL_CONFIGURATION, SHORT, ALL_BUT_THE_PORTRAIT, 20, id="all but the portrait"),
]


@pytest.mark.parametrize(("configuration", "name", "claims", "largest"), CASES)
def test_what_the_wallet_shows_the_counter_scans(
    province: Province, configuration: str, name: str, claims: tuple[str, ...], largest: int
) -> None:
    text = shown(province, configuration, name, claims)
    picture = picture_of(text)
    assert picture.version <= largest
    assert read_codes(picture.png) == text
    presentation = unpack(text, certificates=province.held_trust_list().certificates())
    copy = held_copy(province.directory, configuration, name)
    parsed = parse_sd_jwt(presentation)
    assert parsed.issuer_jwt == parse_sd_jwt(copy.credential).issuer_jwt
    assert parsed.kb_jwt is not None
    processed = process_payload(copy.payload(), parsed.disclosures)
    assert processed.disclosed - {(RECORD,)} == {CLAIM_PATHS[claim] for claim in claims}


def test_a_portrait_is_too_much_for_any_code(province: Province) -> None:
    with pytest.raises(PackError, match="fewer claims"):
        shown(province, FULL_CONFIGURATION, SHORT, (*TWO, "portrait"))


def test_the_certificate_itself_does_not_travel(province: Province) -> None:
    """What every counter holds costs eight bytes; without the trust list nothing is read."""
    text = shown(province, FULL_CONFIGURATION, SHORT, TWO)
    with pytest.raises(UnknownCertificateError):
        unpack(text, certificates={})

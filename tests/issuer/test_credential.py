"""The signed permit: what is visible, what is hidden, until when, and for whose key."""

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest
from msgspec.structs import replace

from issuer.credential import build_credential, hidden_claims
from issuer.particulars import Resident
from issuer.permit import Permit, endorse
from keys.county_keys import CountyKeys, load_county_keys
from keys.jws import parse_jws, verify_jws
from keys.province import Province
from keys.signing_key import new_signing_key
from keys.trust_list import trusted_credential_key
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
    PROTECTED_CLAIMS,
    SD_JWT_VC_TYP,
    claim_at,
    permit_payload,
    permit_record,
)
from schemas.sd_jwt import parse_sd_jwt, process_payload
from schemas.status_list import StatusReference
from schemas.strict_json import decode_object

NOW = datetime(2026, 11, 23, 4, 30, 12, tzinfo=UTC)
BASE = "https://permit.zj.example"
LUCHENG = "330302"
STATUS = StatusReference(idx=4711, uri=f"{BASE}/{LUCHENG}/status/0")
HOLDER = new_signing_key()


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(Path(tmp_path_factory.mktemp("keys")))
    made.initialise(
        issuer_url=BASE, counties=[LUCHENG], verifier_url="https://counter.zj.example", now=NOW
    )
    return made


@pytest.fixture(scope="module")
def keys(province: Province) -> CountyKeys:
    return load_county_keys(province.directory, base_url=BASE, county=LUCHENG)


def build(
    permit: Permit,
    keys: CountyKeys,
    configuration: str = FULL_CONFIGURATION,
    now: datetime = NOW,
) -> str:
    return build_credential(
        permit,
        configuration=configuration,
        issuer=keys.issuer,
        key=keys.credential,
        holder_jwk=HOLDER.public_jwk() | {"d": "secret", "kid": "mine"},
        status=STATUS,
        now=now,
    )


def opened(credential: str) -> dict[str, object]:
    parsed = parse_sd_jwt(credential)
    jws = parse_jws(parsed.issuer_jwt, typ=SD_JWT_VC_TYP)
    payload = decode_object(jws.payload, max_bytes=100_000)
    return process_payload(payload, parsed.disclosures).claims


def visible(credential: str) -> dict[str, object]:
    jws = parse_jws(parse_sd_jwt(credential).issuer_jwt, typ=SD_JWT_VC_TYP)
    return decode_object(jws.payload, max_bytes=100_000)


def test_a_verifier_with_the_trust_list_finds_the_signing_key_good(
    permit: Permit, keys: CountyKeys, province: Province
) -> None:
    jws = parse_jws(parse_sd_jwt(build(permit, keys)).issuer_jwt, typ=SD_JWT_VC_TYP)
    issuer = province.held_trust_list().issuer(keys.issuer, on=date(2026, 11, 23))

    verify_jws(jws, trusted_credential_key(jws, issuer, at=NOW))


def test_visible_are_the_claims_every_reader_needs_and_no_other(
    permit: Permit, keys: CountyKeys
) -> None:
    claims = visible(build(permit, keys))
    payload = permit_payload(claims)

    assert claims.keys() == (PROTECTED_CLAIMS - {"vct#integrity"}) | {"_sd", "_sd_alg"}
    assert payload.iss == keys.issuer
    assert payload.iat == payload.nbf == int(datetime(2026, 11, 22, 16, tzinfo=UTC).timestamp())
    assert payload.exp == int(datetime(2027, 11, 23, 16, tzinfo=UTC).timestamp())
    assert payload.cnf.jwk == HOLDER.public_jwk(), "private and stray members stay out"
    assert payload.status.status_list == STATUS
    assert payload.jurisdiction == LUCHENG
    assert payload.endorsement.usable_through == date(2027, 11, 23)


def test_the_full_permit_holds_all_fourteen_claims_each_hidden(
    permit: Permit, keys: CountyKeys
) -> None:
    credential = build(permit, keys)
    claims = opened(credential)
    permit_record(claims)

    assert all(claim_at(claims, path) is not None for path in CLAIM_PATHS.values())
    assert len(parse_sd_jwt(credential).disclosures) == 15, "fourteen, and the record"
    assert claims["citizen_id_tail"] == "001X"
    assert claim_at(claims, ("record", "issuing_authority")) == "鹿城区公安机关"
    assert claim_at(claims, ("record", "portrait")) == "data:image/jpeg;base64,/9j/"
    assert "张示范" not in str(visible(credential))


def test_the_pass_holds_four(permit: Permit, keys: CountyKeys) -> None:
    credential = build(permit, keys, PASS_CONFIGURATION)

    assert opened(credential).keys() & CLAIM_PATHS.keys() == set(PASS_CLAIMS)
    assert "record" not in opened(credential)
    assert len(parse_sd_jwt(credential).disclosures) == 4


def test_there_is_no_third_configuration(permit: Permit, keys: CountyKeys) -> None:
    with pytest.raises(ValueError, match="no configuration"):
        build(permit, keys, "residence_permit_2")


def test_the_next_endorsement_is_in_the_next_copy(permit: Permit, keys: CountyKeys) -> None:
    late = endorse(permit, on=date(2028, 1, 15), by="li-3")
    claims = opened(build(late, keys, now=datetime(2028, 1, 15, 4, tzinfo=UTC)))

    assert claims["endorsement"] == {"sequence": 2, "usable_through": "2028-11-23"}
    assert claims["continuous_residence_since"] == "2028-01-15"


def test_copies_of_one_day_differ_only_in_what_must_differ(
    permit: Permit, keys: CountyKeys
) -> None:
    early = visible(build(permit, keys, now=datetime(2026, 11, 22, 16, 0, tzinfo=UTC)))
    late = visible(build(permit, keys, now=datetime(2026, 11, 23, 15, 59, tzinfo=UTC)))

    assert early["_sd"] != late["_sd"], "fresh salts"
    assert early | {"_sd": 0} == late | {"_sd": 0}


def test_salts_can_be_given_and_are_each_used_once(permit: Permit, keys: CountyKeys) -> None:
    numbers = count()
    credential = build_credential(
        permit,
        configuration=FULL_CONFIGURATION,
        issuer=keys.issuer,
        key=keys.credential,
        holder_jwk=HOLDER.public_jwk(),
        status=STATUS,
        now=NOW,
        new_salt=lambda: f"salt{next(numbers)}",
    )

    assert next(numbers) == len(parse_sd_jwt(credential).disclosures)


@pytest.mark.parametrize(
    ("born", "today", "adult"),
    [
        (date(2008, 11, 23), date(2026, 11, 22), False),
        (date(2008, 11, 23), date(2026, 11, 23), True),
        (date(2008, 2, 29), date(2026, 2, 27), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),  # no 29th in 2026
        (date(2004, 2, 29), date(2022, 2, 28), True),
    ],
)
def test_of_age_on_the_eighteenth_birthday(
    permit: Permit, born: date, today: date, adult: bool
) -> None:
    resident: Resident = replace(permit.resident, birthdate=born)

    assert hidden_claims(replace(permit, resident=resident), today=today)["age_over_18"] is adult

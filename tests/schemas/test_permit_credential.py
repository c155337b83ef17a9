"""The permit's claims: where they stand, which are always visible, what shape they have."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from schemas.permit_credential import (
    CLAIM_LABELS,
    CLAIM_PATHS,
    PASS_CLAIMS,
    PROTECTED_CLAIMS,
    RECORD,
    VISIBLE_LABELS,
    EndorsementClaim,
    PermitClaimsError,
    PermitPayload,
    PermitRecord,
    RecordClaims,
    claim_at,
    permit_payload,
    permit_record,
)
from schemas.status_list import StatusReference

VISIBLE: dict[str, Any] = {
    "iss": "https://permits.example/330302",
    "vct": "urn:zhejiang:residence-permit:1",
    "iat": 1_763_827_200,
    "nbf": 1_763_827_200,
    "exp": 1_795_449_600,
    "cnf": {"jwk": {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}},
    "status": {"status_list": {"idx": 7, "uri": "https://permits.example/330302/status/1"}},
    "jurisdiction": "330302",
    "endorsement": {"sequence": 1, "usable_through": "2026-11-23"},
}
DISCLOSED: dict[str, Any] = {
    "name": "阿依样·示例江",
    "birthdate": "1988-01-03",
    "citizen_id_number": "650000198801030013",
    "citizen_id_tail": "0013",
    "residence_address": "温州市瓯海区示范路1号",
    "permit_number": "33030420250000001",
    "continuous_residence_since": "2025-07-15",
    "age_over_18": True,
    "record": {
        "sex": "1",
        "ethnic_group": "05",
        "portrait": "data:image/jpeg;base64,/9j/",
        "registered_address": "乌鲁木齐市示范路2号",
        "issuing_authority": "温州市公安局瓯海区分局",
        "date_of_issuance": "2024-02-29",
    },
}


def with_member(claims: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """A copy with the member at ``path`` replaced, or left out if the value is ``...``."""
    first, *rest = path
    inner = with_member(claims[first], tuple(rest), value) if rest else value
    changed = claims | {first: inner}
    return {name: kept for name, kept in changed.items() if kept is not ...}


def test_the_law_s_ten_contents_are_all_there() -> None:
    """[SC663 §4], in its order."""
    contents = {
        "name",
        "sex",
        "ethnic_group",
        "birthdate",
        "citizen_id_number",
        "portrait",
        "registered_address",
        "residence_address",
        "issuing_authority",
        "date_of_issuance",
    }

    assert contents <= CLAIM_PATHS.keys()


def test_fourteen_claims_each_with_a_path_and_two_labels() -> None:
    assert len(CLAIM_PATHS) == len(set(CLAIM_PATHS.values())) == 14
    assert CLAIM_LABELS.keys() == CLAIM_PATHS.keys()
    for chinese, english in [*CLAIM_LABELS.values(), *VISIBLE_LABELS.values()]:
        assert chinese
        assert not chinese.isascii()
        assert english.isascii()


def test_what_is_rarely_asked_stands_in_the_record() -> None:
    in_record = {name for name, path in CLAIM_PATHS.items() if path == (RECORD, name)}

    assert in_record == set(RecordClaims.__struct_fields__)
    assert all(CLAIM_PATHS[name] == (name,) for name in CLAIM_PATHS.keys() - in_record)


def test_the_pass_holds_four_claims_none_of_them_in_the_record() -> None:
    assert [CLAIM_PATHS[name] for name in PASS_CLAIMS] == [
        ("name",),
        ("citizen_id_tail",),
        ("permit_number",),
        ("residence_address",),
    ]


def test_vci_43_what_is_always_visible_is_never_disclosable() -> None:
    must = {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"}  # [SD-JWT-VC §3.2.2.2]

    assert must <= PROTECTED_CLAIMS
    assert set(PermitPayload.__struct_fields__) <= PROTECTED_CLAIMS
    assert not {path[0] for path in CLAIM_PATHS.values()} & PROTECTED_CLAIMS


def test_structs_and_paths_name_the_same_claims() -> None:
    top = {path[0] for path in CLAIM_PATHS.values()}

    assert set(PermitRecord.__struct_fields__) == top


def test_the_visible_claims_come_out_typed() -> None:
    payload = permit_payload(VISIBLE)

    assert payload.endorsement == EndorsementClaim(1, date(2026, 11, 23))
    assert payload.status.status_list == StatusReference(
        7, "https://permits.example/330302/status/1"
    )
    assert payload.cnf.jwk == VISIBLE["cnf"]["jwk"]
    assert msgspec.to_builtins(payload) == VISIBLE


def test_what_else_is_signed_is_left_aside() -> None:
    more = VISIBLE | DISCLOSED | {"vct#integrity": "sha256-x", "_sd_alg": "sha-256"}

    assert permit_payload(more) == permit_payload(VISIBLE)


@pytest.mark.parametrize(
    "path",
    [
        *((name,) for name in VISIBLE),
        ("cnf", "jwk"),
        ("status", "status_list"),
        ("status", "status_list", "idx"),
        ("status", "status_list", "uri"),
        ("endorsement", "sequence"),
        ("endorsement", "usable_through"),
    ],
)
@pytest.mark.parametrize("value", [..., None, [], True, 1.0])
def test_a_visible_claim_cannot_be_missing_or_of_another_type(
    path: tuple[str, ...], value: Any
) -> None:
    with pytest.raises(PermitClaimsError) as caught:
        permit_payload(with_member(VISIBLE, path, value))

    assert caught.value.code == "invalid_permit"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("iat",), "1763827200"),
        (("iat",), -1),
        (("exp",), 2**63),
        (("exp",), 253_402_300_800),  # 10000-01-01: no calendar here goes so far
        (("exp",), 1_795_449_600.5),
        (("jurisdiction",), 330302),
        (("jurisdiction",), "33030"),
        (("jurisdiction",), "3303020"),
        (("jurisdiction",), "330302\n"),
        (("jurisdiction",), "３３０３０２"),
        (("endorsement", "sequence"), -1),
        (("endorsement", "sequence"), "1"),
        (("endorsement", "usable_through"), "2026-11-31"),
        (("endorsement", "usable_through"), "2026-11-23T00:00:00Z"),
        (("endorsement", "usable_through"), "23.11.2026"),
        (("endorsement", "usable_through"), 1_795_449_600),
        (("cnf", "jwk"), {"kty": 1}),
        (("cnf",), {"jku": "https://evil.example/keys"}),
        (("cnf",), {"kid": "1"}),
    ],
)
def test_a_visible_claim_out_of_range_is_refused(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(PermitClaimsError):
        permit_payload(with_member(VISIBLE, path, value))


@given(st.dictionaries(st.sampled_from([*VISIBLE, "name"]), st.none() | st.integers() | st.text()))
def test_any_object_is_a_permit_or_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(PermitClaimsError):
        permit_payload(claims)


def test_disclosed_claims_come_out_typed() -> None:
    record = permit_record(VISIBLE | DISCLOSED)

    assert record.birthdate == date(1988, 1, 3)
    assert record.age_over_18 is True
    assert isinstance(record.record, RecordClaims)
    assert record.record.date_of_issuance == date(2024, 2, 29)
    assert msgspec.to_builtins(record) == DISCLOSED


@given(st.sets(st.sampled_from(sorted(CLAIM_PATHS))))
def test_any_of_them_may_be_withheld(shown: set[str]) -> None:
    disclosed: dict[str, Any] = {}
    for name in shown:
        *outer, last = CLAIM_PATHS[name]
        place = disclosed.setdefault(outer[0], {}) if outer else disclosed
        place[last] = claim_at(DISCLOSED, CLAIM_PATHS[name])

    assert msgspec.to_builtins(permit_record(VISIBLE | disclosed)) == disclosed


def test_a_withheld_claim_is_not_there_rather_than_null() -> None:
    assert permit_record({}).name is UNSET
    with pytest.raises(PermitClaimsError):
        permit_record({"name": None})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), {"first": "x"}),
        (("birthdate",), "1988-02-30"),
        (("citizen_id_number",), "65000019880103001x"),
        (("citizen_id_number",), "650000198801030013\n"),
        (("citizen_id_tail",), "13"),
        (("age_over_18",), "true"),
        (("age_over_18",), 1),
        (("record",), "x"),
        (("record", "sex"), "3"),
        (("record", "sex"), 1),
        (("record", "ethnic_group"), "5"),
        (("record", "portrait"), "https://evil.example/portrait.jpg"),
        (("record", "portrait"), "javascript:alert(1)"),
    ],
)
def test_a_disclosed_claim_of_another_shape_is_refused(path: tuple[str, ...], value: Any) -> None:
    with pytest.raises(PermitClaimsError) as caught:
        permit_record(with_member(DISCLOSED, path, value))

    assert "65000019880103001" not in str(caught.value)


def test_a_claim_is_found_by_its_path() -> None:
    assert claim_at(DISCLOSED, CLAIM_PATHS["sex"]) == "1"
    assert claim_at(DISCLOSED, CLAIM_PATHS["name"]) == "阿依样·示例江"


@pytest.mark.parametrize(
    "claims",
    [{}, {"record": {}}, {"record": None}, {"record": "sex"}, {"record": ["sex"]}, {"sex": "1"}],
)
def test_a_claim_that_was_not_disclosed_is_none(claims: dict[str, Any]) -> None:
    assert claim_at(claims, CLAIM_PATHS["sex"]) is None

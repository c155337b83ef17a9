"""Requested claims: all that is needed, and nothing beyond it. VP-64."""

from typing import Any

import pytest

from schemas.permit_credential import CLAIM_PATHS
from verifier.checks.requested_claims import check_requested_claims
from verifier.verdict import Passed, failed

CLAIMS: dict[str, Any] = {
    "name": "买买提·示范",
    "citizen_id_tail": "0007",
    "age_over_18": False,
    "record": {"sex": "1", "portrait": None},
    "iss": "https://issuer.example",
}


@pytest.mark.parametrize(
    ("needed", "missing", "shown"),
    [
        ((), (), {}),
        (("name",), (), {"name": "买买提·示范"}),
        (("name", "sex"), (), {"name": "买买提·示范", "sex": "1"}),
        (("age_over_18",), (), {"age_over_18": False}),  # "no" is an answer
        (("name", "birthdate"), ("birthdate",), {"name": "买买提·示范"}),
        (("portrait",), ("portrait",), {}),  # null is none
        (("ethnic_group", "birthdate"), ("ethnic_group", "birthdate"), {}),
    ],
)
def test_vp_64_all_that_is_needed(
    needed: tuple[str, ...], missing: tuple[str, ...], shown: dict[str, Any]
) -> None:
    result, claims = check_requested_claims(CLAIMS, needed=needed)

    assert result == (failed("claims_missing", missing=missing) if missing else Passed())
    assert claims == shown  # what else was disclosed is not handed on


@pytest.mark.parametrize("record", [None, "text", [], 1])
def test_a_record_that_is_no_object_holds_nothing(record: Any) -> None:
    result, _ = check_requested_claims({"record": record}, needed=("sex",))

    assert result == failed("claims_missing", missing=("sex",))


@pytest.mark.parametrize("name", list(CLAIM_PATHS))
def test_each_claim_can_be_found(world: Any, name: str) -> None:
    hidden = world.hidden()
    hidden["record"] = dict(hidden["record"].members)

    result, claims = check_requested_claims(hidden, needed=(name,))

    assert result == Passed()
    assert list(claims) == [name]

"""Jurisdiction: the issuer's right, and the counter's place."""

import pytest

from schemas.divisions import Area, county
from verifier.checks.jurisdiction import check_jurisdiction, known_county
from verifier.verdict import CheckResult, Passed, failed

LUCHENG, LONGWAN, PINGYANG = county("330302"), county("330303"), county("330326")
YUHANG = county("330110")


def out_of_area(permit: str, counter: str, area: Area) -> CheckResult:
    return failed("out_of_area", permit=county(permit), counter=county(counter), area=area)


@pytest.mark.parametrize(
    ("permit", "counter", "area", "expected"),
    [
        ("330302", "330302", Area.COUNTY, Passed()),
        ("330302", "330303", Area.COUNTY, out_of_area("330302", "330303", Area.COUNTY)),
        ("330302", "330303", Area.URBAN_UNIT, Passed()),  # districts of one city
        ("330302", "330326", Area.URBAN_UNIT, out_of_area("330302", "330326", Area.URBAN_UNIT)),
        ("330302", "330326", Area.CITY, Passed()),
        ("330302", "330110", Area.CITY, out_of_area("330302", "330110", Area.CITY)),
        ("330302", "330110", Area.PROVINCE, Passed()),
        ("330302", "330110", Area.NATIONAL, Passed()),
    ],
)
def test_where_it_holds(permit: str, counter: str, area: Area, expected: CheckResult) -> None:
    result = check_jurisdiction(
        permit=permit, issuer_may_permit=[permit], counter=county(counter), area=area
    )

    assert result == expected


@pytest.mark.parametrize(
    ("permit", "issuer_may_permit", "expected"),
    [
        ("330302", ["330326"], failed("issuer_may_not_permit", permit=LUCHENG)),
        ("330302", [], failed("issuer_may_not_permit", permit=LUCHENG)),
        ("330302", ["330326", "330302"], Passed()),
        ("330302", ["330300"], failed("issuer_may_not_permit", permit=LUCHENG)),  # a city is none
        ("999999", ["330302"], failed("issuer_may_not_permit", permit="999999")),
        ("999999", ["999999"], failed("unknown_county", permit="999999")),
        ("", ["330302"], failed("issuer_may_not_permit", permit="")),
    ],
)
def test_the_issuers_right_comes_from_the_trust_list(
    permit: str, issuer_may_permit: list[str], expected: CheckResult
) -> None:
    result = check_jurisdiction(
        permit=permit, issuer_may_permit=issuer_may_permit, counter=LUCHENG, area=Area.PROVINCE
    )

    assert result == expected


@pytest.mark.parametrize("listed", ["330103", "330105"])
def test_a_permit_older_than_a_merger(listed: str) -> None:
    """Xiacheng became part of Gongshu in 2021: either entry of the trust list counts."""
    result = check_jurisdiction(
        permit="330103",
        issuer_may_permit=[listed],
        counter=county("330105"),
        area=Area.COUNTY,
    )

    assert result == Passed()


def test_known_county() -> None:
    assert known_county("330302") == LUCHENG
    assert known_county("330300") is None

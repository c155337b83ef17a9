"""Ethnic groups by code: all 56, and nothing else."""

import csv
from pathlib import Path

import pytest

from schemas.ethnic_groups import (
    EthnicGroup,
    UnknownEthnicGroupError,
    ethnic_group,
    ethnic_groups,
)

TABLE = Path(__file__).parents[2].parent / "shared" / "domain" / "ethnic_gbt3304.csv"


def test_there_are_fifty_six_numbered_without_gap() -> None:
    groups = ethnic_groups()

    assert [group.code for group in groups] == [f"{number:02}" for number in range(1, 57)]
    assert len({group.name_zh for group in groups}) == 56
    assert len({group.name_en for group in groups}) == 56


@pytest.mark.skipif(
    not TABLE.is_file(), reason="the shared table does not lie beside this checkout"
)
def test_every_group_is_the_shared_one() -> None:
    with TABLE.open(encoding="utf-8", newline="") as table:
        expected = [
            EthnicGroup(row["code"], row["name_zh"], row["roman"]) for row in csv.DictReader(table)
        ]

    assert list(ethnic_groups()) == expected


@pytest.mark.parametrize(
    ("code", "name_zh", "name_en"),
    [("01", "汉族", "Han"), ("22", "畲族", "She"), ("25", "水族", "Sui"), ("56", "基诺族", "Jino")],
)
def test_a_code_has_its_name(code: str, name_zh: str, name_en: str) -> None:
    assert ethnic_group(code) == EthnicGroup(code, name_zh, name_en)


@pytest.mark.parametrize("code", ["", "0", "1", "00", "57", "97", "98", "01 ", "０１", "HA"])
def test_other_codes_are_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(UnknownEthnicGroupError) as caught:
        ethnic_group(code)

    assert caught.value.code == "unknown_ethnic_group"
    assert str(caught.value) == "no ethnic group has this code Use two digits, 01 to 56."

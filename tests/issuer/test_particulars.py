"""What a permit can carry about a person, and what it refuses."""

from datetime import date

import pytest
from msgspec.structs import replace

from issuer.errors import ParticularsError
from issuer.particulars import (
    MAX_PORTRAIT_BYTES,
    Particulars,
    address,
    normal_name,
    resident_of,
)
from schemas.civil_id import CivilIdError, Sex
from schemas.errors import InputError
from schemas.ethnic_groups import UnknownEthnicGroupError

TODAY = date(2026, 11, 23)
GOOD = Particulars(
    name="阿依样•示例江",
    citizen_id_number="65000019880103001３",
    ethnic_group="05",
    registered_address=" 新疆维吾尔自治区乌鲁木齐市示范路2号 ",
    residence_address="浙江省温州市瓯海区示范路2号",
    residence_registered_on=date(2023, 8, 30),
    portrait=b"\xff\xd8\xff\xe0",
)


def test_sex_and_birth_date_come_from_the_number() -> None:
    resident = resident_of(GOOD, today=TODAY)

    assert resident.citizen_id_number == "650000198801030013"
    assert (resident.sex, resident.birthdate) == (Sex.MALE, date(1988, 1, 3))
    assert resident.registered_address == "新疆维吾尔自治区乌鲁木齐市示范路2号"
    assert resident.name == "阿依样·示例江"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("林样例", "林样例"),
        ("  林样例 ", "林样例"),
        ("示・示", "示·示"),
        ("示‧示．示⋅示", "示·示·示·示"),
        ("𠮷示范", "𠮷示范"),
        ("𠮷" * 50, "𠮷" * 50),
    ],
)
def test_names_get_one_spelling(typed: str, kept: str) -> None:
    assert normal_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "·示",
        "示③",
        "示Ａ",
        "示の",
        "示Ж",
        "示·",
        "示··示",
        "Lin",
        "林3",
        "林_样",
        "林\n样",
        "林\u202e样",
        "示" * 51,
    ],
)
def test_what_is_no_name(typed: str) -> None:
    with pytest.raises(ParticularsError):
        normal_name(typed)


@pytest.mark.parametrize("typed", ["", " ", "示范路\n1号", "示范路\x001号", "路" * 121])
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(ParticularsError):
        address(typed)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"citizen_id_number": "650000198801030014"}, CivilIdError),
        ({"ethnic_group": "99"}, UnknownEthnicGroupError),
        ({"ethnic_group": "5"}, UnknownEthnicGroupError),
        ({"portrait": b"GIF89a"}, ParticularsError),
        ({"portrait": b""}, ParticularsError),
        ({"portrait": b"\xff\xd8\xff" + bytes(MAX_PORTRAIT_BYTES)}, ParticularsError),
        ({"name": "Lin"}, ParticularsError),
        ({"registered_address": ""}, ParticularsError),
    ],
)
def test_refused_particulars_are_not_repeated_in_the_message(
    change: dict[str, object], error: type[InputError]
) -> None:
    with pytest.raises(error) as caught:
        resident_of(replace(GOOD, **change), today=TODAY)

    assert "650000" not in str(caught.value)
    assert "示例" not in str(caught.value)

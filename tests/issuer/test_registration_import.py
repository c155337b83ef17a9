"""A file of residence registrations: taken whole, or refused with every fault in its place."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer import registration_import
from issuer.errors import RegistrationFileError
from issuer.registration_import import parse_registrations
from issuer.residence_register import ResidenceRegistration
from schemas.errors import EncodingError, InputError, TooLargeError

TODAY = date(2026, 11, 23)
HEADER = "citizen_id_number,county,address,registered_on,ended_on\n"
GOOD = "52000019920512000X,330302,浙江省温州市鹿城区示范路1号,2026-03-02,\n"


def parse(text: str) -> list[ResidenceRegistration]:
    return parse_registrations(text.encode(), today=TODAY)


def refusal(text: str) -> str:
    with pytest.raises(RegistrationFileError) as caught:
        parse(text)
    assert "Nothing was imported" in caught.value.remedy
    return caught.value.detail


def test_a_good_file_is_read_with_its_small_differences() -> None:
    rows = (
        GOOD
        + "650000 19880103 0013 , 330322 , 示范路2号 , 2023-08-30 , 2026-01-01\r\n"
        + '36000020070920001７,330381,"示范路3号, 2单元",2026-11-23,\n'
    )

    assert parse("\ufeff" + HEADER + rows) == [
        ResidenceRegistration(
            "52000019920512000X", "330302", "浙江省温州市鹿城区示范路1号", date(2026, 3, 2)
        ),
        ResidenceRegistration(
            "650000198801030013", "330305", "示范路2号", date(2023, 8, 30), date(2026, 1, 1)
        ),
        ResidenceRegistration("360000200709200017", "330381", "示范路3号, 2单元", TODAY),
    ]


def test_the_column_of_ends_may_be_missing() -> None:
    header = "citizen_id_number,county,address,registered_on\n"

    assert len(parse(header + GOOD.replace(",\n", "\n"))) == 1
    assert parse(header) == []


@pytest.mark.parametrize(
    ("row", "place", "cause"),
    [
        (GOOD.replace("000X", "0001"), "line 3, citizen_id_number", "check character"),
        (GOOD.replace("52000019920512000X", ""), "line 3, citizen_id_number", "17 digits"),
        (GOOD.replace("330302", "110101"), "line 3, county", "no county of Zhejiang"),
        (GOOD.replace("浙江省温州市鹿城区示范路1号", " "), "line 3, address", "one line"),
        (GOOD.replace("示范路", "\x00"), "line 3, address", "one line"),
        (GOOD.replace("2026-03-02", "2026-02-30"), "line 3, registered_on", "no day"),
        (GOOD.replace("2026-03-02", "20260302"), "line 3, registered_on", "no day"),
        (GOOD.replace("2026-03-02", "2026-W10-1"), "line 3, registered_on", "no day"),
        (GOOD.replace("2026-03-02", "2026-11-24"), "line 3, registered_on", "in the future"),
        (GOOD.replace("2026-03-02", "1992-05-11"), "line 3, registered_on", "before birth"),
        (GOOD.replace("-02,", "-02,2026-03-02"), "line 3, ended_on", "ended before"),
        (GOOD.replace("-02,", "-02,soon"), "line 3, ended_on", "no day"),
        (GOOD.replace(",\n", "\n"), "line 3, row", "4 fields instead of 5"),
        ("\n", "line 3, row", "0 fields instead of 5"),
        ('"a"b,330302,x,2026-03-02,\n', "line 3, row", "expected"),
    ],
)
def test_each_fault_has_its_place_its_cause_and_no_personal_data(
    row: str, place: str, cause: str
) -> None:
    before = "650000198801030013,330304,示范路2号,2023-08-30,\n"
    told = refusal(HEADER + before + row)

    assert told.startswith(place)
    assert cause in told
    assert "5200001992" not in told
    assert "示范" not in told


def test_a_person_stands_once_in_a_county() -> None:
    told = refusal(HEADER + GOOD + GOOD.replace("330302", "330304") + GOOD)

    assert told.startswith("line 4, citizen_id_number")
    assert "line 2" in told


def test_a_row_over_two_lines_moves_those_after_it() -> None:
    broken = GOOD.replace("浙江省温州市鹿城区示范路1号", '"示范路\n1号"')
    told = refusal(HEADER + broken + GOOD.replace("330302", "x"))

    assert "line 3, address" in told
    assert "line 4, county" in told


def test_all_faults_are_told_up_to_twenty() -> None:
    two = refusal(HEADER + GOOD.replace("330302", "1") + GOOD.replace("-03-", "-13-"))
    many = refusal(HEADER + GOOD.replace("330302", "1") * 30)

    assert two.splitlines()[0] == "2 faults:"
    assert many.splitlines()[0] == "20 faults (and perhaps more):"
    assert len(many.splitlines()) == 21


@pytest.mark.parametrize("header", ["", "a,b\n", "county,citizen_id_number\n", GOOD])
def test_another_header_is_refused(header: str) -> None:
    assert refusal(header).startswith("line 1, header")


def test_caps_stand_before_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration_import, "MAX_ROWS", 1)
    with pytest.raises(TooLargeError, match="more than 1 rows"):
        parse(HEADER + GOOD + GOOD)
    monkeypatch.setattr(registration_import, "MAX_BYTES", 10)
    with pytest.raises(TooLargeError, match="more than 10 bytes"):
        parse(HEADER)


def test_another_encoding_is_named_with_its_line() -> None:
    with pytest.raises(EncodingError, match="line 2 is not UTF-8"):
        parse_registrations((HEADER + GOOD).encode("gb18030"), today=TODAY)


def test_progress_adds_up_to_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration_import, "PROGRESS_EVERY", 2)
    seen: list[int] = []
    rows = "".join(GOOD.replace("330302", code) for code in ("330302", "330303", "330304"))
    parse_registrations((HEADER + rows).encode(), today=TODAY, progress=seen.append)

    assert seen == [2, 1]


@given(st.text(max_size=60))
def test_whatever_follows_the_header_is_read_or_refused_by_name(text: str) -> None:
    with suppress(InputError):
        parse_registrations((HEADER + text).encode("utf-8", "replace"), today=TODAY)

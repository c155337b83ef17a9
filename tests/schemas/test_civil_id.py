"""Citizen identification numbers: the standard's own examples, and every way to be none."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from schemas.civil_id import (
    CivilId,
    CivilIdError,
    Sex,
    check_character,
    is_demonstration,
    parse_civil_id,
)

TODAY = date(2026, 11, 23)
PROVINCES = [
    *("11", "12", "13", "14", "15", "21", "22", "23"),
    *("31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46"),
    *("50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"),
]

seventeen_digits = st.text("0123456789", min_size=17, max_size=17)


@st.composite
def possible_numbers(draw: st.DrawFn) -> tuple[str, date, Sex]:
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    sequence = draw(st.integers(0, 999))
    region = draw(st.sampled_from(PROVINCES)) + draw(st.text("0123456789", min_size=4, max_size=4))
    first17 = f"{region}{born:%Y%m%d}{sequence:03}"
    return first17 + check_character(first17), born, Sex.MALE if sequence % 2 else Sex.FEMALE


def with_check(first17: str) -> str:
    return first17 + check_character(first17)


@pytest.mark.parametrize(
    ("number", "born", "sex", "region"),
    [
        ("34052419800101001X", date(1980, 1, 1), Sex.MALE, "340524"),  # the standard's examples
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE, "110105"),
        ("650000198801030013", date(1988, 1, 3), Sex.MALE, "650000"),
        ("420000198002290019", date(1980, 2, 29), Sex.MALE, "420000"),
        ("810000199306170005", date(1993, 6, 17), Sex.FEMALE, "810000"),  # Hong Kong: a number too
    ],
)
def test_a_number_says_birth_date_and_sex(number: str, born: date, sex: Sex, region: str) -> None:
    assert parse_civil_id(number, today=TODAY) == CivilId(number, born, sex, region)


@pytest.mark.parametrize(
    "typed",
    [
        "34052419800101001x",
        " 340524 19800101 001X\n",
        "３４０５２４１９８００１０１００１Ｘ",
        "340524　19800101　001ｘ",  # full-width spaces and x
    ],
)
def test_what_keyboards_make_of_a_number_is_mended(typed: str) -> None:
    assert parse_civil_id(typed, today=TODAY).number == "34052419800101001X"


@given(possible_numbers())
def test_every_possible_number_is_taken(case: tuple[str, date, Sex]) -> None:
    number, born, sex = case
    found = parse_civil_id(number, today=TODAY)

    assert (found.birthdate, found.sex, found.region) == (born, sex, number[:6])


@given(seventeen_digits)
def test_the_check_character_is_that_of_another_implementation(first17: str) -> None:
    assert check_character(first17) == mod_11_2.calc_check_digit(first17)


@given(possible_numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(case: tuple[str, date, Sex], position: int, shift: int) -> None:
    number = case[0]
    wrong = str((int(number[position]) + shift) % 10)

    with pytest.raises(CivilIdError, match="check character"):
        parse_civil_id(number[:position] + wrong + number[position + 1 :], today=TODAY)


@given(possible_numbers(), st.integers(0, 15))
def test_two_neighbours_swapped_are_noticed(case: tuple[str, date, Sex], position: int) -> None:
    number = case[0]
    one, other = number[position], number[position + 1]
    if one == other:
        return

    with pytest.raises(CivilIdError, match="check character"):
        parse_civil_id(number[:position] + other + one + number[position + 2 :], today=TODAY)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "17 digits"),
        ("340524800101001", "17 digits"),  # 15 digits, not valid since 2013
        ("34052419800101001XX", "17 digits"),
        ("3405241980010100AX", "17 digits"),
        ("34052419800101001٣", "check character"),  # an Arabic digit
        ("٣4052419800101001X", "17 digits"),
        ("34052419800101001Y", "check character"),
        ("340524198001010010", "check character"),
        (with_check("01052419800101001"), "province"),
        (with_check("91010019800101001"), "province"),  # card of a foreign permanent resident
        (with_check("16010019800101001"), "province"),
        (with_check("34052419810229001"), "no date"),
        (with_check("34052419801301001"), "no date"),
        (with_check("34052400000101001"), "no date"),
        (with_check("34052418991231001"), "before 1900"),
        (with_check("34052420261124001"), "future"),
    ],
)
def test_what_can_be_no_number_says_why(text: str, reason: str) -> None:
    with pytest.raises(CivilIdError, match=reason) as caught:
        parse_civil_id(text, today=TODAY)

    assert caught.value.code == "bad_citizen_id_number"


def test_someone_born_today_has_a_number() -> None:
    assert parse_civil_id(with_check("34052420261123001"), today=TODAY).birthdate == TODAY


def refusal(text: str) -> str:
    try:
        parse_civil_id(text, today=TODAY)
    except CivilIdError as error:
        return str(error)
    return ""


@given(st.text(max_size=40) | seventeen_digits.map(lambda digits: digits + "0"))
def test_any_text_is_a_number_or_refused_without_being_repeated(text: str) -> None:
    assert len(text) < 8 or text not in refusal(text)


@pytest.mark.parametrize(
    ("number", "invented"),
    [
        ("52000019920512000X", True),  # both signs
        ("650000198801030013", True),  # a whole province as region
        (with_check("33030219920512000"), True),  # sequence 000 is never given out
        (with_check("33030219920512001"), False),
        (with_check("33030219920512009"), False),
        (with_check("81000019930617001"), False),  # Hong Kong's real numbers look like this
        (with_check("83000019930617001"), False),
        (with_check("81000019930617000"), True),
    ],
)
def test_invented_numbers_are_told_from_possible_ones(number: str, invented: bool) -> None:
    assert is_demonstration(number) is invented


def test_of_all_beginnings_those_of_provinces_are_taken() -> None:
    """The first two digits of GB/T 2260, with 83 for residence permits of Taiwan people."""
    taken = []
    for beginning in range(100):
        number = with_check(f"{beginning:02}010019800101001")
        with suppress(CivilIdError):
            taken.append(parse_civil_id(number, today=TODAY).region[:2])
    assert taken == PROVINCES

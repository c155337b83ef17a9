"""Telephone numbers: what is taken, and that nobody reads one in full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import PhoneNumberError
from issuer.phone_numbers import checked_phone, masked


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "+8613800138000",
        "+86 138 0013 8000",
        "008613800138000",
    ],
)
def test_one_number_however_it_is_written(text: str) -> None:
    assert checked_phone(text) == "13800138000"


@pytest.mark.parametrize(
    "text",
    [
        *("", "1380013800", "138001380000", "12800138000", "23800138000", "+4413800138000"),
        *(
            "１３８００１３８０００",
            "13800138000x",
            "1380013800\n0",
            "138\t00138000",
            "++8613800138000",
        ),
    ],
)
def test_what_cannot_be_one_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(PhoneNumberError) as raised:
        checked_phone(text)

    assert not text.strip() or text.strip() not in str(raised.value)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_checked_number_stays_and_is_shown_in_part(phone: str) -> None:
    assert checked_phone(phone) == phone
    assert masked(phone) == f"{phone[:3]}****{phone[7:]}"
    assert masked(masked(phone)) == masked(phone)


@pytest.mark.parametrize(("phone", "shown"), [("", ""), ("123", "****"), ("1380013800", "****")])
def test_what_is_too_short_to_be_cut_is_not_shown(phone: str, shown: str) -> None:
    assert masked(phone) == shown

"""Values as a person reads them, in both languages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from holder_sim.web.wallet_language import CHINESE, ENGLISH
from holder_sim.web.wallet_wording import (
    MISSING,
    asker,
    claim_label,
    claim_text,
    clock_time,
    day,
    instant,
    place,
    portal_beside,
)
from schemas.divisions import county


@pytest.mark.parametrize(
    ("name", "value", "chinese", "english"),
    [
        ("name", "买买提·示范", "买买提·示范", "买买提·示范"),
        ("sex", "2", "女", "Female"),
        ("sex", "9", "9", "9"),  # a code we do not know is shown as it is
        ("ethnic_group", "05", "维吾尔族", "Uygur"),
        ("birthdate", "1990-01-01", "1990年1月1日", "1 January 1990"),
        ("date_of_issuance", date(2025, 11, 23), "2025年11月23日", "23 November 2025"),
        ("age_over_18", True, "是", "Yes"),
        ("age_over_18", False, "否", "No"),
        ("portrait", "data:image/png;base64,x", "照片一张", "One picture"),
        ("something_new", 7, "7", "7"),
        ("name", None, MISSING, MISSING),
    ],
)
def test_a_claim_in_words(name: str, value: Any, chinese: str, english: str) -> None:
    assert claim_text(name, value, CHINESE) == chinese
    assert claim_text(name, value, ENGLISH) == english


def test_a_claim_we_do_not_know_keeps_its_name() -> None:
    assert claim_label("something_new", CHINESE) == "something_new"
    assert claim_label("name", CHINESE) == "姓名"


def test_instants_are_those_of_shanghai() -> None:
    late = datetime(2026, 11, 25, 16, 5, tzinfo=UTC)

    assert clock_time(late) == "00:05"
    assert instant(late, CHINESE) == "2026年11月26日 00:05"
    assert day(date(2026, 2, 3), ENGLISH) == "3 February 2026"


def test_a_place_in_the_order_of_its_language() -> None:
    assert place(county("330302"), CHINESE) == "温州市鹿城区"
    assert place(county("330302"), ENGLISH) == "Lucheng District, Wenzhou"


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("CN=verifier,O=Test Office,C=CN", "Test Office"),
        (r"CN=verifier,L=x,O=Police\, Lucheng,C=CN", "Police, Lucheng"),
        ("O=First,CN=verifier", "First"),
        ("CN=verifier", "CN=verifier"),
        ("CN=verifier,STREETO=x", "CN=verifier,STREETO=x"),
    ],
)
def test_who_asks_has_a_name(subject: str, name: str) -> None:
    assert asker(subject) == name


def test_the_portal_stands_beside_the_issuer() -> None:
    assert portal_beside("https://permit.example/330302") == "https://permit.example/"

"""What a slip says in print: the ten contents of the law, the number masked, two languages."""

import re
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.confirmation_slip import (
    DOCUMENT_NAMES,
    DocumentShown,
    Line,
    Printing,
    SlipPage,
    masked,
    slip_page,
)
from issuer.permit import Permit
from schemas.base64url import b64url_encode

AT = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
"""Half past midnight on the 26th in Shanghai."""
PRINTING = Printing("7K3M-Q9TD-V2XA", AT, "wang-2", DocumentShown.HOUSEHOLD_REGISTER)
THUMBPRINT = b64url_encode(bytes.fromhex("00112233445566778899aabbccddeeff" * 2))


def page_of(permit: Permit, *, demo: bool = False, printing: Printing = PRINTING) -> SlipPage:
    return slip_page(permit, printing, key_thumbprint=THUMBPRINT, demo=demo)


def lines_of(page: SlipPage) -> dict[str, str]:
    groups = (page.person, page.addresses, page.issuing, page.standing, page.printing)
    lines: list[Line] = [page.name, page.key, *(line for group in groups for line in group)]
    return {line.zh: line.value for line in lines}


def test_r14_the_ten_contents_are_there(permit: Permit) -> None:
    """[SC663 §4]; the portrait, the tenth, is a picture: see ``slip_pdf``."""
    lines = lines_of(page_of(permit))

    assert {
        "姓名": "张示范",
        "性别": "男 Male",
        "民族": "汉族 Han",
        "出生日期": "1990年1月1日",
        "公民身份号码": "**************001X",
        "常住户口所在地住址": "示范省示范市1号",
        "居住地住址": "示范路1号",
        "签发机关": "鹿城区公安机关",
        "签发日期": "2026年11月23日",
    }.items() <= lines.items()


def test_it_says_until_when_and_which_permit(permit: Permit) -> None:
    lines = lines_of(page_of(permit))

    assert lines["有效使用至"] == "2027年11月23日"
    assert lines["证件编号"] == permit.number
    assert "第 1 次" in lines["签注"]
    assert lines["居住地"] == "温州市鹿城区"


@pytest.mark.parametrize("shown", DocumentShown)
def test_r10_it_says_who_printed_it_when_and_on_which_document(
    permit: Permit, shown: DocumentShown
) -> None:
    lines = lines_of(page_of(permit, printing=Printing("7K3M-Q9TD-V2XA", AT, "wang-2", shown)))

    assert lines["打印时间"] == "2026年11月26日 00:30"
    assert lines["经办人员"] == "wang-2"
    assert lines["打印地"] == "温州市鹿城区"
    assert lines["单号"] == "7K3M-Q9TD-V2XA"
    assert lines["出示证件"] == " ".join(DOCUMENT_NAMES[shown])


def test_the_number_is_nowhere_but_for_its_last_four(permit: Permit) -> None:
    assert permit.resident.citizen_id_number[:14] not in page_of(permit).json()


@given(st.from_regex(r"\A[1-9][0-9]{16}[0-9X]\Z"))
def test_masking_keeps_length_and_last_four(number: str) -> None:
    shown = masked(number)

    assert (len(shown), shown[-4:]) == (18, number[-4:])
    assert set(shown[:-4]) == {"*"}


def test_a_demonstration_says_so_twice(permit: Permit) -> None:
    """Across the corner, and beside the authority, which issued nothing."""
    page = page_of(permit, demo=True)

    assert page.ribbon == "演示 DEMO"
    assert lines_of(page)["签发机关"] == "鹿城区公安机关（演示）"
    assert page_of(permit).ribbon == ""


def test_everything_is_said_in_both_languages(permit: Permit) -> None:
    page = page_of(permit)
    sentences = (page.title, page.code_label, page.checking, *page.checking_steps)
    sentences += (page.meaning, *page.meaning_lines, page.no_portrait)

    for words in sentences:
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert re.search(r"[A-Za-z]", words.en)
        assert not re.search(r"[\u4e00-\u9fff]", words.en)


def test_it_tells_what_it_is_and_how_it_is_checked(permit: Permit) -> None:
    page = page_of(permit)
    said = "".join(words.zh for words in (*page.checking_steps, *page.meaning_lines))

    for word in ("扫描此码", "居民身份证", "后四位", "签注到期", "同时失效", "不得出借"):
        assert word in said


def test_the_keys_fingerprint_is_readable_aloud(permit: Permit) -> None:
    assert lines_of(page_of(permit))["签名密钥指纹"] == "0011 2233 4455 6677"


def test_the_template_gets_json(permit: Permit) -> None:
    page = page_of(permit)

    assert msgspec.json.decode(page.json(), type=SlipPage) == page
    assert {"张", "示", "0"} <= page.characters()
    assert " " not in page.characters()

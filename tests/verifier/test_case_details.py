"""Case number and purpose: lines that may stand on the screen of the one who agrees."""

import pytest
from msgspec.structs import replace

from verifier.case_details import MAX_CHARACTERS, CaseDetails, CaseDetailsError, case_for, one_line
from verifier.service_items import load_items

LOOK, SCHOOL = (load_items()[name] for name in ("identity_look", "compulsory_education"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  鹿教〔2026〕118 ", "鹿教〔2026〕118"),
        ("e\u0301", "é"),
        ("", ""),
        ("A" * MAX_CHARACTERS, "A" * MAX_CHARACTERS),
    ],
)
def test_one_line(text: str, line: str) -> None:
    assert one_line(text) == line


@pytest.mark.parametrize(
    "text",
    ["A" * (MAX_CHARACTERS + 1), " " * 1000, "a\nb", "a\u202eb", "a\u200bb", "a\x00b", "a\u2066b"],
)
def test_what_is_not_seen_or_too_long(text: str) -> None:
    with pytest.raises(CaseDetailsError):
        one_line(text)


def test_only_where_the_service_asks() -> None:
    assert case_for(LOOK, number="A-1", purpose="x") == CaseDetails()
    assert case_for(SCHOOL, number=" A-1", purpose="x ") == CaseDetails("A-1", "x")
    assert case_for(replace(SCHOOL, asks_case=False), number="", purpose="") == CaseDetails()


@pytest.mark.parametrize(("number", "purpose"), [("", "x"), ("A-1", " "), ("", "")])
def test_both_are_needed(number: str, purpose: str) -> None:
    with pytest.raises(CaseDetailsError, match="before the check") as caught:
        case_for(SCHOOL, number=number, purpose=purpose)
    assert caught.value.remedy

"""A verdict on a terminal."""

from typing import Any

import pytest

from verifier.sentences import Language
from verifier.verdict_text import verdict_text

REPORT: dict[str, Any] = {
    "verdict": "refused",
    "tell": {"zh": "请重新出示。", "en": "Please show it again."},
    "checks": [
        {"check": "signature", "outcome": "passed", "zh": "签名有效", "en": "Signed"},
        {"check": "revocation", "outcome": "unknown", "zh": "未知", "en": "Not known"},
        {"check": "validity", "outcome": "failed", "zh": "过期", "en": "Ran out"},
    ],
    "claims": {"name": "买买提·示范", "portrait": "data:" + "x" * 5000},
    "status_known_as_of": "2026-11-25T04:00:00Z",
    "status_age_s": 7300,
}


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "zh",
            ["不 予 受 理", "请重新出示。", "✓ 签名有效", "? 未知", "✗ 过期", "姓名: 买买提·示范"],
        ),
        (
            "en",
            ["R E F U S E D", "Please show it again.", "✓ Signed", "? Not known", "✗ Ran out"],
        ),
    ],
)
def test_all_is_told_in_one_language(language: Language, lines: list[str]) -> None:
    text = verdict_text(REPORT, language)

    assert [line for line in lines if line not in text] == []
    assert "2026-11-25T04:00:00Z" in text
    assert ("2 小时" if language == "zh" else "2 h") in text
    assert max(map(len, text.splitlines())) < 200  # no portrait in letters


def test_a_status_that_is_not_known() -> None:
    unknown = REPORT | {"status_known_as_of": None, "status_age_s": None}

    assert verdict_text(unknown, "en").endswith("Status: not known.")


@pytest.mark.parametrize("kind", ["accepted", "refused", "cannot_say"])
def test_each_verdict_has_its_word(kind: str) -> None:
    words = {verdict_text(REPORT | {"verdict": kind}, language) for language in ("zh", "en")}

    assert len(words) == 2

"""Every code has its words, and every word its values."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest
from msgspec.structs import replace

from schemas.divisions import Area, county
from verifier import errors
from verifier.checks import AUTHENTICITY, PAPER, STANDING
from verifier.errors import AuthenticityError
from verifier.sentences import SENTENCES, Language, describe, duration, tell
from verifier.verdict import Finding, Passed, Verdict, failed

ROOM = Path(errors.__file__).parent
MAKERS = {"failed", "unknown", "StatusUnavailable"}
ERRORS = {
    error.__name__: error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, AuthenticityError)
}


def raised() -> dict[str, set[frozenset[str]]]:
    """Each code that the source raises or answers, with the names of its values."""
    found: dict[str, set[frozenset[str]]] = {}
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            names = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
            if node.func.id in ERRORS:
                found.setdefault(ERRORS[node.func.id].code, set()).add(names)
            elif node.func.id in MAKERS and node.args and isinstance(node.args[0], ast.Constant):
                found.setdefault(str(node.args[0].value), set()).add(names)
    return found


RAISED = raised()
BY_OTHER_WAYS = {
    "accepted",  # no code: the verdict's own word
    "nothing_checked",  # conclude() over no findings
    "status_unavailable",  # the cache notes these two for StatusUnavailable
    "status_list_refused",
}


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_code_raised_has_a_sentence() -> None:
    assert len(RAISED) > 30
    assert sorted(RAISED.keys() - SENTENCES.keys()) == []


def test_no_sentence_is_for_nothing() -> None:
    assert sorted(SENTENCES.keys() - RAISED.keys() - BY_OTHER_WAYS) == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_the_values_of_each_code_fit_its_sentences(code: str) -> None:
    sentence = SENTENCES[code]
    templates = (sentence.zh, sentence.en, sentence.tell_zh, sentence.tell_en)
    of_paper = [text for text in (sentence.paper_zh, sentence.paper_en) if text is not None]
    used = set().union(*(names_in(template) for template in (*templates, *of_paper)))

    for given in RAISED.get(code, {frozenset()}):
        assert used == given, "a value is missing, or is given and never told"
    assert names_in(sentence.zh) == names_in(sentence.en)
    assert names_in(sentence.tell_zh) == names_in(sentence.tell_en)
    assert len(of_paper) in (0, 2)
    assert len({frozenset(names_in(text)) for text in of_paper}) <= 1


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_each_sentence_is_in_its_language(code: str) -> None:
    sentence = SENTENCES[code]

    for text in filter(None, (sentence.zh, sentence.tell_zh, sentence.paper_zh)):
        assert re.search(r"[\u4e00-\u9fff]", text)
    for text in filter(None, (sentence.en, sentence.tell_en, sentence.paper_en)):
        assert not re.search(r"[\u4e00-\u9fff]", text)
    assert sentence.tell_zh.endswith("。")
    assert sentence.tell_en.endswith(".")


def test_codes_that_are_answered_indirectly_are_in_the_source() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in ROOM.rglob("*.py"))

    for code in BY_OTHER_WAYS:
        assert f'"{code}"' in source


@pytest.mark.parametrize("check", [*AUTHENTICITY, *STANDING, *PAPER, "replay"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_check_that_passed_has_its_words(check: str, language: Language) -> None:
    assert describe(check, Passed(), language)


LUCHENG, PINGYANG = county("330302"), county("330326")
OUT = failed("out_of_area", permit=LUCHENG, counter=PINGYANG, area=Area.COUNTY)


@pytest.mark.parametrize(
    ("result", "language", "expected"),
    [
        (
            OUT,
            "zh",
            "居住证的居住地是温州市鹿城区，本窗口在温州市平阳县；本事项限居住地县（市、区）内办理",
        ),
        (
            failed("lapsed", usable_through=date(2026, 11, 23), county=LUCHENG),
            "zh",
            "签注只到 2026年11月23日，使用功能已中止",
        ),
        (
            failed("expired", expired_at=datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
            "en",
            "It ran out on 2026-11-24 00:00",
        ),
        (
            failed("too_old", age_s=95, max_age_s=60),
            "en",
            "The code is out of time: made 95 s ago, good for 60 s",
        ),
        (
            failed("claims_missing", missing=("name", "birthdate")),
            "zh",
            "未出示：姓名、出生日期",
        ),
        (failed("status_not_valid", value=3), "en", "Its status is 3, which is not a valid one"),
        (
            failed("unknown_county", permit="999999"),
            "zh",
            "证件上的县（市、区）代码 999999 不属于浙江省",
        ),
    ],
)
def test_values_are_written_in_the_readers_language(
    result: object, language: Language, expected: str
) -> None:
    assert describe("any", result, language) == expected  # type: ignore[arg-type]


def verdict(reason: str | None, *findings: Finding) -> Verdict:
    kind = "refused" if reason else "accepted"
    return Verdict(
        kind=kind,  # type: ignore[arg-type]
        reason=reason,
        findings=findings,
        item="identity_look",
        counter_county=PINGYANG,
    )


def test_out_of_area_tells_where_it_works() -> None:
    told = verdict("out_of_area", Finding("jurisdiction", OUT))

    for language in ("zh", "en"):
        name = LUCHENG.name_zh if language == "zh" else LUCHENG.name_en
        assert name in tell(told, language)


def test_a_lapse_tells_how_to_mend_it() -> None:
    lapsed = failed("lapsed", usable_through=date(2026, 11, 23), county=LUCHENG)
    told = verdict("lapsed", Finding("endorsement", lapsed))

    assert "补办签注" in tell(told, "zh")
    assert "温州市鹿城区" in tell(told, "zh")
    assert "late endorsement" in tell(told, "en")


def test_an_accepted_permit_tells_the_clerk_to_look_at_the_person() -> None:
    assert "本人" in tell(verdict(None), "zh")


SLIP_CODES = (
    *("accepted", "unreadable_code", "unsupported_version", "unknown_certificate"),
    *("bad_credential", "unknown_issuer", "untrusted_certificate", "forged_credential"),
    *("wrong_credential_type", "invalid_slip", "revoked", "suspended", "status_not_valid"),
    *("status_out_of_range", "status_unavailable", "status_list_refused", "status_too_old"),
    *("lapsed", "expired", "not_yet_valid", "expiry_disagrees", "issuer_may_not_permit"),
    *("unknown_county", "out_of_area", "not_on_slip", "trust_list_unavailable"),
)
ONLY_A_PHONE = re.compile("刷新|更新二维码|卡包|屏幕调|refresh|renew|card pack|in the app")


@pytest.mark.parametrize("code", SLIP_CODES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_has_only_paper_is_not_sent_to_a_phone(code: str, language: Language) -> None:
    assert not ONLY_A_PHONE.search(SENTENCES[code].told(language, on_paper=True))


def test_of_paper_other_words_are_told() -> None:
    on_phone = verdict(None)
    on_paper = replace(on_phone, on_paper=True)

    assert "身份证" in tell(on_paper, "zh")
    assert "ID card" in tell(on_paper, "en")
    assert "身份证" not in tell(on_phone, "zh")


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (119, "119 秒", "119 s"),
        (120, "2 分钟", "2 min"),
        (7199, "119 分钟", "119 min"),
        (7200, "2 小时", "2 h"),
        (172800, "2 天", "2 days"),
    ],
)
def test_duration(seconds: int, zh: str, en: str) -> None:
    assert duration(seconds, "zh") == zh
    assert duration(seconds, "en") == en


def test_no_county_may_demand_a_card() -> None:
    """Same legal force as the card [ZJ]: no sentence may send somebody home for one."""
    everything = " ".join(s.tell_zh + s.tell_en for s in SENTENCES.values())

    assert "实体" not in everything
    assert "bring the card" not in everything

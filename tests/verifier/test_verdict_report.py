"""The JSON of a verdict: its shape is what counters' programs build on."""

from datetime import UTC, datetime

import msgspec

from schemas.divisions import Area, county
from schemas.foreign_code import ForeignKind
from verifier.verdict import Finding, Passed, Verdict, failed, unknown
from verifier.verdict_report import report, report_json

LUCHENG, PINGYANG = county("330302"), county("330326")


def test_the_whole_shape() -> None:
    verdict = Verdict(
        kind="refused",
        reason="out_of_area",
        findings=(
            Finding("signature", Passed()),
            Finding("revocation", unknown("status_unavailable")),
            Finding(
                "jurisdiction",
                failed("out_of_area", permit=LUCHENG, counter=PINGYANG, area=Area.COUNTY),
            ),
        ),
        item="identity_look",
        counter_county=PINGYANG,
        permit_county=LUCHENG,
        claims={"name": "买买提·示范"},
        status_as_of=datetime(2026, 11, 25, 4, 0, tzinfo=UTC),
        status_age_s=10,
    )

    told = msgspec.json.decode(report_json(verdict))

    assert told == report(verdict)
    assert list(told) == [
        "verdict",
        "reason",
        "checks",
        "tell",
        "claims",
        "permit",
        "counter",
        "item",
        "on_paper",
        "foreign",
        "status_known_as_of",
        "status_age_s",
        "log_failed",
    ]
    assert (told["verdict"], told["reason"], told["item"]) == (
        "refused",
        "out_of_area",
        "identity_look",
    )
    assert [(c["check"], c["outcome"], c["code"]) for c in told["checks"]] == [
        ("signature", "passed", None),
        ("revocation", "unknown", "status_unavailable"),
        ("jurisdiction", "failed", "out_of_area"),
    ]
    assert all(check["zh"] and check["en"] for check in told["checks"])
    assert set(told["tell"]) == {"zh", "en"}
    assert told["claims"] == {"name": "买买提·示范"}
    assert told["permit"] == {
        "county": "330302",
        "name_zh": "温州市鹿城区",
        "name_en": f"{LUCHENG.name_en}, {LUCHENG.city_name_en}",
    }
    assert told["counter"]["county"] == "330326"
    assert told["on_paper"] is False
    assert (told["status_known_as_of"], told["status_age_s"]) == ("2026-11-25T04:00:00Z", 10)


def test_what_is_not_known_is_null() -> None:
    verdict = Verdict(
        kind="refused",
        reason="forged_credential",
        findings=(Finding("signature", failed("forged_credential")),),
        item="identity_look",
        counter_county=PINGYANG,
    )

    told = report(verdict)

    assert told["permit"] is None
    assert told["status_known_as_of"] is None
    assert told["status_age_s"] is None
    assert told["claims"] == {}


def test_what_was_not_recorded_is_told_beside_the_verdict() -> None:
    verdict = Verdict(
        kind="accepted",
        reason=None,
        findings=(Finding("signature", Passed()),),
        item="identity_look",
        counter_county=LUCHENG,
        log_failed="log_disk_full",
    )

    told = report(verdict)

    assert told["verdict"] == "accepted"
    assert told["log_failed"]["code"] == "log_disk_full"
    assert "disk is full" in told["log_failed"]["en"]
    assert "磁盘已满" in told["log_failed"]["zh"]


def test_what_a_code_of_another_kind_is() -> None:
    finding = Finding("code", failed("foreign_code", kind=ForeignKind.PAYMENT))
    told = report(
        Verdict(
            kind="refused",
            reason="foreign_code",
            findings=(finding,),
            item="identity_look",
            counter_county=county("330302"),
        )
    )

    assert told["foreign"] == "payment"
    assert told["checks"][0]["zh"] == "这不是居住证二维码，而是付款码或收款码"
    assert told["checks"][0]["en"].endswith("it is a payment code")
